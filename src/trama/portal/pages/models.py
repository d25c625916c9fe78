"""The kinds of pages. One base holds what all of them have, so that lists ask one table."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import AbstractPage
from wagtail.models.pages import AbstractPageMeta
from wagtail.search import index

from ..media.models import SiteImage
from .addresses import PORTUGUESE, SECTIONS, address_of, split
from .blocks import BodyBlock
from .fields import Body

type MoreContext = Callable[[Any, HttpRequest], dict[str, Any]]
_more_context: dict[str, MoreContext] = {}


def register_context(kind: str, more: MoreContext) -> None:
    """``more(page, request)``: what the template of a kind of page (by the name of its class) needs beside the page."""
    _more_context[kind] = more


class BasePage(AbstractPage):
    """A page of the public site, in one language. Its translation is another page with the same key and path.

    Personal data: the framework keeps who wrote it (owner, revisions, log): public posts of adults.
    """

    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=400,
        help_text=_("One or two sentences: they open the page, and stand for it in lists, searches and feeds."),
    )
    picture = models.ForeignKey(
        SiteImage, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    body = Body(BodyBlock(), blank=True, verbose_name=_("content"))

    is_creatable = False
    private_page_options: ClassVar[list[str]] = []  # what is published is public: it is kept in shared caches
    content_panels: ClassVar[list[Any]] = [
        *AbstractPage.content_panels,
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar[list[Any]] = [FieldPanel("slug")]
    search_fields: ClassVar[list[Any]] = [
        *AbstractPage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
    schema_type = "WebPage"  # of schema.org

    class Meta(AbstractPageMeta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    # --- addresses

    @property
    def place(self) -> tuple[str, str]:
        """(language, path), such as ("en", "sobre/")."""
        return split(self.url_path) or (PORTUGUESE, "")

    @property
    def address(self) -> str:
        """What a reader types after the host."""
        language, path = self.place
        return address_of(path, language)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        if split(self.url_path) is None:
            return None
        return 1, settings.TRAMA_ORIGIN, self.address

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> str | None:
        return None if split(self.url_path) is None else self.address

    url = property(get_url)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.take_address_of_twin()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        """What is checked of a draft."""
        self.take_address_of_twin()
        super().minimal_clean()

    def take_address_of_twin(self) -> None:
        """A translation has the address of its Portuguese page, whatever its title is. One query."""
        twin: Any = self.twin()
        if twin is not None and twin.depth > 2 and self.locale.language_code != PORTUGUESE:
            self.slug = twin.slug

    def clean(self) -> None:
        super().clean()
        parent = self.get_parent() if self.path else None
        if parent is not None and parent.depth == 2 and is_taken(f"/{self.slug}/"):
            raise ValidationError({"slug": _("Another part of the site has this address. Choose another name.")})

    def twin(self) -> "BasePage | None":
        """The page in the other language, if there is one. One query."""
        return BasePage.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk).first()

    # --- what a template gets

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        more = _more_context.get(type(self).__name__)
        context |= {"page": self, "trail": self.trail(), "data": self.structured_data()}
        return context | more(self, request) if more is not None else context

    def trail(self) -> list["BasePage"]:
        """The pages between home and this one. One query, none for pages right under home."""
        if self.depth <= 3:
            return []
        return list(BasePage.objects.ancestor_of(self).filter(depth__gt=2).live().order_by("path"))

    def structured_data(self) -> dict[str, Any]:
        """What search engines read: schema.org, as JSON-LD."""
        language, _path = self.place
        data: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": self.schema_type,
            "name": self.title,
            "inLanguage": "en" if language == "en" else "pt-BR",
        }
        if self.summary:
            data["description"] = self.summary
        if self.last_published_at:
            data["dateModified"] = self.last_published_at.isoformat()
        asked = [one for block in self.body if block.block_type == "questions" for one in block.value["questions"]]
        if asked and self.schema_type == "WebPage":
            data["@type"] = ["WebPage", "FAQPage"]
            data["mainEntity"] = [
                {
                    "@type": "Question",
                    "name": one["question"],
                    "acceptedAnswer": {"@type": "Answer", "text": str(one["answer"].source)},
                }
                for one in asked
            ]
        return data

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """As a reader would see it, in the language of the page, not of who edits it."""
        language, _path = self.place
        with translation.override(language):
            response = super().serve_preview(request, mode_name)
            return response.render() if hasattr(response, "render") else response


def is_taken(address: str) -> bool:
    """Whether another part of the site answers at an address."""
    with translation.override(PORTUGUESE):
        try:
            return resolve(address).view_name not in {"site:page", *(f"portal:{name}" for name in SECTIONS)}
        except Resolver404:
            return False


class HomePage(BasePage):
    """The front page of one language. There is one of each, made by the site itself."""

    template = "portal/home/home.html"
    parent_page_types: ClassVar[list[str]] = []
    subpage_types: ClassVar[list[str]] = [
        "portal.TextPage",
        "portal.NewsIndexPage",
        "portal.StoryIndexPage",
    ]
    schema_type = "WebSite"

    class Meta:
        verbose_name = _("front page")


class TextPage(BasePage):
    """A page of text and parts: about, history, help, numbers, partners, transparency, privacy."""

    template = "portal/pages/text_page.html"
    parent_page_types: ClassVar[list[str]] = ["portal.HomePage", "portal.TextPage"]
    subpage_types: ClassVar[list[str]] = ["portal.TextPage"]

    class Meta:
        verbose_name = _("page of text")


class NewsIndexPage(BasePage):
    """The list of news, newest first."""

    template = "portal/pages/news_index_page.html"
    parent_page_types: ClassVar[list[str]] = ["portal.HomePage"]
    subpage_types: ClassVar[list[str]] = ["portal.NewsPage"]
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = _("list of news")


class NewsPage(BasePage):
    """A piece of news."""

    day = models.DateField(_("day"), default=timezone.localdate)

    template = "portal/pages/news_page.html"
    parent_page_types: ClassVar[list[str]] = ["portal.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *AbstractPage.content_panels,
        FieldPanel("day"),
        *BasePage.content_panels[1:],
    ]
    schema_type = "NewsArticle"

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")

    def structured_data(self) -> dict[str, Any]:
        data = super().structured_data()
        return data | {"headline": self.title[:110], "datePublished": self.day.isoformat()}


class StoryIndexPage(BasePage):
    """Territories and experiences: the list of stories."""

    template = "portal/pages/story_index_page.html"
    parent_page_types: ClassVar[list[str]] = ["portal.HomePage"]
    subpage_types: ClassVar[list[str]] = ["portal.StoryPage"]
    schema_type = "CollectionPage"

    class Meta:
        verbose_name = _("list of experiences")


class StoryPage(BasePage):
    """An experience: where, what was developed, with whom, in whose words."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipality")
        ARRANGEMENT = "arrangement", _("education development arrangement")
        CONSORTIUM = "consortium", _("public consortium")
        STATE = "state", _("state with its municipalities")

    kind = models.CharField(_("kind of territory"), max_length=12, choices=Kind)
    territory = models.CharField(_("territory"), max_length=120, help_text=_("Such as Itapevi, or Chapada Diamantina."))
    state = models.CharField(_("state"), max_length=2, help_text=_("Two letters, such as BA."))
    place_code = models.PositiveIntegerField(
        _("IBGE code"),
        null=True,
        blank=True,
        help_text=_("Of the municipality or state, for the link to its panorama."),
    )

    template = "portal/pages/story_page.html"
    parent_page_types: ClassVar[list[str]] = ["portal.StoryIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *AbstractPage.content_panels,
        FieldPanel("kind"),
        FieldPanel("territory"),
        FieldPanel("state"),
        FieldPanel("place_code"),
        *BasePage.content_panels[1:],
    ]
    search_fields: ClassVar[list[Any]] = [*BasePage.search_fields, index.SearchField("territory")]
    schema_type = "Article"

    class Meta:
        verbose_name = _("experience")
        verbose_name_plural = _("experiences")

    def structured_data(self) -> dict[str, Any]:
        about = {"@type": "AdministrativeArea", "name": f"{self.territory}, {self.state}"}
        return super().structured_data() | {"headline": self.title[:110], "contentLocation": about}


class ShippedText(models.Model):
    """What the loading of content wrote, so that a reload leaves alone what people edited or removed since."""

    language = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    page = models.OneToOneField(BasePage, models.SET_NULL, null=True, related_name="+")
    file_hash = models.CharField(max_length=64)
    page_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["language", "path"], name="one_shipped_text_of_a_path")
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.path}"


class SiteState(models.Model):
    """One row: a number that grows whenever the public site may look different. Kept pages stand on it."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
