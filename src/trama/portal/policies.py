"""Who may see the public site: everyone. Who may edit it: the programme's people, by the role each has there."""

from trama.foundation.policies import ANY, OWN, PUBLIC, UNTARGETED, declare

PROGRAMME_ADMIN = "programme_admin"
PROGRAMME_TEAM = "programme_team"

SHOW_HOME = declare("portal.home.show", kind="route", allow=PUBLIC)
SHOW_PAGE = declare("portal.pages.show", kind="route", allow=PUBLIC, reason="Only what is published.")
SHOW_FEED = declare("portal.pages.feed", kind="route", allow=PUBLIC)
SHOW_SITEMAP = declare("portal.pages.sitemap", kind="route", allow=PUBLIC)
SEND_PICTURE = declare(
    "portal.media.picture",
    kind="file",
    allow=PUBLIC,
    reason="The form says that what is uploaded is public; the folder of files is not served.",
)
SEND_DOCUMENT = declare("portal.media.document", kind="file", allow=PUBLIC, reason="As pictures; as a download.")
ENTER_EDITOR = declare(
    "portal.editors.enter",
    kind="route",
    allow={PROGRAMME_ADMIN: ANY, PROGRAMME_TEAM: ANY},
    reason="Every address under /cms/. What each may do there follows from the role: author, editor, moderator.",
)
TRANSLATION_PAGES = declare(
    "portal.translations.pages", kind="route", allow={PROGRAMME_ADMIN: ANY, PROGRAMME_TEAM: ANY}
)
APPOINT_PAGES = declare(
    "portal.editors.appoint_pages",
    kind="route",
    allow={PROGRAMME_ADMIN: OWN | UNTARGETED},
    tool="team",
    access="edit",
)
APPOINT = declare(
    "portal.editors.appoint",
    kind="operation",
    allow={PROGRAMME_ADMIN: OWN},
    tool="team",
    access="edit",
    reason="Who publishes speaks for the programme: its administrators say who does.",
)
