"""Login: e-mail and password, second factor, passkeys, gov.br (OpenID Connect)."""

import os
from typing import Any

# Roles that do nothing until their holder has a second factor (a code generator or a passkey). An empty value asks
# nobody: the embedded settings do so, for people who try the system on their own machine.
_DEFAULT_MFA_ROLES = "programme_admin,programme_team,network_principal,state_principal"
TRAMA_MFA_REQUIRED_ROLES = frozenset(
    filter(None, os.environ.get("TRAMA_MFA_REQUIRED_ROLES", _DEFAULT_MFA_ROLES).split(","))
)

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trama"

USERSESSIONS_TRACK_ACTIVITY = True

SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if os.environ.get("TRAMA_GOVBR_CLIENT_ID"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "govbr",
                "name": "gov.br",
                "client_id": os.environ["TRAMA_GOVBR_CLIENT_ID"],
                "secret": os.environ.get("TRAMA_GOVBR_CLIENT_SECRET", ""),
                "settings": {
                    "server_url": os.environ.get("TRAMA_GOVBR_SERVER_URL", "https://sso.acesso.gov.br"),
                    "oauth_pkce_enabled": True,
                },
            }
        ],
    }
