"""Pages of editors, the feed of news, the map of the site for search engines."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trama.foundation.http import FIVE_MINUTES, public_cache
from trama.foundation.policies import route
from trama.know.api import kept_page

from ..policies import SHOW_FEED, SHOW_PAGE, SHOW_SITEMAP
from .addresses import ENGLISH, PORTUGUESE, active_language, address_of
from .selectors import is_permanent, news_of, page_at, public_pages, redirect_for, site_mark

IN_FEED = 30
SECTIONS = ("panorama/", "indicadores/", "dados/", "territorios/", "comparar/", "editais/", "autodiagnostico/")
MORE_SECTIONS = ("tecnologias/", "acessibilidade/")


@route(SHOW_PAGE)
@require_safe
@kept_page("pagina", also=site_mark)
def page(request: HttpRequest, path: str) -> HttpResponse:
    """A page that editors published, in the language of the address; else where they sent its address."""
    found = page_at(path)
    if found is not None:
        response: HttpResponse = found.serve(request)
        return response.render() if hasattr(response, "render") else response
    target = redirect_for(request.path)
    if target is None or not target.startswith(("/", "https://")) or target.startswith("//"):
        raise Http404(path)
    permanent = is_permanent(request.path)
    return HttpResponsePermanentRedirect(target) if permanent else HttpResponseRedirect(target)


@route(SHOW_PAGE)
@require_safe
@public_cache(FIVE_MINUTES)
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the software itself promises: not the editors' to change."""
    return render(request, "portal/pages/accessibility.html")


@route(SHOW_FEED)
@require_safe
@kept_page(also=site_mark)
def feed(request: HttpRequest) -> HttpResponse:
    """The latest news as an Atom feed."""
    language = active_language()
    host = settings.TRAMA_ORIGIN  # never what the request says: the answer is kept for everybody
    atom = Atom1Feed(
        title=_("News of Trama"),
        link=host + address_of("noticias/", language),
        description=_("What is new on the site and in the programme."),
        language="en" if language == ENGLISH else "pt-BR",
        feed_url=host + request.path,
    )
    for news in news_of(language)[:IN_FEED]:
        written = news.first_published_at
        atom.add_item(
            title=news.title,
            link=host + news.address,
            description=news.summary,
            unique_id=f"urn:uuid:{news.translation_key}:{language}",
            pubdate=written,
            updateddate=news.last_published_at or written,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    atom.write(response, "utf-8")
    return response


@route(SHOW_SITEMAP)
@require_safe
@kept_page(also=site_mark)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in both languages, each with its translation, and the front door of every section."""
    host = settings.TRAMA_ORIGIN  # never what the request says: the answer is kept for everybody
    entries: dict[str, dict[str, Any]] = {}
    for one in public_pages():
        language, _path = one.place
        entry = entries.setdefault(str(one.translation_key), {})
        entry[language] = (host + one.address, one.last_published_at)
    for section in SECTIONS + MORE_SECTIONS:
        both = {language: (host + address_of(section, language), None) for language in (PORTUGUESE, ENGLISH)}
        entries[section] = both
    context = {"entries": [{"both": list(entry.items())} for entry in entries.values()]}
    return render(request, "portal/pages/sitemap.xml", context, content_type="application/xml; charset=utf-8")
