"""Pages of following: who is late, writing to many, and silencing reminders."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.policies import route

from ..cohorts.desk import as_csv, as_xlsx
from ..cohorts.models import Cohort
from ..policies import COHORT_EXPORT, COHORT_PAGES, MUTE_REMINDERS
from ..progress.views import led_or_404
from . import services
from .errors import FollowingError
from .forms import MessageForm
from .selectors import late_by_network, muted_cohorts, muted_people, standings
from .wording import address_of_next, cells, header, table_of

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@route(COHORT_PAGES)
@never_cache
@require_safe
def late_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who is late and why: networks first, then people. Marked people can be written to."""
    cohort = led_or_404(request, uid)
    groups = late_by_network(cohort, at=timezone.now())
    muted = muted_people(cohort)
    shown = [
        (group, [(one, cells(one), address_of_next(one), one.enrolment.person_id in muted) for one in group.people])
        for group in groups
    ]
    context = {
        "cohort": cohort,
        "groups": shown,
        "header": header(),
        "late": sum(len(group.people) for group in groups),
        "learners": sum(group.learners for group in groups),
    }
    return render(request, "learn/following/late.html", context)


@route(COHORT_EXPORT)
@never_cache
@require_safe
def export_late(request: HttpRequest, uid: UUID, extension: str) -> HttpResponse:
    """The list of who is late as a spreadsheet: the same lines and cells as the screen."""
    cohort = led_or_404(request, uid)
    if extension not in TYPES:
        raise Http404
    rows = table_of(late_by_network(cohort, at=timezone.now()))
    body = as_csv(rows) if extension == "csv" else as_xlsx(rows, _("Late"))
    made = HttpResponse(body, content_type=TYPES[extension])
    made["Content-Disposition"] = f'attachment; filename="atrasos-{cohort.uid.hex[:8]}.{extension}"'
    return made


def _chosen(request: HttpRequest, cohort: Cohort) -> set[UUID]:
    """The people marked: one by one, with the late ones of a network, or with all who are late."""
    found = set()
    for value in request.POST.getlist("person"):
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    everybody, networks = "all" in request.POST, request.POST.getlist("network")
    if everybody or networks:
        groups = late_by_network(cohort, at=timezone.now())
        found |= {one.enrolment.uid for group in groups if everybody or group.name in networks for one in group.people}
    return found


@route(COHORT_PAGES)
@never_cache
@require_POST
def write(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write to the people marked: first the text, then the letter as it will be, then it goes out."""
    cohort = led_or_404(request, uid)
    people = services.recipients_of(cohort, _chosen(request, cohort))
    if not people:
        messages.error(request, _("Mark at least one person."))
        return redirect("learn:late_people", cohort.uid)
    step = request.POST.get("step", "")
    form = MessageForm(request.POST if step else None, initial={"text": _default_text(), "submission": uuid4()})
    context: dict[str, Any] = {"cohort": cohort, "people": people, "form": form, "letter": ""}
    context["muted"] = sum(one.person_id in muted_people(cohort) for one in people)
    if step and form.is_valid():
        data = form.cleaned_data
        if step == "send":
            return _send(request, cohort, {one.uid for one in people}, data)
        first = standings(cohort, people[:1], at=timezone.now())[0]
        letter = services.letter_context(first, data["text"], by=request.user, origin="")
        context["letter"] = render_to_string(
            "learn/mail/cohort_message_message.txt", letter | {"site_name": ""}
        ).strip()
        context["text"], context["submission"] = data["text"], data["submission"]
        context["first"] = first.enrolment.person
    return render(request, "learn/following/write.html", context)


def _default_text() -> str:
    return _(
        "Hello! I noticed that you have not gone on with the course. Can I help? Answer in the forum of the cohort."
    )


def _send(request: HttpRequest, cohort: Cohort, chosen: set[UUID], data: dict[str, Any]) -> HttpResponse:
    try:
        made = services.write_to(
            cohort, chosen, data["text"], submission=data["submission"], by=request.user, at=timezone.now(),
            origin=f"{request.scheme}://{request.get_host()}",
        )  # fmt: skip
    except FollowingError as problem:
        messages.error(request, str(problem))
        return redirect("learn:late_people", cohort.uid)
    n, letters = made.recipients.count(), made.recipients.filter(mailed=True).count()
    said = ngettext("%(n)d person was written to; letters sent: %(letters)d.",
                    "%(n)d people were written to; letters sent: %(letters)d.", n)  # fmt: skip
    messages.success(request, said % {"n": n, "letters": letters})
    return redirect("learn:late_people", cohort.uid)


@route(MUTE_REMINDERS)
@never_cache
@csrf_exempt  # the signed address is the permission, whoever brings it; it can only stop letters or want them again
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, token: str) -> HttpResponse:
    """Stop reminders, of one cohort or of all, or want them again: one click, without signing in."""
    try:
        user_key, cohort_key = services.read_mute_token(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    user = get_object_or_404(get_user_model(), pk=user_key, is_active=True)
    cohort = get_object_or_404(Cohort.objects.select_related("version"), pk=cohort_key)
    if request.method == "POST":
        what = request.POST.get("what", "cohort")
        if what not in ("cohort", "all", "cohort_again", "all_again"):
            raise Http404
        of = cohort if what.startswith("cohort") else None
        services.set_mute(user, of, not what.endswith("_again"), at=timezone.now())
        return redirect("learn:mute_reminders", token)
    muted = muted_cohorts(user)
    context = {"cohort": cohort, "cohort_muted": cohort.pk in muted, "all_muted": None in muted}
    return render(request, "learn/following/mute.html", context)
