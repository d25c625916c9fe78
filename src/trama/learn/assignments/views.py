"""Pages of work: where learners write it and hand it in, and where trainers answer."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.files import as_download
from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..courses.models import Assignment
from ..courses.selectors import assignment_of
from ..courses.study_views import personal, study_base
from ..policies import COHORT_PAGES, STUDY_PAGES
from ..progress.errors import ProgressError
from ..progress.views import led_or_404, mine_or_404
from .errors import StaleWork, WorkError
from .forms import DecisionForm, WorkFileForm
from .models import AssignmentWork
from .peer_selectors import all_feedback_on, asked_for, feedback_on
from .selectors import authors_of, file_visible_to, files_of, history_of, queue_of, work_of, works_visible_to
from .services import add_file, decide, hand_in, remove_file, save_draft


def _page(request: HttpRequest, enrolment: Any, assignment: Assignment, **more: Any) -> HttpResponse:
    work, pair = work_of(enrolment, assignment, at=timezone.now())
    version = enrolment.cohort.version
    context = {
        "version": version,
        "enrolment": enrolment,
        "assignment": assignment,
        "base": study_base(version.course),
        "work": work,
        "pair": pair,
        "needs_pair": assignment.who == Assignment.Who.PAIR and pair is None,
        "rounds": history_of(work) if work else [],
        "files": files_of(work) if work else [],
        "peers": feedback_on(work) if work else [],
        "asked": asked_for(enrolment, assignment) if assignment.peers else [],
        "text": work.text if work else "",
        "submission": uuid4(),
        "file_form": WorkFileForm(),
        "problem": None,
    } | more
    page = render(request, "learn/assignments/work.html", context, status=409 if context["problem"] else 200)
    return personal(request, page)


def _asked(request: HttpRequest, slug: str, part: str) -> tuple[Any, Assignment]:
    enrolment = mine_or_404(request, slug)
    return enrolment, found_or_404(assignment_of(enrolment.cohort.version, part))


@route(STUDY_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Write the work, save it as a draft, or hand it in. Where two people write, both texts are shown."""
    enrolment, assignment = _asked(request, slug, part)
    if request.method != "POST":
        return _page(request, enrolment, assignment)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        submission, base = UUID(request.POST.get("submission", "")), int(request.POST.get("base", "0"))
    except ValueError:
        return HttpResponse(status=400)
    now = timezone.now()
    try:
        if "hand_in" in request.POST:
            hand_in(enrolment, assignment, text, submission=submission, base=base, by=request.user, at=now)
            messages.success(request, _("Handed in. You find the trainer's answer here."))
        else:
            save_draft(enrolment, assignment, text, base=base, by=request.user, at=now)
            messages.success(request, _("The draft is saved."))
    except StaleWork as problem:
        return _page(request, enrolment, assignment, problem=problem, text=text, theirs=problem.work.text)
    except (WorkError, ProgressError) as error:
        return _page(request, enrolment, assignment, problem=error, text=text)
    return redirect("learn:work", slug, part)


@route(STUDY_PAGES)
@require_POST
def add_work_file(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Add a file to the work."""
    enrolment, assignment = _asked(request, slug, part)
    form = WorkFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, enrolment, assignment, file_form=form)
    try:
        add_file(enrolment, assignment, form.cleaned_data["file"], by=request.user, at=timezone.now())
        messages.success(request, _("The file was added."))
    except (WorkError, ProgressError) as problem:
        return _page(request, enrolment, assignment, problem=problem)
    return redirect("learn:work", slug, part)


@route(STUDY_PAGES)
@require_POST
def remove_work_file(request: HttpRequest, slug: str, part: str, uid: UUID) -> HttpResponse:
    """Take a file out of the work."""
    enrolment, assignment = _asked(request, slug, part)
    file = found_or_404(file_visible_to(request.user, uid))
    if file.work.assignment_id != assignment.pk:
        raise Http404
    try:
        remove_file(file, enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("The file was taken out."))
    except (WorkError, ProgressError) as problem:
        messages.error(request, str(problem))
    return redirect("learn:work", slug, part)


@route(STUDY_PAGES)
@never_cache
@require_safe
def work_file(request: HttpRequest, uid: UUID) -> FileResponse:
    """A file of work, as a download: for its authors and those who lead the cohort."""
    file = found_or_404(file_visible_to(request.user, uid))
    return as_download(file.file, file.file_name)


# --- trainers -----------------------------------------------------------------------------------------------------


@route(COHORT_PAGES)
@never_cache
@require_safe
def work_queue(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What waits for an answer, the oldest first."""
    cohort = led_or_404(request, uid)
    return render(request, "learn/assignments/queue.html", {"cohort": cohort, "works": queue_of(cohort)})


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_work(request: HttpRequest, uid: UUID, work: UUID) -> HttpResponse:
    """One piece of work with its history, and the answer to its newest round."""
    cohort = led_or_404(request, uid)
    found = get_object_or_404(works_visible_to(request.user), uid=work, cohort=cohort)
    rounds = history_of(found)
    waiting = next((one for one in rounds if one.outcome == "waiting"), None)
    authors = authors_of(found, at=timezone.now())
    criteria = list(found.assignment.criteria.prefetch_related("levels"))
    own = request.user.pk in {one.person_id for one in authors}
    form = DecisionForm(request.POST or None, criteria=criteria)
    if request.method == "POST" and form.is_valid():
        asked = request.POST.get("round", "")
        chosen = next((one for one in rounds if str(one.number) == asked), None)
        if chosen is None:
            raise Http404
        try:
            decide(
                chosen, form.cleaned_data["outcome"], feedback=form.cleaned_data["feedback"], levels=form.levels,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("Your answer was sent."))
            return redirect("learn:work_queue", cohort.uid)
        except WorkError as problem:
            form.add_error(None, str(problem))
    context = {
        "cohort": cohort,
        "work": found,
        "state": AssignmentWork.State(found.state).label,
        "rounds": rounds,
        "waiting": waiting,
        "files": list(found.files.filter(first_round__isnull=False)),
        "authors": authors,
        "peers": all_feedback_on(found),
        "own": own,
        "form": form,
    }
    return render(request, "learn/assignments/answer.html", context)
