"""Pages of a forum for everybody in the cohort: topics, one topic, a new one, changing one's own text."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.policies import route

from ..cohorts.models import Cohort
from ..cohorts.selectors import may_lead
from ..policies import COHORT_PAGES
from . import services
from .errors import ForumError
from .forms import ChangeForm, PostForm, TopicForm
from .models import ForumChoice, ForumPost, ForumTopic
from .selectors import (
    choice_of,
    earlier_of,
    forums_visible_to,
    is_open,
    leaders_of,
    posts_of,
    posts_shown,
    seen_number,
    topics_of,
)
from .texts import as_html

TOPICS_A_PAGE = 20
POSTS_A_PAGE = 20
LONGEST_SEARCH = 80


def cohort_or_404(request: HttpRequest, uid: UUID) -> tuple[Cohort, bool]:
    """A cohort whose forum the person enters, and whether they lead it."""
    found = get_object_or_404(forums_visible_to(request.user), uid=uid)
    return found, may_lead(request.user, found)


def topic_or_404(request: HttpRequest, uid: UUID) -> tuple[ForumTopic, bool]:
    """A topic that the person sees, and whether they lead its cohort."""
    rows = ForumTopic.objects.select_related("cohort__version__course", "module", "author")
    found = get_object_or_404(rows.filter(cohort__in=forums_visible_to(request.user)), uid=uid)
    leads = may_lead(request.user, found.cohort)
    if not posts_shown(request.user, leads=leads).filter(topic=found, number=1).exists():
        raise Http404
    return found, leads


def post_or_404(request: HttpRequest, uid: UUID) -> tuple[ForumPost, bool]:
    """A post that the person sees, and whether they lead its cohort."""
    rows = ForumPost.objects.select_related("topic__cohort__version__course")
    found = get_object_or_404(rows.filter(topic__cohort__in=forums_visible_to(request.user)), uid=uid)
    leads = may_lead(request.user, found.topic.cohort)
    if found.hidden_at is not None and not leads and found.author_id != request.user.pk:
        raise Http404
    return found, leads


def address_of(post: ForumPost) -> str:
    """Where a post stands: the page of its topic that holds it."""
    page = (post.number - 1) // POSTS_A_PAGE + 1
    where = reverse("learn:forum_topic", args=[post.topic.uid])
    return f"{where}{f'?pagina={page}' if page > 1 else ''}#p{post.number}"


@route(COHORT_PAGES)
@never_cache
@require_safe
def forum(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The topics of a cohort, with what is new, searched and narrowed to a module."""
    cohort, leads = cohort_or_404(request, uid)
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    module = request.GET.get("modulo", "")[:80]
    rows = topics_of(cohort, request.user, leads=leads, search=search, module=module)
    context = {
        "cohort": cohort,
        "leads": leads,
        "open": is_open(cohort),
        "page": Paginator(rows, TOPICS_A_PAGE).get_page(request.GET.get("pagina")),
        "search": search,
        "module": module,
        "modules": cohort.version.modules.all(),
        "follows": choice_of(cohort, request.user, leads=leads),
        "choices": ForumChoice.Follows.choices,
    }
    return render(request, "learn/forum/forum.html", context)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a topic."""
    cohort, _leads = cohort_or_404(request, uid)
    form = TopicForm(request.POST or None, version=cohort.version_id, initial={"submission": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.ask(
                cohort, data["title"], data["text"], module=data["module"], submission=data["submission"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except ForumError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("learn:forum_topic", made.uid)
    return render(request, "learn/forum/new_topic.html", {"cohort": cohort, "form": form, "open": is_open(cohort)})


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A topic and its posts; a POST replies. Opening a page of it marks its posts as read."""
    found, leads = topic_or_404(request, uid)
    form = PostForm(request.POST or None, initial={"submission": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.reply(
                found, data["text"], submission=data["submission"], by=request.user, at=timezone.now()
            )
        except ForumError as problem:
            form.add_error(None, str(problem))
        else:
            made.topic = found
            return redirect(address_of(made))
    return _topic_page(request, found, form, leads=leads)


def _topic_page(request: HttpRequest, found: ForumTopic, form: PostForm, *, leads: bool) -> HttpResponse:
    seen = seen_number(found, request.user)
    rows = posts_of(found, request.user, leads=leads)
    page = Paginator(rows, POSTS_A_PAGE).get_page(request.GET.get("pagina"))
    posts: list[ForumPost] = list(page.object_list)
    earlier = earlier_of(posts, request.user, leads=leads)
    trainers = leaders_of(found.cohort)
    lines: list[dict[str, Any]] = [
        {
            "post": one,
            "html": as_html(one.text),
            "new": one.number > seen and one.author_id != request.user.pk,
            "own": one.author_id == request.user.pk,
            "trainer": one.author_id in trainers,
            "earlier": earlier.get(one.pk, []),
        }
        for one in posts
    ]
    if posts and posts[-1].number > seen:
        services.note_read(found, posts[-1].number, by=request.user)
    answer = rows.filter(pk=found.answer_id).first() if found.answer_id else None
    context = {
        "topic": found,
        "cohort": found.cohort,
        "leads": leads,
        "page": page,
        "lines": lines,
        "answer": answer,
        "answer_address": address_of(answer) if answer is not None else "",
        "open": found.closed_at is None and is_open(found.cohort),
        "form": form,
    }
    return render(request, "learn/forum/topic.html", context)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change one's own text. The earlier one is kept."""
    post, _leads = post_or_404(request, uid)
    if post.author_id != request.user.pk:
        raise Http404
    form = ChangeForm(request.POST or None, initial={"text": post.text, "revision": post.revision})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_post(post, data["text"], revision=data["revision"], by=request.user, at=timezone.now())
        except ForumError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect(address_of(post))
    context = {"post": post, "topic": post.topic, "cohort": post.topic.cohort, "form": form, "back": address_of(post)}
    return render(request, "learn/forum/change.html", context)


@route(COHORT_PAGES)
@require_POST
def letters(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose of which topics letters tell."""
    cohort, _leads = cohort_or_404(request, uid)
    follows = request.POST.get("follows", "")
    if follows not in ForumChoice.Follows.values:
        raise Http404
    services.choose(cohort, follows, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("learn:forum", cohort.uid)
