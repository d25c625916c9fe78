"""Questions about forums: who comes in, what they see, what is new to them. The queries do not grow with the topics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from ..cohorts.models import Cohort, CohortTrainer, Enrolment
from ..cohorts.selectors import cohorts_led_by
from .models import ForumChoice, ForumPost, ForumPostText, ForumReading, ForumTopic
from .texts import folded

Follows = ForumChoice.Follows


def forums_visible_to(user: Any) -> QuerySet[Cohort]:
    """Cohorts whose forum a person enters: those they are enrolled in and those they lead. Every page begins here."""
    mine = Enrolment.objects.filter(cohort=OuterRef("pk"), person=user.pk, state=Enrolment.State.ENROLLED)
    rows = Cohort.objects.select_related("version__course")
    return rows.filter(Q(Exists(mine)) | Q(pk__in=cohorts_led_by(user).values("pk"))).exclude(state=Cohort.State.DRAFT)


def is_open(cohort: Cohort) -> bool:
    """A cohort that ended keeps its forum, and nothing is added."""
    return cohort.takes_people


def topics_of(cohort: Cohort, user: Any, *, leads: bool, search: str = "", module: str = "") -> QuerySet[ForumTopic]:
    """The topics of a forum, pinned ones first, then the newest; each with ``n_new`` (not read yet) and ``n_posts``.

    What is hidden is found by its author and by who leads only.
    """
    rows = ForumTopic.objects.filter(cohort=cohort).select_related("author", "module")
    shown = posts_shown(user, leads=leads)
    opening = shown.filter(topic=OuterRef("pk"), number=1)
    rows = rows.filter(Exists(opening))
    for word in folded(search).split():
        found = shown.filter(topic=OuterRef("pk"), folded__contains=word)
        rows = rows.filter(Exists(found))
    if module:
        rows = rows.filter(module__slug=module)
    rows = rows.annotate(
        n_posts=_count(shown.filter(topic=OuterRef("pk"))), n_new=_count(_unread(shown, user)),
    )  # fmt: skip
    return rows.order_by(F("pinned_at").desc(nulls_last=True), "-last_at", "-pk")


def posts_shown(user: Any, *, leads: bool) -> QuerySet[ForumPost]:
    """Posts that a person sees, in whatever cohort."""
    rows = ForumPost.objects.all()
    return rows if leads else rows.filter(Q(hidden_at__isnull=True) | Q(author=user.pk))


def _count(rows: QuerySet[ForumPost]) -> Coalesce:
    counted = rows.order_by().values("topic").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _unread(shown: QuerySet[ForumPost], user: Any) -> QuerySet[ForumPost]:
    """Posts of others after the last one that the person saw. For a query over topics."""
    seen = ForumReading.objects.filter(topic=OuterRef("topic"), user=user.pk).values("number")
    after = Coalesce(Subquery(seen, output_field=IntegerField()), Value(0))
    rows = shown.filter(topic=OuterRef("pk")).exclude(author=user.pk)
    return rows.annotate(seen=after).filter(number__gt=F("seen"))


def posts_of(topic: ForumTopic, user: Any, *, leads: bool) -> QuerySet[ForumPost]:
    """The posts of a topic in order, as a person sees them."""
    rows = posts_shown(user, leads=leads).filter(topic=topic)
    return rows.select_related("author", "hidden_by").order_by("number")


def earlier_of(posts: Sequence[ForumPost], user: Any, *, leads: bool) -> dict[int, list[ForumPostText]]:
    """The texts that posts had before, by post, where the person may read them. One query."""
    mine = [one.pk for one in posts if one.edited_at and (leads or one.author_id == user.pk)]
    found: dict[int, list[ForumPostText]] = {}
    for row in ForumPostText.objects.filter(post__in=mine) if mine else ():
        found.setdefault(row.post_id, []).append(row)
    return found


def seen_number(topic: ForumTopic, user: Any) -> int:
    """The number of the last post that a person saw, 0 for none."""
    return ForumReading.objects.filter(topic=topic, user=user.pk).values_list("number", flat=True).first() or 0


def leaders_of(cohort: Cohort) -> set[int]:
    """Accounts that train a cohort now: their posts are marked."""
    return set(CohortTrainer.objects.filter(cohort=cohort, until__isnull=True).values_list("user_id", flat=True))


def choice_of(cohort: Cohort, user: Any, *, leads: bool) -> str:
    """Of what letters tell a person."""
    chosen = ForumChoice.objects.filter(cohort=cohort, user=user.pk).values_list("follows", flat=True).first()
    return chosen or (Follows.ALL if leads else Follows.MINE)


def news_for(user: Any, since: datetime | None) -> list[tuple[Cohort, int]]:
    """Cohorts with posts that a person follows, has not read and was not told of, and how many. Three queries.

    Only cohorts they are enrolled in or train by name; the programme is not told of every forum.
    """
    trains = CohortTrainer.objects.filter(user=user.pk, until__isnull=True).values_list("cohort_id", flat=True)
    learns = Enrolment.objects.filter(person=user.pk, state=Enrolment.State.ENROLLED).values_list(
        "cohort_id", flat=True
    )
    trained, learnt = set(trains), set(learns)
    live = Cohort.objects.filter(pk__in=trained | learnt, state__in=(Cohort.State.OPEN, Cohort.State.RUNNING))
    chosen = ForumChoice.objects.filter(cohort=OuterRef("pk"), user=user.pk).values("follows")
    default = Case(When(pk__in=trained, then=Value(Follows.ALL)), default=Value(Follows.MINE))
    cohorts = {row.pk: row for row in live.annotate(follows=Coalesce(Subquery(chosen), default))}
    followed = [row.pk for row in cohorts.values() if row.follows != Follows.NONE]
    if not followed:
        return []
    own = ForumPost.objects.filter(topic=OuterRef("topic"), author=user.pk)
    every = [row.pk for row in cohorts.values() if row.follows == Follows.ALL]
    seen = ForumReading.objects.filter(topic=OuterRef("topic"), user=user.pk).values("number")
    rows = ForumPost.objects.filter(topic__cohort__in=followed, hidden_at__isnull=True).exclude(author=user.pk)
    rows = rows.filter(Q(topic__cohort__in=every) | Exists(own))
    rows = rows.annotate(seen=Coalesce(Subquery(seen), Value(0))).filter(number__gt=F("seen"))
    if since is not None:
        rows = rows.filter(created_at__gt=since)
    counted = rows.order_by().values_list("topic__cohort").annotate(n=Count("pk"))
    return [(cohorts[key], n) for key, n in sorted(counted)]
