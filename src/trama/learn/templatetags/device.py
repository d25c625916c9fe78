"""``{% learn_device enrolment %}``: what the client on a device needs to know of a page of a learner."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from trama.diagnose.api import person_mark

from ..models import Enrolment

register = template.Library()


def _texts() -> dict[str, str]:
    return {
        "typing": _("Not saved yet."),
        "waiting": _("Kept on this device. It goes out when there is a connection."),
        "sending": _("Saving …"),
        "sent": _("Saved."),
        "signedOut": _("Kept on this device. Sign in again to send it."),
        "conflict": _("The text was changed somewhere else meanwhile. There it says:"),
        "mine": _("Keep my text"),
        "theirs": _("Take the other text"),
        "lost": _("This browser keeps nothing: save before you leave the page."),
        "refused": _("Not accepted: %s"),
    }


@register.inclusion_tag("learn/device/_device.html", takes_context=True)
def learn_device(context: template.Context, enrolment: Any) -> dict[str, Any]:
    """Nothing where no enrolment is: there is nothing to keep then."""
    if not isinstance(enrolment, Enrolment):
        return {}
    user = context["request"].user
    return {
        "enrolment": enrolment,
        "course": enrolment.cohort.version.course,
        "person": person_mark(user),
        "texts": _texts(),
        "csrf_token": context.get("csrf_token"),
    }
