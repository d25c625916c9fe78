"""The desk of the trainers: their cohorts, the people of one, who comes in and how."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.http import own_transactions
from trama.foundation.letters import with_delivery
from trama.foundation.policies import route
from trama.know.api import UnreadableFile

from ..policies import COHORT_EXPORT, COHORT_PAGES
from . import importing, invitations, services
from .admission import requirements, term
from .desk import as_csv, as_xlsx, desk_of, table_of
from .errors import CohortError
from .forms import EmailForm, PeopleFileForm
from .learner_views import person_of_email
from .models import Cohort
from .selectors import cohorts_led_by, with_numbers

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SHOWN_PROBLEMS = 200


def led_or_404(request: HttpRequest, uid: UUID) -> Cohort:
    found: Cohort = get_object_or_404(with_numbers(cohorts_led_by(request.user)), uid=uid)
    return found


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


@route(COHORT_PAGES)
@never_cache
@require_POST
def move_cohort(request: HttpRequest, uid: UUID, state: str) -> HttpResponse:
    """Open, begin or end a cohort."""
    cohort = led_or_404(request, uid)
    if state not in services.NEXT:
        raise Http404
    try:
        moved = services.move_cohort(cohort, state, by=request.user, at=timezone.now())
    except CohortError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The cohort is now: %(state)s.") % {"state": moved.get_state_display()})
    return redirect("learn:desk", cohort.uid)


@route(COHORT_PAGES)
@never_cache
@require_safe
def desk(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The people of a cohort, by network. Other rooms show their panels at ``learn.desk``."""
    cohort = led_or_404(request, uid)
    children = with_numbers(cohort.children.all())
    context = {
        "cohort": cohort,
        "term": term(cohort),
        "requirements": requirements(cohort),
        "desk": desk_of(cohort),
        "next": [
            (state, Cohort.State(state).label) for state, origins in services.NEXT.items() if cohort.state in origins
        ],
        "trainers": cohort.trainers.filter(until__isnull=True).select_related("user"),
        "children": children,
        "open_invitations": with_delivery(cohort.invitations.filter(accepted_at__isnull=True).order_by("email")),
        "invite_form": EmailForm(auto_id="id_invite_%s"),
        "trainer_form": EmailForm(auto_id="id_trainer_%s"),
        "now": timezone.now(),
    }
    return render(request, "learn/cohorts/desk.html", context)


@route(COHORT_EXPORT)
@never_cache
@require_safe
def export_people(request: HttpRequest, uid: UUID, extension: str) -> HttpResponse:
    """The table of the desk as a spreadsheet: the same lines and cells."""
    cohort = led_or_404(request, uid)
    if extension not in TYPES:
        raise Http404
    rows = table_of(desk_of(cohort))
    body = as_csv(rows) if extension == "csv" else as_xlsx(rows, cohort.name)
    answer = HttpResponse(body, content_type=TYPES[extension])
    answer["Content-Disposition"] = f'attachment; filename="turma-{cohort.uid.hex[:8]}.{extension}"'
    return answer


@route(COHORT_PAGES)
@never_cache
@require_POST
def invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Offer a place by e-mail."""
    cohort = led_or_404(request, uid)
    form = EmailForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write an e-mail, such as ana@exemplo.org."))
        return redirect("learn:desk", cohort.uid)
    try:
        invitations.invite(
            cohort, form.cleaned_data["email"], by=request.user, at=timezone.now(),
            origin=origin_of(request), language=get_language() or "",
        )  # fmt: skip
    except CohortError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The invitation was sent."))
    return redirect("learn:desk", cohort.uid)


@route(COHORT_PAGES)
@never_cache
@require_POST
def trainers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let somebody with an account train the cohort, or end it."""
    cohort = led_or_404(request, uid)
    form = EmailForm(request.POST)
    person = person_of_email(form.cleaned_data["email"]) if form.is_valid() else None
    if person is None:
        messages.error(request, _("Nobody with an account has this e-mail."))
        return redirect("learn:desk", cohort.uid)
    try:
        if request.POST.get("action") == "remove":
            services.remove_trainer(cohort, person, by=request.user, at=timezone.now())
        else:
            services.add_trainer(cohort, person, by=request.user, at=timezone.now())
    except CohortError as problem:
        messages.error(request, str(problem))
    if not cohorts_led_by(request.user).filter(pk=cohort.pk).exists():
        return redirect("learn:my_cohorts")
    return redirect("learn:desk", cohort.uid)


@route(COHORT_PAGES)
@never_cache
@own_transactions  # reading takes a while, and writes nothing
@require_http_methods(["GET", "POST"])
def import_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send a spreadsheet, and see row by row what it would do. Nothing is written here."""
    cohort = led_or_404(request, uid)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"cohort": cohort, "form": form, "most_rows": importing.MOST_ROWS}
    if request.method != "POST" or not form.is_valid():
        return render(request, "learn/cohorts/import.html", context)
    file = form.cleaned_data["file"]
    name = "".join(char for char in (file.name or "") if char.isprintable())[-120:]
    with tempfile.TemporaryDirectory(prefix="trama-people-") as folder:
        path = Path(folder, "file")
        path.write_bytes(b"".join(file.chunks()))
        try:
            rows, problems = importing.read_people(path, name=name)
        except UnreadableFile as error:
            rows, problems = [], list(error.problems)
    found = importing.preview_of(cohort, rows, problems, name=name, by=request.user, at=timezone.now())
    context |= {
        "preview": found,
        "problems": found.problems[:SHOWN_PROBLEMS],
        "token": importing.sealed(cohort, found, by=request.user) if found.effective else "",
        "report": importing.sealed_report(cohort, found, by=request.user),
        "file_name": name,
    }
    return render(request, "learn/cohorts/import_preview.html", context)


@route(COHORT_EXPORT)
@never_cache
@require_POST
def report_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the preview showed, row by row, as a spreadsheet: to correct the file with it beside."""
    cohort = led_or_404(request, uid)
    try:
        table = importing.unsealed_report(cohort, request.POST.get("report", ""), by=request.user)
    except signing.BadSignature:
        messages.error(request, _("This preview is too old or not yours. Send the file again."))
        return redirect("learn:import_people", cohort.uid)
    answer = HttpResponse(as_csv(table), content_type=TYPES["csv"])
    answer["Content-Disposition"] = f'attachment; filename="planilha-{cohort.uid.hex[:8]}.csv"'
    return answer


@route(COHORT_PAGES)
@never_cache
@require_POST
def confirm_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Do what the preview showed."""
    cohort = led_or_404(request, uid)
    try:
        rows = importing.unsealed(cohort, request.POST.get("token", ""), by=request.user)
    except signing.BadSignature:
        messages.error(request, _("This preview is too old or not yours. Send the file again."))
        return redirect("learn:import_people", cohort.uid)
    done = importing.import_rows(
        cohort, rows, by=request.user, at=timezone.now(), origin=origin_of(request), language=get_language() or ""
    )
    said = _("Enrolled or in line: %(enrolled)d. Invited: %(invited)d. The e-mails leave in the next minutes.")
    messages.success(request, said % {"enrolled": done.enrolled, "invited": done.invited})
    if done.left_out:
        messages.warning(request, _("Rows that no longer fit and were left out: %(n)d.") % {"n": done.left_out})
    return redirect("learn:desk", cohort.uid)
