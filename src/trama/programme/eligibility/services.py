"""Verbs on rules: write a draft, publish it, start the next version. Each checks, writes and leaves its trace."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..calls.models import CallCategory
from ..policies import EDIT_CALL, PUBLISH_CALL
from .errors import InvalidRule, StaleRevision, VersionIsPublished
from .models import Condition, ConditionGroup, EligibilityRule, RuleVersion
from .selectors import tree_of
from .tree import MAX_CONDITIONS, MAX_DEPTH, ConditionNode, GroupNode, conditions_of, groups_of


@transaction.atomic
def start_version(
    category: CallCategory,
    *,
    by: Any,
    at: datetime,
    tree: GroupNode | None = None,
    note_pt: str = "",
    note_en: str = "",
) -> RuleVersion:
    """Open the next version as a draft: a copy of the last one, or ``tree``. The draft already open is returned as is.

    Raises ``PermissionDenied``, and ``InvalidRule`` if the category admits by groups.
    """
    require(by, EDIT_CALL, category.call.organisation)
    version, created = open_version(category, by=by, at=at, tree=tree, note_pt=note_pt, note_en=note_en)
    if created:
        record_event("eligibility rule version started", by=by, at=at, target=version)
    return version


def open_version(
    category: CallCategory, *, by: Any, at: datetime, tree: GroupNode | None, note_pt: str, note_en: str
) -> tuple[RuleVersion, bool]:
    """The draft of a category and whether it is new. For services that have already checked the permission."""
    if category.admission != CallCategory.Admission.RULE:
        raise InvalidRule([_("This category admits by groups of networks and has no rule.")])
    rule, _new = EligibilityRule.objects.get_or_create(category=category)
    draft = rule.versions.filter(published_at__isnull=True).first()
    if draft is not None:
        return draft, False
    last = rule.versions.order_by("-number").first()
    number = (rule.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = RuleVersion.objects.create(
        rule=rule, number=number, created_at=at, created_by=by, note_pt=note_pt, note_en=note_en
    )
    write_tree(draft, tree or (tree_of(last) if last is not None else GroupNode("all")))
    return draft, True


@transaction.atomic
def save_rule(
    version: RuleVersion,
    tree: GroupNode,
    *,
    revision: int,
    by: Any,
    at: datetime,
    note_pt: str | None = None,
    note_en: str | None = None,
) -> RuleVersion:
    """Write the whole rule of a draft, if nobody changed it since ``revision``.

    Raises ``PermissionDenied``, ``VersionIsPublished``, ``StaleRevision``, and ``InvalidRule`` if the tree is too large
    or a condition cannot stand. An incomplete draft (an empty group) may be saved; it cannot be published.
    """
    require(by, EDIT_CALL, version.rule.category.call.organisation)
    problems = draft_problems(tree)
    if problems:
        raise InvalidRule(problems)
    changed = RuleVersion.objects.filter(pk=version.pk, revision=revision, published_at__isnull=True).update(
        revision=F("revision") + 1,
        note_pt=version.note_pt if note_pt is None else note_pt,
        note_en=version.note_en if note_en is None else note_en,
    )
    version.refresh_from_db()
    if not changed:
        raise VersionIsPublished() if version.is_published else StaleRevision()
    write_tree(version, tree)
    record_event("eligibility rule changed", by=by, at=at, target=version, detail={"revision": version.revision})
    return version


@transaction.atomic
def publish_version(version: RuleVersion, *, revision: int, by: Any, at: datetime) -> RuleVersion:
    """Put a version in force, for ever as it is. Raises ``PermissionDenied``, ``VersionIsPublished``,
    ``StaleRevision`` and ``InvalidRule``."""
    require(by, PUBLISH_CALL, version.rule.category.call.organisation)
    seal_version(version, revision=revision, by=by, at=at)
    record_event("eligibility rule version published", by=by, at=at, target=version)
    return version


def seal_version(version: RuleVersion, *, revision: int, by: Any, at: datetime) -> None:
    """Freeze a complete draft. For services that have already checked the permission."""
    problems = publication_problems(tree_of(version))
    if problems:
        raise InvalidRule(problems)
    changed = RuleVersion.objects.filter(pk=version.pk, revision=revision, published_at__isnull=True).update(
        published_at=at, published_by=by
    )
    version.refresh_from_db()
    if not changed:
        raise VersionIsPublished() if version.is_published else StaleRevision()


@transaction.atomic
def discard_draft(version: RuleVersion, *, by: Any, at: datetime) -> None:
    """Throw a draft away. Raises ``PermissionDenied`` and ``VersionIsPublished``."""
    require(by, EDIT_CALL, version.rule.category.call.organisation)
    if version.is_published:
        raise VersionIsPublished()
    record_event("eligibility rule draft discarded", by=by, at=at, target=version)
    version.delete()


def write_tree(version: RuleVersion, tree: GroupNode) -> None:
    """Replace everything under a draft by the tree."""
    version.groups.all().delete()
    _write_group(version, tree, None, 1)


def _write_group(version: RuleVersion, node: GroupNode, parent: ConditionGroup | None, position: int) -> None:
    group = ConditionGroup.objects.create(
        version=version,
        parent=parent,
        position=position,
        combine=node.combine,
        label_pt=node.label_pt,
        label_en=node.label_en,
    )
    for number, child in enumerate(node.children, start=1):
        if isinstance(child, GroupNode):
            _write_group(version, child, group, number)
        else:
            fields = {name: getattr(child, name) for name in ConditionNode.__match_args__ if name != "indicator"}
            Condition.objects.create(
                version=version, group=group, position=number, indicator_id=child.indicator, **fields
            )


def draft_problems(tree: GroupNode) -> list[str]:
    """Why a rule cannot even be saved as a draft."""
    problems = []
    conditions = list(conditions_of(tree))
    if len(conditions) > MAX_CONDITIONS:
        problems.append(
            _("A rule has at most %(limit)d conditions; this one has %(found)d.")
            % {"limit": MAX_CONDITIONS, "found": len(conditions)}
        )
    if any(len(path) >= MAX_DEPTH for path, _group in groups_of(tree)):
        problems.append(_("Groups stand at most %(limit)d deep in one another.") % {"limit": MAX_DEPTH})
    return problems


def publication_problems(tree: GroupNode) -> list[str]:
    """Why a rule cannot be published: what is empty admits nobody and says nothing."""
    problems = draft_problems(tree)
    if any(not group.children for _path, group in groups_of(tree)):
        problems.append(_("The rule has a group without conditions: add a condition or remove the group."))
    return problems
