"""Questions about pages: what stands at an address, what is below a list, what the site looks like now."""

from typing import Any

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from trama.learn import api as learn
from trama.plan import api as plan
from trama.programme import api as programme

from .addresses import HOME_SLUGS, active_language, stored_path
from .models import BasePage, HomePage, NewsPage, SiteState, StoryPage

NEWS_ON_A_PAGE = 12


def page_at(path: str) -> Any:
    """The published page at a path in the active language, as its own kind; None if there is none. Two queries."""
    found = BasePage.objects.live().filter(url_path=stored_path(path, active_language())).first()
    return found.specific if found is not None else None


def home_page(language: str) -> HomePage | None:
    return HomePage.objects.filter(depth=2, slug=HOME_SLUGS[language]).first()


def has_page(path: str, language: str) -> bool:
    return BasePage.objects.live().filter(url_path=stored_path(path, language)).exists()


def news_below(page: BasePage) -> QuerySet[NewsPage]:
    """Published news under a page, newest first."""
    return NewsPage.objects.descendant_of(page).live().order_by("-day", "-pk")


def news_of(language: str) -> QuerySet[NewsPage]:
    """Published news of a language, newest first."""
    start = stored_path("", language)
    return NewsPage.objects.live().filter(url_path__startswith=start).order_by("-day", "-pk")


def stories_below(page: BasePage) -> list[StoryPage]:
    """Published experiences under a page, in the order the editors gave them. One query."""
    return list(StoryPage.objects.descendant_of(page).live().order_by("path"))


def stories_of(language: str) -> QuerySet[StoryPage]:
    start = stored_path("", language)
    return StoryPage.objects.live().filter(url_path__startswith=start).order_by("path")


def paged(rows: QuerySet[Any], request: HttpRequest) -> ListPage[Any]:
    return Paginator(rows, NEWS_ON_A_PAGE).get_page(request.GET.get("pagina"))


def public_pages() -> QuerySet[BasePage]:
    """Every published page under a home page, in the order of the tree."""
    return BasePage.objects.live().filter(depth__gte=2).order_by("path")


def redirect_for(address: str) -> str | None:
    """Where an address that leads to nothing was sent by an editor. At most three queries."""
    normal = Redirect.normalise_path(address)
    found = Redirect.objects.filter(old_path=normal).select_related("redirect_page").first()
    if found is None or (found.redirect_page is not None and not found.redirect_page.live):
        return None
    return found.redirect_page.get_url() if found.redirect_page is not None else (found.redirect_link or None)


def is_permanent(address: str) -> bool:
    return Redirect.objects.filter(old_path=Redirect.normalise_path(address), is_permanent=True).exists()


def site_number() -> str:
    """Grows whenever an editor changed what is public; "" before the first change. One query."""
    number = SiteState.objects.values_list("number", flat=True).first()
    return "" if number is None else str(number)


def site_mark() -> str:
    """Changes whenever a public page may look different. Four queries: pages, calls, technologies, courses."""
    calls = ",".join(f"{call.pk}.{call.revision}" for call in programme.open_calls(timezone.now()))
    return f"{site_number()}|{calls}|{plan.catalogue_state()}|{learn.course_versions_state()}"


def next_change(at: Any) -> bool:
    """Whether an editor's date for going public, or for ending, has come. Two queries."""
    from wagtail.models import Revision

    due = Revision.objects.filter(approved_go_live_at__isnull=False, approved_go_live_at__lte=at).exists()
    return due or BasePage.objects.filter(live=True, expire_at__isnull=False, expire_at__lte=at).exists()


def touch() -> None:
    """Say that the public site may look different from now on. In the transaction of what changed it."""
    if not SiteState.objects.filter(pk=1).update(number=F("number") + 1):
        SiteState.objects.get_or_create(pk=1, defaults={"number": 1})
