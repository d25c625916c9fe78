"""Who may see and change who is who."""

from collections.abc import Mapping

from trama.foundation.policies import ANY, MEMBERS, NOBODY, OWN, PUBLIC, Relation, declare

from .vocabulary import Role, Tool

_Allow = Mapping[str, frozenset[Relation]]
_PRINCIPALS: _Allow = {Role.NETWORK_PRINCIPAL: OWN, Role.STATE_PRINCIPAL: OWN, Role.PROGRAMME_ADMIN: OWN}
_TEAM: _Allow = {**_PRINCIPALS, Role.NETWORK_TEAM: OWN, Role.STATE_TEAM: OWN}
_PROGRAMME: _Allow = {Role.PROGRAMME_ADMIN: ANY}

# Operations: what a service asks about its target
INVITE = declare(
    "accounts.roles.invite",
    kind="operation",
    allow=_TEAM,
    tool=Tool.TEAM,
    access="edit",
    reason="The team of one's own network, state, school of it, or programme.",
)
INVITE_ANYWHERE = declare(
    "accounts.roles.invite_anywhere",
    kind="operation",
    allow=_PROGRAMME,
    tool=Tool.TEAM,
    access="edit",
    reason="Principal users, coordinators of groups and trainers come in through the programme.",
)
CHANGE_GRANTS = declare("accounts.roles.change_grants", kind="operation", allow=_TEAM, tool=Tool.TEAM, access="edit")
END_PROFILE = declare("accounts.roles.end_profile", kind="operation", allow=_TEAM, tool=Tool.TEAM, access="edit")
END_ANY_PROFILE = declare(
    "accounts.roles.end_any_profile", kind="operation", allow=_PROGRAMME, tool=Tool.TEAM, access="edit"
)
TRANSFER = declare(
    "accounts.roles.transfer_principal",
    kind="operation",
    allow={Role.NETWORK_PRINCIPAL: OWN, Role.STATE_PRINCIPAL: OWN, Role.PROGRAMME_ADMIN: ANY},
    reason="Only who holds the post passes it on; the programme helps where the person is gone.",
)
DECIDE_RENEWAL = declare("accounts.roles.decide_renewal", kind="operation", allow=_PROGRAMME)
ASK_RENEWAL = declare("accounts.roles.ask_renewal", kind="operation", allow=MEMBERS)
ACCEPT = declare(
    "accounts.roles.accept_invitation",
    kind="operation",
    allow=MEMBERS,
    reason="The service asks for the code and for the verified e-mail it was sent to.",
)
CHOOSE = declare("accounts.roles.choose_profile", kind="operation", allow=MEMBERS)
KEEP_MANDATES = declare(
    "accounts.roles.keep_mandates", kind="command", allow=NOBODY, reason="trama mandates, run daily by the machine."
)
FORGET = declare(
    "accounts.roles.forget_old", kind="command", allow=NOBODY, reason="trama tidy_accounts, run daily by the machine."
)

# Routes
HOME_PAGE = declare("accounts.roles.home_page", kind="route", allow=MEMBERS)
CHOOSE_PAGE = declare("accounts.roles.choose_page", kind="route", allow=MEMBERS)
INVITATION_PAGE = declare(
    "accounts.roles.invitation_page", kind="route", allow=PUBLIC, reason="The code in the address is the key."
)
ACCEPT_PAGE = declare("accounts.roles.accept_page", kind="route", allow=MEMBERS)
TEAM_PAGE = declare("accounts.roles.team_page", kind="route", allow=_TEAM, tool=Tool.TEAM)
TEAM_EDIT_PAGE = declare("accounts.roles.team_edit_page", kind="route", allow=_TEAM, tool=Tool.TEAM, access="edit")
TRANSFER_PAGE = declare("accounts.roles.transfer_page", kind="route", allow=_PRINCIPALS)
RENEWAL_PAGE = declare("accounts.roles.renewal_page", kind="route", allow=MEMBERS)
PROGRAMME_PAGE = declare("accounts.roles.programme_page", kind="route", allow=_PROGRAMME)
DOCUMENT = declare("accounts.roles.appointment_document", kind="file", allow=_PROGRAMME)
