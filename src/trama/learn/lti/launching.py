"""A person is sent to a tool: OpenID Connect, begun by this site as the third party (LTI 1.3 security framework 5.1).

``begin`` gives what the tool's login address is told; the tool asks the authorisation address back with the same hints,
a state and a nonce; ``authorise`` answers with a signed id token. The hints are signed here, hold for ten minutes and
only for the very person who began; the token goes to registered redirect addresses alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.policies import require

from ..cohorts.models import Cohort, Enrolment
from ..cohorts.selectors import may_lead
from ..courses.models import CourseVersion, ToolPart
from ..keys.models import SigningKey
from ..keys.services import sign
from ..policies import EDIT_COURSE
from ..progress.services import held, recompute
from . import vocabulary as lti
from .addresses import at as address
from .addresses import issuer
from .errors import LtiError, NotThere, NotTrusted, TooOld
from .models import LineItem, Tool, ToolOpening
from .people import shared_of, subject_of
from .selectors import tool_of, tool_of_client

SALT = "trama.learn.lti.launch"
CHOICE_SALT = "trama.learn.lti.choice"
HINT_SECONDS = 600
TOKEN_SECONDS = 300
CHOICE_SECONDS = 3600
LONGEST_STATE = 4000


@dataclass(frozen=True, slots=True)
class Departure:
    """What the login address of a tool is told."""

    tool: Tool
    address: str
    fields: dict[str, str]


@transaction.atomic
def open_part(enrolment: Enrolment, part: ToolPart, *, by: Any, at: datetime) -> Departure:
    """A learner opens a part that is done in a tool; the first time is a fact of their progress.

    Raises ``PermissionDenied`` for another's, ``NotLearning`` where the cohort is over, ``NotThere`` without the tool.
    """
    locked = held(enrolment, by)
    if part.module.version_id != locked.cohort.version_id:
        raise PermissionDenied
    tool = tool_of(part)
    if tool is None:
        raise NotThere(_("This tool is not in use any more. Do the part without it."))
    LineItem.objects.get_or_create(
        cohort=locked.cohort, part=part, defaults={"tool": tool, "label": part.title_pt, "created_at": at}
    )
    opening, new = ToolOpening.objects.get_or_create(
        enrolment=locked, part=part, defaults={"first_at": at, "last_at": at}
    )
    if new:
        recompute(locked, by=by, at=at)
    else:
        opening.last_at = at
        opening.save(update_fields=["last_at"])
    return _departure(
        tool, part.target or tool.launch_url, by, {"kind": "part", "enrolment": locked.pk, "part": part.pk}
    )


@transaction.atomic
def open_to_teach(cohort: Cohort, part: ToolPart, *, by: Any, at: datetime) -> Departure:
    """Who trains a cohort opens a part of its course as its instructor: nothing of it is anybody's progress.

    Raises ``PermissionDenied``, and ``NotThere`` without the tool or for a cohort that is still a draft.
    """
    if not may_lead(by, cohort) or part.module.version_id != cohort.version_id:
        raise PermissionDenied
    tool = tool_of(part)
    if tool is None or cohort.state == Cohort.State.DRAFT:
        raise NotThere(_("This tool cannot be opened for this cohort now."))
    LineItem.objects.get_or_create(
        cohort=cohort, part=part, defaults={"tool": tool, "label": part.title_pt, "created_at": at}
    )
    return _departure(tool, part.target or tool.launch_url, by, {"kind": "teach", "cohort": cohort.pk, "part": part.pk})


def open_choice(version: CourseVersion, part: ToolPart, *, by: Any) -> Departure:
    """An author goes to choose content in the tool of a draft's part.

    Raises ``PermissionDenied``, and ``NotThere`` where the tool offers no choice or the version is no draft.
    """
    require(by, EDIT_COURSE, version.course)
    tool = tool_of(part)
    if tool is None or not tool.deep_link_url or version.state != CourseVersion.State.DRAFT:
        raise NotThere(_("There is nothing to choose in this tool."))
    return _departure(tool, tool.deep_link_url, by, {"kind": "choice", "part": part.pk})


def _departure(tool: Tool, target: str, person: Any, about: Mapping[str, Any]) -> Departure:
    subject = subject_of(tool, person)
    told = {"tool": tool.pk, "person": person.pk, "target": target, **about}
    fields = {
        "iss": issuer(),
        "target_link_uri": target,
        "login_hint": subject,
        "lti_message_hint": signing.dumps(told, salt=SALT, compress=True),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    return Departure(tool, tool.login_url, fields)


# --- the tool asks back -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the browser posts to the tool."""

    tool: Tool
    address: str
    fields: dict[str, str]


EXPECTED = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}


def authorise(asked: Mapping[str, str], *, by: Any, at: datetime) -> Arrival:
    """Answer the authorisation request of a tool for the person who is signed in.

    Raises ``NotTrusted`` for an unknown tool or address, another person, a hint that is not ours; ``TooOld``;
    ``LtiError`` for what is missing.
    """
    tool = tool_of_client(asked.get("client_id", ""))
    if tool is None or asked.get("redirect_uri", "") not in tool.redirects:
        raise NotTrusted(_("The tool asked for an address that is not registered."))
    for name, value in EXPECTED.items():
        if value not in asked.get(name, "").split():
            raise LtiError(f"{name}={value}")
    nonce, state = asked.get("nonce", ""), asked.get("state", "")
    if not nonce or not state or max(len(nonce), len(state)) > LONGEST_STATE:
        raise LtiError("nonce, state")
    try:
        hint = signing.loads(asked.get("lti_message_hint", ""), salt=SALT, max_age=HINT_SECONDS)
    except signing.SignatureExpired as problem:
        raise TooOld from problem
    except signing.BadSignature as problem:
        raise NotTrusted from problem
    same = hint["person"] == by.pk and hint["tool"] == tool.pk and asked.get("login_hint") == subject_of(tool, by)
    if not same:
        raise NotTrusted(_("The tool was opened by another account. Go back and open it again."))
    about = {"part": _of_part, "teach": _of_teaching, "choice": _of_choice}[hint["kind"]](tool, hint, by)
    now = int(at.timestamp())
    claims = {
        "iss": issuer(), "aud": tool.client_id, "azp": tool.client_id, "sub": subject_of(tool, by), "nonce": nonce,
        "iat": now, "exp": now + TOKEN_SECONDS, **shared_of(tool, by),
        lti.VERSION: lti.LTI_VERSION, lti.DEPLOYMENT: tool.deployment_id, lti.TARGET: hint["target"],
        lti.PLATFORM: {"guid": issuer(), "name": "Trama", "product_family_code": "trama"},
        **about,
    }  # fmt: skip
    token = sign(SigningKey.Purpose.LTI, claims, at=at)
    return Arrival(tool, asked["redirect_uri"], {"id_token": token, "state": state})


def _of_part(tool: Tool, hint: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """What a learner's message says. The enrolment is asked again: it may have ended since."""
    rows = Enrolment.objects.select_related("cohort__version__course")
    enrolment = rows.filter(pk=hint["enrolment"], person=by.pk, state=Enrolment.State.ENROLLED).first()
    part = ToolPart.objects.filter(pk=hint["part"], tool=tool.slug).first()
    if enrolment is None or part is None:
        raise NotTrusted
    return _in_cohort(enrolment.cohort, part, lti.LEARNER)


def _of_teaching(tool: Tool, hint: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """What a trainer's message says. Whether they train the cohort is asked again."""
    cohort = Cohort.objects.select_related("version__course").filter(pk=hint["cohort"]).first()
    part = ToolPart.objects.filter(pk=hint["part"], tool=tool.slug).first()
    if cohort is None or part is None or not may_lead(by, cohort):
        raise NotTrusted
    return _in_cohort(cohort, part, lti.INSTRUCTOR)


def _in_cohort(cohort: Cohort, part: ToolPart, role: str) -> dict[str, Any]:
    """The part in a cohort, for somebody with a role in it, and the services that the tool may ask."""
    item = LineItem.objects.get(cohort=cohort, part=part)
    return {
        lti.MESSAGE_TYPE: lti.RESOURCE_MESSAGE,
        lti.ROLES: [role],
        lti.RESOURCE_LINK: {"id": resource_link(cohort, part), "title": part.title},
        lti.CONTEXT: {
            "id": str(cohort.uid), "label": cohort.version.course.slug, "title": cohort.version.title,
            "type": [lti.COURSE_SECTION],
        },
        lti.CUSTOM: custom_of(part),
        lti.PRESENTATION: {"document_target": "window", "locale": "pt-BR"},
        lti.GRADES: {
            "scope": list(lti.GRADE_SCOPES), "lineitems": address("lti_line_items", cohort.uid),
            "lineitem": address("lti_line_item", cohort.uid, item.uid),
        },
        lti.MEMBERS: {
            "context_memberships_url": address("lti_members", cohort.uid), "service_versions": ["2.0"],
        },
    }  # fmt: skip


def _of_choice(tool: Tool, hint: Mapping[str, Any], by: Any) -> dict[str, Any]:
    part = ToolPart.objects.select_related("module__version__course").filter(pk=hint["part"], tool=tool.slug).first()
    if part is None or part.module.version.state != CourseVersion.State.DRAFT:
        raise NotTrusted
    require(by, EDIT_COURSE, part.module.version.course)
    data = {"tool": tool.pk, "part": part.pk, "revision": part.revision, "person": by.pk}
    return {
        lti.MESSAGE_TYPE: lti.CHOICE_MESSAGE,
        lti.ROLES: [lti.AUTHOR],
        lti.CHOICE_SETTINGS: {
            "deep_link_return_url": address("lti_choice_return"), "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["window"], "accept_multiple": False, "auto_create": False,
            "data": signing.dumps(data, salt=CHOICE_SALT),
        },
    }  # fmt: skip


def resource_link(cohort: Any, part: ToolPart) -> str:
    """The name of a place for tools: one part in one cohort."""
    return f"{cohort.uid}.{part.pk}"


def custom_of(part: ToolPart) -> dict[str, str]:
    pairs = (line.partition("=") for line in part.custom.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _equal, value in pairs}
