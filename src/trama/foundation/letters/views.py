"""The page of what did not reach its reader."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .. import policies
from .selectors import FOLLOW, SEND_AGAIN, not_delivered_visible_to, outbox
from .services import TEXT_OF_REFUSED, NoTextLeft, send_again

MOST_SHOWN = 200


@policies.route(FOLLOW)
@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """How many e-mails wait, and which reached nobody: to whom, when, and what the server answered."""
    now = timezone.now()
    found = list(not_delivered_visible_to(request.user)[: MOST_SHOWN + 1])
    context = {
        "outbox": outbox(at=now),
        "letters": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "days": TEXT_OF_REFUSED.days,
        "may_send": policies.may(request.user, SEND_AGAIN),
    }
    return render(request, "foundation/letters/letters.html", context)


@policies.route(SEND_AGAIN)
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try one more time, after the address or the mailbox was mended there."""
    letter = get_object_or_404(not_delivered_visible_to(request.user), pk=pk)
    try:
        send_again(letter, at=timezone.now())
    except NoTextLeft as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The e-mail to %(address)s is on its way again.") % {"address": letter.to})
    return redirect("foundation:letters")
