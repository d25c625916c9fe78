"""A forum as a spreadsheet, for those who lead the cohort: every post, hidden ones too, in order."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..cohorts.models import Cohort
from .models import ForumPost


def table_of(cohort: Cohort) -> list[list[str]]:
    """The posts as rows of text, the header first. One query."""
    rows = ForumPost.objects.filter(topic__cohort=cohort).select_related("topic__module", "author")
    head = [_("Subject"), _("Module"), _("Number"), _("Date"), _("Name"), _("Text"), _("Answer"), _("Hidden: reason")]
    return [head, *(_row(one) for one in rows.order_by("topic__created_at", "topic", "number"))]


def _row(post: ForumPost) -> list[str]:
    topic = post.topic
    return [
        topic.title,
        topic.module.title if topic.module is not None else "",
        str(post.number),
        date_format(timezone.localtime(post.created_at), "SHORT_DATETIME_FORMAT"),
        str(post.author),
        post.text,
        _("yes") if topic.answer_id == post.pk else "",
        post.hidden_reason,
    ]
