"""Login: e-mail and password, second factor, passkeys, gov.br (OpenID Connect)."""

import os
from typing import Any

# Roles that do nothing until their holder has a second factor (a code generator or a passkey). An empty value asks
# nobody: the embedded settings do so, for people who try the system on their own machine.
_DEFAULT_MFA_ROLES = "programme_admin,programme_team,network_principal,state_principal"
TRAMA_MFA_REQUIRED_ROLES = frozenset(
    filter(None, os.environ.get("TRAMA_MFA_REQUIRED_ROLES", _DEFAULT_MFA_ROLES).split(","))
)
# Scheme and host, without a slash at the end: for letters, and whatever else is named by its address.
TRAMA_ORIGIN = os.environ.get("TRAMA_ORIGIN", "http://localhost:8000").rstrip("/")
TRAMA_PASSWORD_HASH_SLOTS = int(os.environ.get("TRAMA_PASSWORD_HASH_SLOTS", "2"))  # at once, per process; 46 MiB each
TRAMA_PASSWORD_HASH_WAIT_SECONDS = 10
TRAMA_KNOWN_DEVICE_DAYS = 180

LOGIN_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "trama.accounts.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "trama.accounts.people.forms.SignupFields"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Trama] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # a reset never bypasses the second factor
ACCOUNT_SESSION_REMEMBER = True  # the age is SESSION_COOKIE_AGE, for everyone
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if TRAMA_ORIGIN.startswith("https:") else "http"

# Failed logins count by account for devices never seen (so that a rival locks out strangers, not the owner, whose
# device has a bucket of its own: people/devices.py), and generously by address, because a whole secretariat often
# shares one. The counters are in the cache that all workers share.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,10/15m/key",
    "signup": "30/m/ip",
    "reset_password": "30/m/ip,3/15m/key",
    "reset_password_from_key": "30/m/ip",
    "reauthenticate": "10/5m/user",
    "change_password": "5/5m/user",
    "manage_email": "10/10m/user",
    "confirm_email": "1/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRAMA_PROXY_COUNT", "0"))
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64

MFA_ADAPTER = "trama.accounts.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trama"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True

USERSESSIONS_TRACK_ACTIVITY = False  # ours is written at most every fifteen minutes: people/sessions.py

SOCIALACCOUNT_ADAPTER = "trama.accounts.people.adapters.SocialAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an e-mail alone never signs anyone in (decision 0023)
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
GOVBR_PROVIDER = "govbr"


def govbr_provider(client_id: str, secret: str, server_url: str) -> dict[str, Any]:
    """The provider's settings for login by gov.br: authorization code with PKCE."""
    return {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": GOVBR_PROVIDER,
                "name": "gov.br",
                "client_id": client_id,
                "secret": secret,
                "settings": {
                    "server_url": server_url,
                    "oauth_pkce_enabled": True,
                    "scope": ["openid", "email", "profile"],
                },
            }
        ],
    }


if os.environ.get("TRAMA_GOVBR_CLIENT_ID"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = govbr_provider(
        os.environ["TRAMA_GOVBR_CLIENT_ID"],
        os.environ.get("TRAMA_GOVBR_CLIENT_SECRET", ""),
        os.environ.get("TRAMA_GOVBR_SERVER_URL", "https://sso.acesso.gov.br"),
    )
