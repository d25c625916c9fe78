"""Another platform sends somebody here: login begun by a third party, and the signed message that follows.

The state is signed here, bound to the browser by a cookie, and holds for ten minutes; the nonce in it is taken once.
Nobody is signed in by a message, and no account is made: a platform that is not honest gains nothing here.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from ..courses.selectors import published_versions
from . import vocabulary as lti
from .addresses import at as address
from .errors import LtiError, NotTrusted, TooOld
from .models import Platform, PlatformLaunch
from .trust import once, read_signed

SALT = "trama.learn.lti.state"
SECONDS = 600
LONGEST = 2000  # of what is only handed back
PLACES = {"aulas", "testes", "tarefas", "ferramentas"}


@dataclass(frozen=True, slots=True)
class Login:
    """Where the browser is sent, and the cookie that binds the state to it."""

    address: str
    cookie: str
    value: str


def cookie_of(state: str) -> tuple[str, str]:
    """(name, value) of the cookie of a state; several tabs have several."""
    digest = hashlib.sha256(state.encode()).hexdigest()
    return f"lti-{digest[:12]}", digest[12:44]


def begin_login(asked: Mapping[str, str]) -> Login:
    """Answer a login that a platform began. Raises ``NotTrusted`` for one that is not registered, ``LtiError``."""
    if any("\x00" in value for value in asked.values()):
        raise LtiError("NUL")
    rows = Platform.objects.filter(issuer=asked.get("iss", ""), active=True)
    if asked.get("client_id"):
        rows = rows.filter(client_id=asked["client_id"])
    found = list(rows[:2])
    if len(found) != 1:
        raise NotTrusted(_("The platform that sent you is not registered here."))
    platform, hint = found[0], asked.get("login_hint", "")
    if not hint or not asked.get("target_link_uri") or max(map(len, asked.values())) > LONGEST:
        raise LtiError("login_hint, target_link_uri")
    if asked.get("lti_deployment_id") and asked["lti_deployment_id"] not in platform.deployments:
        raise NotTrusted(_("The platform that sent you is not registered here."))
    nonce = secrets.token_urlsafe(24)
    state = signing.dumps({"platform": platform.pk, "nonce": nonce}, salt=SALT)
    told = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": platform.client_id, "redirect_uri": address("lti_launch"), "login_hint": hint, "state": state,
        "nonce": nonce,
    }  # fmt: skip
    if asked.get("lti_message_hint"):
        told["lti_message_hint"] = asked["lti_message_hint"]
    glue = "&" if urlsplit(platform.auth_url).query else "?"
    return Login(f"{platform.auth_url}{glue}{urlencode(told)}", *cookie_of(state))


def read_launch(posted: Mapping[str, str], cookies: Mapping[str, str]) -> tuple[Platform, dict[str, Any]]:
    """The platform and the claims of a message that is in order. May ask the platform for its keys.

    Raises ``NotTrusted``, ``TooOld``, ``LtiError``.
    """
    state = posted.get("state", "")
    name, value = cookie_of(state)
    if not secrets.compare_digest(cookies.get(name, ""), value):
        raise NotTrusted(
            _("Your browser did not keep the cookie of this visit. Open the course in a new tab of the browser.")
        )
    try:
        told = signing.loads(state, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired as problem:
        raise TooOld from problem
    except signing.BadSignature as problem:
        raise NotTrusted from problem
    platform = Platform.objects.filter(pk=told["platform"], active=True).first()
    if platform is None or not posted.get("id_token"):
        raise NotTrusted
    claims = read_signed(
        platform, posted["id_token"], audience=platform.client_id, issuer=platform.issuer,
        needs=("exp", "iat", "nonce"),
    )  # fmt: skip
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != platform.client_id:
        raise NotTrusted
    if not secrets.compare_digest(str(claims["nonce"]), told["nonce"]):
        raise NotTrusted
    if claims.get(lti.VERSION) != lti.LTI_VERSION or claims.get(lti.DEPLOYMENT) not in platform.deployments:
        raise NotTrusted
    return platform, claims


@transaction.atomic
def take_launch(platform: Platform, claims: Mapping[str, Any], *, at: datetime) -> PlatformLaunch:
    """Keep where somebody was sent to, without name and e-mail. Raises ``NotTrusted`` the second time, ``LtiError``."""
    once("nonce", str(platform.pk), str(claims["nonce"]), at=at)
    kind = claims.get(lti.MESSAGE_TYPE)
    if kind == lti.CHOICE_MESSAGE:
        return _choice(platform, claims, at)
    link = _part(claims, lti.RESOURCE_LINK).get("id")
    if kind != lti.RESOURCE_MESSAGE or not isinstance(link, str) or not 0 < len(link) <= 255 or "\x00" in link:
        raise LtiError("message_type, resource_link")
    course, part = _place(claims)
    grades = _part(claims, lti.GRADES)
    may_score = lti.SCOPE_SCORE in (grades.get("scope") or [])
    values = _common(claims) | {
        "course": course, "part": part, "at": at,
        "line_item_url": _url(grades.get("lineitem")) if may_score else "",
        "members_url": _url(_part(claims, lti.MEMBERS).get("context_memberships_url")),
    }  # fmt: skip
    subject = _short(claims.get("sub"))
    named = {"platform": platform, "kind": "resource", "subject": subject, "resource_link": link}
    old = PlatformLaunch.objects.filter(**named).order_by("-pk").first() if subject else None
    if old is None:
        return PlatformLaunch.objects.create(**named, **values)
    for name, value in values.items():
        setattr(old, name, value)
    old.save()
    return old


def _choice(platform: Platform, claims: Mapping[str, Any], at: datetime) -> PlatformLaunch:
    settings = _part(claims, lti.CHOICE_SETTINGS)
    back, data = _url(settings.get("deep_link_return_url")), settings.get("data", "")
    accepts = settings.get("accept_types") or []
    if (
        not back
        or "ltiResourceLink" not in accepts
        or not isinstance(data, str)
        or len(data) > 10_000
        or "\x00" in data
    ):
        raise LtiError("deep_linking_settings")
    return PlatformLaunch.objects.create(
        platform=platform, kind="choose", subject=_short(claims.get("sub")), return_url=back, data=data, at=at,
        **_common(claims),
    )  # fmt: skip


def _common(claims: Mapping[str, Any]) -> dict[str, Any]:
    context = _part(claims, lti.CONTEXT)
    roles = claims.get(lti.ROLES)
    return {
        "deployment_id": str(claims[lti.DEPLOYMENT])[:255],
        "context_id": _short(context.get("id")),
        "context_title": _short(context.get("title"), 300),
        "teaches": any(role in lti.TEACHING for role in (roles if isinstance(roles, list) else [])),
    }


def _part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def _short(value: Any, most: int = 255) -> str:
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


def _url(value: Any) -> str:
    """An address that may be asked later, or "". Whether it is public is asked when it is."""
    if not isinstance(value, str) or len(value) > 1000:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    fine = parts.scheme == "https" and parts.hostname and value.isprintable()
    return value if fine else ""


def _place(claims: Mapping[str, Any]) -> tuple[str, str]:
    """(course, part) that a message leads to; only what everybody may read, else "". The part as "aulas/first"."""
    custom, target = _part(claims, lti.CUSTOM), str(claims.get(lti.TARGET, ""))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    slug = _short(custom.get("course") or asked.get("curso"), 80)
    if not published_versions().filter(course__slug=slug).exists():
        return "", ""
    part = _short(custom.get("part") or asked.get("parte"), 100)
    segment, _slash, name = part.partition("/")
    fine = segment in PLACES and name.replace("-", "").isalnum() and name.isascii()
    return slug, part if fine else ""
