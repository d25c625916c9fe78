"""Pages of the meetings of a cohort, its code of presence, its list, and calendars."""

import io
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.accounts.api import absolute
from trama.foundation.policies import route

from ..cohorts.models import Cohort
from ..cohorts.selectors import cohorts_led_by, enrolments_of_person, may_lead
from ..policies import COHORT_EXPORT, COHORT_PAGES, MEETING_FEED
from . import services
from .codes import code_of, window_of
from .errors import MeetingError, StaleMeeting
from .forms import MeetingForm, NotesForm
from .ical import meetings_calendar
from .models import CohortMeeting
from .selectors import ends_at, feed_of_secret, meetings_of_learner, meetings_visible_to, presence_at

CONFLICT = 409


def _meeting(request: HttpRequest, uid: UUID) -> CohortMeeting:
    found: CohortMeeting = get_object_or_404(meetings_visible_to(request.user), uid=uid)
    return found


def led_meeting(request: HttpRequest, uid: UUID) -> CohortMeeting:
    """A meeting of a cohort that the person leads; another does not exist to them."""
    found = _meeting(request, uid)
    if not may_lead(request.user, found.cohort):
        raise Http404
    return found


def _address(meeting: CohortMeeting) -> str:
    return absolute(reverse("learn:cohort_meeting", args=[meeting.uid]), "")


@route(COHORT_PAGES)
@never_cache
@require_safe
def meetings(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The meetings of a cohort: the next one first, below those that are over or cancelled, the latest first."""
    cohort: Cohort = get_object_or_404(Cohort.objects.select_related("version__course"), uid=uid)
    leads = may_lead(request.user, cohort)
    if not leads and not enrolments_of_person(request.user).filter(cohort=cohort, state="enrolled").exists():
        raise Http404
    rows, now = list(cohort.meetings.all()), timezone.now()
    coming = [one for one in rows if one.state == CohortMeeting.State.PLANNED and ends_at(one) > now]
    over = [one for one in reversed(rows) if one not in coming]
    context = {"cohort": cohort, "coming": coming, "over": over, "leads": leads}
    return render(request, "learn/meetings/meetings.html", context)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Plan a meeting."""
    cohort: Cohort = get_object_or_404(cohorts_led_by(request.user), uid=uid)
    form = MeetingForm(request.POST or None, initial={"minutes": 90})
    if request.method == "POST" and form.is_valid():
        made = services.plan_meeting(cohort, form.cleaned_data, by=request.user, at=timezone.now())
        return redirect("learn:cohort_meeting", made.uid)
    return render(request, "learn/meetings/form.html", {"cohort": cohort, "form": form})


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change when and where a meeting is."""
    found = led_meeting(request, uid)
    form = MeetingForm(request.POST or None, instance=CohortMeeting.objects.get(pk=found.pk))
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _changed(request, found, form)
        if status == 200:
            return redirect("learn:cohort_meeting", found.uid)
    context = {"cohort": found.cohort, "meeting": found, "form": form}
    return render(request, "learn/meetings/form.html", context, status=status)


def _changed(request: HttpRequest, meeting: CohortMeeting, form: MeetingForm | NotesForm) -> int:
    """200 if it was written; else 409, with the reason on the form."""
    data = form.cleaned_data
    fields = {name: value for name, value in data.items() if name != "revision"}
    try:
        services.change_meeting(meeting, fields, revision=data["revision"] or 0, by=request.user, at=timezone.now())
    except StaleMeeting as problem:
        form.add_error(None, str(problem))
        return CONFLICT
    messages.success(request, _("Written down."))
    return 200


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One meeting: when, where, what happened. Its trainers write it down and see presence by network first."""
    found = _meeting(request, uid)
    leads = may_lead(request.user, found.cohort)
    form = NotesForm(request.POST or None, instance=CohortMeeting.objects.get(pk=found.pk)) if leads else None
    status = 200
    if request.method == "POST" and form is not None and form.is_valid():
        status = _changed(request, found, form)
        if status == 200:
            return redirect("learn:cohort_meeting", found.uid)
    mine = found.attendances.filter(enrolment__person=request.user.pk).first()
    context = {
        "meeting": found,
        "cohort": found.cohort,
        "leads": leads,
        "form": form,
        "presence": presence_at(found) if leads else [],
        "mine": mine,
    }
    return render(request, "learn/meetings/meeting.html", context, status=status)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def attendance_list(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Presence by list: everybody on one page, one click a person, one to save."""
    found = led_meeting(request, uid)
    groups = presence_at(found)
    if request.method == "POST":
        marked = set(request.POST.getlist("present"))
        shown = {one.enrolment.pk for group in groups for one in group.people}
        said = {key: str(key) in marked for key in shown}
        changed = services.write_list(found, said, by=request.user, at=timezone.now())
        text = ngettext(
            "The presence of %(n)d person was written.", "The presence of %(n)d people was written.", changed
        )
        messages.success(request, text % {"n": changed})
        return redirect("learn:cohort_meeting", found.uid)
    context = {"meeting": found, "cohort": found.cohort, "groups": groups}
    return render(request, "learn/meetings/list.html", context)


@route(COHORT_PAGES)
@never_cache
@require_safe
def show_code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the moment and its QR, to be shown to the room. The page asks for the next one by itself."""
    found = led_meeting(request, uid)
    code = code_of(found.secret, window_of(timezone.now()))
    link = absolute(reverse("learn:arrive", args=[found.uid]), f"{request.scheme}://{request.get_host()}")
    context = {
        "meeting": found,
        "cohort": found.cohort,
        "code": f"{code[:4]} {code[4:]}",
        "link": link,
        "qr": _qr(f"{link}?c={code}"),
        "present": found.attendances.filter(present=True).count(),
    }
    template = "_code.html" if request.headers.get("HX-Request") else "code.html"
    answer = render(request, f"learn/meetings/{template}", context)
    answer["Vary"] = "HX-Request"
    return answer


def _qr(text: str) -> SafeString:
    """A QR code as SVG, drawn by us from an address of ours."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=4)
    out = io.BytesIO()
    image.save(out)
    svg = out.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A learner says that they are there, with the code that the QR brought or that they type."""
    found = _meeting(request, uid)
    enrolled = enrolments_of_person(request.user).filter(cohort=found.cohort_id, state="enrolled").exists()
    if not enrolled:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            services.arrive(found, request.POST.get("c", "")[:40], by=request.user, at=timezone.now())
        except MeetingError as error:
            problem = str(error)
        else:
            messages.success(request, _("Your presence was written."))
            return redirect("learn:cohort_meeting", found.uid)
    context = {"meeting": found, "cohort": found.cohort, "code": request.GET.get("c", "")[:40], "problem": problem}
    return render(request, "learn/meetings/arrive.html", context)


def _ics(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


@route(COHORT_EXPORT)
@never_cache
@require_safe
def meeting_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One meeting for a calendar program."""
    found = _meeting(request, uid)
    return _ics(meetings_calendar([found], found.title, at=timezone.now(), address=_address), "encontro")


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The address from which a calendar program reads a person's meetings. Shown once, when it is made."""
    link = ""
    if request.method == "POST":
        secret = services.open_feed(by=request.user, at=timezone.now())
        link = absolute(reverse("learn:meetings_feed", args=[secret]), f"{request.scheme}://{request.get_host()}")
    return render(request, "learn/meetings/calendar.html", {"link": link})


@route(MEETING_FEED)
@never_cache
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program reads: the meetings that the person may see now."""
    found = feed_of_secret(secret)
    if found is None:
        raise Http404
    rows = meetings_of_learner(found.user)
    return _ics(meetings_calendar(rows, _("Meetings of my cohorts"), at=timezone.now(), address=_address), "agenda")
