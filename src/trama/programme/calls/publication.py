"""Publishing a call: its texts, dates, categories and rules become public in one act."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..eligibility.selectors import draft_version, tree_of
from ..eligibility.services import publication_problems as rule_problems
from ..eligibility.services import seal_version
from ..policies import PUBLISH_CALL
from .errors import IncompleteCall, StaleCall, WrongState
from .models import Call, CallCategory
from .selectors import categories_of, missing_texts


@transaction.atomic
def publish_call(call: Call, *, revision: int, by: Any, at: datetime) -> Call:
    """Make a draft public with its rules, for ever as they are.

    Raises ``PermissionDenied``, ``StaleCall``, ``WrongState`` if it is not a draft, and ``IncompleteCall`` naming all
    that is missing (texts in both languages, dates, a category, a rule in each).
    """
    require(by, PUBLISH_CALL, call.organisation)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.state != Call.State.DRAFT:
        raise WrongState()
    if call.revision != revision:
        raise StaleCall()
    problems = publication_problems(call)
    if problems:
        raise IncompleteCall(problems)
    for category in call.categories.filter(admission=CallCategory.Admission.RULE):
        for draft in category.rule.versions.filter(published_at__isnull=True):
            seal_version(draft, revision=draft.revision, by=by, at=at)
    call.state, call.published_at, call.changed_at = Call.State.PUBLISHED, at, at
    call.revision += 1
    call.save(update_fields=["state", "published_at", "changed_at", "revision"])
    record_event("call published", by=by, at=at, target=call)
    return call


def publication_problems(call: Call) -> list[str]:
    """What a draft still lacks to be published, as sentences in reading order; empty when it is complete."""
    categories = categories_of(call)
    problems = missing_texts(call, categories)
    if call.opens_at is None or call.closes_at is None:
        problems.append(_("The dates of opening and closing are missing."))
    if not categories:
        problems.append(_("The call has no category: say who may take part."))
    for category in categories:
        if category.admission == CallCategory.Admission.GROUPS:
            if not category.admitted_groups.all():
                problems.append(_("The category “%s” names no group of networks.") % category.name)
            continue
        draft = draft_version(category)
        found = rule_problems(tree_of(draft)) if draft is not None else [_("there is no rule yet.")]
        problems += [_("The rule of “%(name)s”: %(what)s") % {"name": category.name, "what": what} for what in found]
    return problems
