"""What the platform itself says of a course of cmi5: its statements, and the documents that a unit finds.

Source: cmi5 specification (quartz), sections 9.3, 9.5, 9.6, 10 and 11.
"""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.urls import reverse

from ..statements.checking import agent_key, key_of
from ..statements.models import StoreDocument
from ..statements.own import platform_client
from ..statements.services import store_statements
from ..statements.wire import VERSION_1
from . import rules
from .models import Cmi5Registration, Cmi5Session
from .selectors import activity_id, actor_of
from .structure import Block, Unit

LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"
BLOCK_TYPE = "https://w3id.org/xapi/cmi5/activitytype/block"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"


def launch_url(registration: Cmi5Registration, unit: Unit, address: str, secret: str) -> str:
    """The address of the unit with the parameters of section 8.1, its own kept."""
    parts = urlsplit(address)
    added = urlencode(
        {
            "endpoint": f"{settings.TRAMA_ORIGIN}/xapi/",
            "fetch": settings.TRAMA_ORIGIN + reverse("cmi5_fetch", args=[secret]),
            "actor": json.dumps(actor_of(registration)),
            "registration": str(registration.uid),
            "activityId": activity_id(registration.course, unit.key),
        }
    )
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def launched(session: Cmi5Session, unit: Unit, address: str, at: datetime) -> None:
    extensions: dict[str, Any] = {
        rules.LAUNCH_MODE: session.mode,
        rules.LAUNCH_URL: address,
        rules.MOVE_ON_EXTENSION: unit.move_on,
        rules.LAUNCH_PARAMETERS: unit.launch_parameters,
    }
    if unit.mastery_score is not None:
        extensions[rules.MASTERY] = unit.mastery_score
    _say(session.registration, rules.LAUNCHED, _unit(session.registration, unit), str(session.uid), at, unit=unit,
         extensions=extensions)  # fmt: skip


def abandoned(session: Cmi5Session, unit: Unit, length: timedelta, at: datetime) -> None:
    result = {"duration": f"PT{max(length.total_seconds(), 0):.2f}S"}
    _say(session.registration, rules.ABANDONED, _unit(session.registration, unit), str(session.uid), at, unit=unit,
         result=result)  # fmt: skip


def waived(registration: Cmi5Registration, unit: Unit, session: str, reason: str, at: datetime) -> None:
    result = {"success": True, "completion": True, "extensions": {rules.REASON: reason}}
    _say(registration, rules.WAIVED, _unit(registration, unit), session, at, unit=unit, result=result)


def satisfied(registration: Cmi5Registration, block: Block, session: str, at: datetime) -> None:
    kind = COURSE_TYPE if block.key == "course" else BLOCK_TYPE
    about = _activity(activity_id(registration.course, block.key), block, kind)
    _say(registration, rules.SATISFIED, about, session, at, publisher_id=block.publisher_id)


def write_launch_data(session: Cmi5Session, unit: Unit, return_url: str, at: datetime) -> None:
    """The state document that a unit reads first, and the learner's preferences if they have none."""
    registration = session.registration
    data: dict[str, Any] = {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": unit.publisher_id}]},
            "extensions": {rules.SESSION_ID: str(session.uid)},
        },
        "launchMode": session.mode,
        "launchMethod": unit.launch_method,
        "moveOn": unit.move_on,
        "returnURL": return_url,
    }
    if unit.mastery_score is not None:
        data["masteryScore"] = unit.mastery_score
    if unit.launch_parameters:
        data["launchParameters"] = unit.launch_parameters
    if unit.entitlement_key:
        data["entitlementKey"] = {"courseStructure": unit.entitlement_key}
    agent = agent_key(actor_of(registration))
    place: dict[str, Any] = {
        "kind": StoreDocument.Kind.STATE,
        "activity": key_of(activity_id(registration.course, unit.key)),
        "agent": agent,
        "registration": str(registration.uid),
        "name": LAUNCH_DATA,
    }
    StoreDocument.objects.update_or_create(**place, defaults=_document(data, at))
    profile: dict[str, Any] = {
        "kind": StoreDocument.Kind.AGENT,
        "agent": agent,
        "activity": "",
        "registration": "",
        "name": PREFERENCES,
    }
    language = "en,pt-BR" if registration.person.language.startswith("en") else "pt-BR,en"
    preferences = {"languagePreference": language, "audioPreference": "on"}
    StoreDocument.objects.get_or_create(**profile, defaults=_document(preferences, at))


def _document(value: dict[str, Any], at: datetime) -> dict[str, Any]:
    content = json.dumps(value).encode()
    etag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return {"content": content, "content_type": "application/json", "etag": etag, "changed_at": at}


def _unit(registration: Cmi5Registration, unit: Unit) -> dict[str, Any]:
    return _activity(activity_id(registration.course, unit.key), unit, unit.activity_type)


def _activity(iri: str, of: Unit | Block, kind: str) -> dict[str, Any]:
    definition: dict[str, Any] = {"name": dict(of.title), "description": dict(of.description)}
    if kind:
        definition["type"] = kind
    return {"objectType": "Activity", "id": iri, "definition": definition}


def _say(
    registration: Cmi5Registration, verb: str, about: dict[str, Any], session: str, at: datetime, *,
    unit: Unit | None = None, publisher_id: str = "", extensions: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Store one statement of the platform, "cmi5 defined", in the transaction of what it tells."""
    categories = [rules.CMI5]
    if result and ("success" in result or "completion" in result):
        categories.append(rules.MOVE_ON)
    grouping = [{"objectType": "Activity", "id": unit.publisher_id if unit else publisher_id}]
    statement: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": actor_of(registration),
        "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
        "object": about,
        "context": {
            "registration": str(registration.uid),
            "contextActivities": {
                "category": [{"objectType": "Activity", "id": one} for one in categories],
                "grouping": grouping,
            },
            "extensions": {rules.SESSION_ID: session, **(extensions or {})},
        },
        "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "version": VERSION_1,
    }
    if result:
        statement["result"] = result
    store_statements([statement], {}, second=False, by=platform_client(at), at=lambda: at)
