"""Who may do what with calls.

The target is the call's programme (an organisation): its own people edit its calls. A call of no programme (the past
editions that ship as content) has no target, and any programme's people may take it on.
"""

from trama.foundation.policies import OWN, PUBLIC, UNTARGETED, declare

PROGRAMME_ADMIN = "programme_admin"
PROGRAMME_TEAM = "programme_team"
_TEAM = {PROGRAMME_ADMIN: OWN | UNTARGETED, PROGRAMME_TEAM: OWN | UNTARGETED}

SHOW_CALLS = declare("programme.calls.show", kind="route", allow=PUBLIC)
SHOW_ELIGIBILITY = declare("programme.eligibility.show", kind="route", allow=PUBLIC)

TEAM_CALLS = declare("programme.calls.team", kind="route", allow=_TEAM, tool="calls")
EDIT_CALL = declare("programme.calls.edit", kind="operation", allow=_TEAM, tool="calls", access="edit")
EDIT_CALL_PAGES = declare("programme.calls.edit_pages", kind="route", allow=_TEAM, tool="calls", access="edit")
PUBLISH_CALL = declare(
    "programme.calls.publish",
    kind="operation",
    allow={PROGRAMME_ADMIN: OWN | UNTARGETED},
    tool="calls",
    access="edit",
    reason="what is published binds the programme: its administrators publish and close, the team prepares",
)
PUBLISH_PAGES = declare(
    "programme.calls.publish_pages",
    kind="route",
    allow={PROGRAMME_ADMIN: OWN | UNTARGETED},
    tool="calls",
    access="edit",
)
EXPORT_PREVIEW = declare("programme.eligibility.export", kind="export", allow=_TEAM, tool="calls")
