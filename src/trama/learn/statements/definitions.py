"""What is known of activities: the definitions that statements brought, put together (xAPI 1.0.3, Data 2.4.4.1)."""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from .checking import key_of
from .models import ActivityDefinition

KEPT = 4096  # definitions that a process remembers to have stored
_MERGED = ("name", "description", "extensions")  # by language, or by key

type Digest = tuple[str, bytes]
_known: OrderedDict[Digest, None] = OrderedDict()
_guard = threading.Lock()


def unknown(definitions: Mapping[str, Any]) -> dict[Digest, tuple[str, Any]]:
    """Those that this process has not stored yet: most statements bring one that is known."""
    found = {}
    for iri, definition in definitions.items():
        content = json.dumps(definition, sort_keys=True).encode()
        digest = (key_of(iri), hashlib.blake2b(content, digest_size=16).digest())
        if digest not in _known:
            found[digest] = (iri, definition)
    return found


def remember(news: Mapping[Digest, tuple[str, Any]], at: datetime) -> None:
    """Put new definitions beside what is known. In the transaction of the statements that bring them.

    Activities in the order of their keys, so that two writers never wait for each other.
    """
    for (key, _digest), (iri, definition) in sorted(news.items(), key=lambda one: one[0]):
        made, is_new = ActivityDefinition.objects.get_or_create(
            key=key, defaults={"iri": iri, "definition": json.dumps(definition), "changed_at": at}
        )
        if not is_new:
            row = ActivityDefinition.objects.select_for_update().get(pk=made.pk)
            row.definition = json.dumps(_together(json.loads(row.definition), definition))
            row.changed_at = at
            row.save(update_fields=["definition", "changed_at"])
    transaction.on_commit(lambda: _note(news))


def _note(news: Mapping[Digest, Any]) -> None:
    with _guard:
        for digest in news:
            _known[digest] = None
        while len(_known) > KEPT:
            _known.popitem(last=False)


def forget() -> None:
    """Nothing is known to be stored any more: for tests, which take back what they stored."""
    with _guard:
        _known.clear()


def _together(kept: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
    found = {**kept, **news}
    for name in _MERGED:
        if name in kept and name in news:
            found[name] = {**kept[name], **news[name]}
    return found


def definition_of(iri: str) -> dict[str, Any] | None:
    row = ActivityDefinition.objects.filter(key=key_of(iri)).first()
    return json.loads(row.definition) if row else None


def definitions_of(iris: set[str]) -> dict[str, dict[str, Any]]:
    """By the IRI of the activity. One query."""
    rows = ActivityDefinition.objects.filter(key__in=[key_of(one) for one in iris])
    return {row.iri: json.loads(row.definition) for row in rows}
