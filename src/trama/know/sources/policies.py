"""Who may see and bring in official files."""

from ...foundation.policies import NOBODY, PUBLIC, UNTARGETED, declare

PROGRAMME = {"programme_admin": UNTARGETED, "programme_team": UNTARGETED}
TOOL = "sources"

LIST_RELEASES = declare("know.sources.list", kind="route", allow=PUBLIC)
SHOW_RELEASE = declare("know.sources.show", kind="route", allow=PUBLIC)
LIST_IMPORTS = declare(
    "know.sources.imports", kind="route", allow=PROGRAMME, tool=TOOL, reason="refused files may hold anything"
)
SHOW_IMPORT = declare("know.sources.report", kind="route", allow=PROGRAMME, tool=TOOL)
DOWNLOAD_REPORT = declare("know.sources.report_file", kind="export", allow=PROGRAMME, tool=TOOL)
UPLOAD_FILE = declare("know.sources.upload", kind="route", allow=PROGRAMME, tool=TOOL, access="edit")
IMPORT_FILE = declare("know.sources.import", kind="operation", allow=PROGRAMME, tool=TOOL, access="edit")
WITHDRAW_PAGE = declare("know.sources.withdraw_page", kind="route", allow=PROGRAMME, tool=TOOL, access="edit")
WITHDRAW = declare("know.sources.withdraw", kind="operation", allow=PROGRAMME, tool=TOOL, access="edit")
COMMANDS = declare("know.sources.command", kind="command", allow=NOBODY, reason="whoever administers the machine")
