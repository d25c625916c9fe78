"""Who may reach the pages of the account itself, ours and allauth's."""

from trama.foundation.policies import ANY, MEMBERS, NOBODY, PUBLIC, UNTARGETED, declare, declare_external_routes

SIGN_IN = declare(
    "accounts.people.sign_in", kind="route", allow=PUBLIC, reason="Where people who are not signed in yet come in."
)
OWN_ACCOUNT = declare(
    "accounts.people.own_account",
    kind="route",
    allow=MEMBERS,
    reason="Each page shows and changes only the account of who is signed in.",
)
CLOSED = declare(
    "accounts.people.closed", kind="route", allow=NOBODY, reason="Addresses of allauth that this site does not use."
)
GOVBR = declare("accounts.people.govbr", kind="route", allow=PUBLIC, reason="Login by gov.br, where configured.")
SECOND_FACTOR_PAGE = declare("accounts.people.second_factor_page", kind="route", allow=MEMBERS)
REGISTER_PAGE = declare(
    "accounts.people.register_page",
    kind="route",
    allow={"programme_admin": UNTARGETED, "programme_team": UNTARGETED},
)
SUSPEND = declare("accounts.people.suspend", kind="operation", allow={"programme_admin": ANY})

_SIGN_IN = [
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",  # reached with the password done and the second factor missing
    "mfa_login_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
]
_OWN_ACCOUNT = [
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_reauthenticate_webauthn",
    "usersessions_list",
    "socialaccount_connections",
]
_CLOSED = ["account_confirm_login_code"]

declare_external_routes(
    dict.fromkeys(_SIGN_IN, SIGN_IN) | dict.fromkeys(_OWN_ACCOUNT, OWN_ACCOUNT) | dict.fromkeys(_CLOSED, CLOSED)
)
