"""The parts of which editors build a page. Each is a part of the design system; none carries style or script."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from trama.learn import api as learn
from trama.plan import api as plan

from . import computed

RICH = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
INLINE = ["bold", "italic", "link"]
_ADDRESS = re.compile(r"^(/[^/\\\s][^\\\s]*|/|https://[^\s]+)$")


def check_address(value: str) -> None:
    """An address of this site, or a secure one elsewhere. Raises ``ValidationError`` for anything else."""
    if value and not _ADDRESS.match(value):
        raise ValidationError(
            _("Write an address of this site, such as /tecnologias/, or one that begins with https://.")
        )


class AddressBlock(blocks.CharBlock):
    """An address; one of this site leads to the page in the reader's language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[check_address], max_length=300, **options)


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=80, label=_("Text"))
    address = AddressBlock(label=_("Address"))

    class Meta:
        icon = "link"
        label = _("Link")


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **options: Any) -> None:
        super().__init__(features=RICH, **options)

    class Meta:
        icon = "doc-full"
        label = _("Text")
        template = "portal/blocks/text.html"


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "portal/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words. Only with their name and post, and only as they said them."""

    text = blocks.TextBlock(label=_("Words"), max_length=900)
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    post = blocks.CharBlock(label=_("Post and place"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "portal/blocks/quote.html"


class CardsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    cards = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(max_length=120, label=_("Title"))),
                ("text", blocks.TextBlock(required=False, max_length=600, label=_("Text"))),
                ("address", AddressBlock(required=False, label=_("Address"))),
            ]
        ),
        label=_("Cards"),
        min_num=1,
    )

    class Meta:
        icon = "grip"
        label = _("Cards")
        template = "portal/blocks/cards.html"


class NumbersBlock(blocks.StructBlock):
    """Numbers that somebody published: never one without what it counts, its source and its year."""

    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    numbers = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("value", blocks.CharBlock(max_length=24, label=_("Number"))),
                ("label", blocks.CharBlock(max_length=160, label=_("What it counts"))),
                ("source", blocks.CharBlock(max_length=200, label=_("Source"))),
                ("year", blocks.CharBlock(max_length=20, label=_("Year"))),
                ("note", blocks.TextBlock(required=False, max_length=400, label=_("What to know about it"))),
            ]
        ),
        label=_("Numbers"),
        min_num=1,
    )

    class Meta:
        icon = "order"
        label = _("Published numbers")
        template = "portal/blocks/numbers.html"


class ComputedBlock(blocks.StructBlock):
    """Numbers that the site counts itself, each with its definition and the moment of the count."""

    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    which = blocks.ChoiceBlock(choices=computed.choices, label=_("Which numbers"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return context | {"numbers": computed.numbers(value["which"])}

    class Meta:
        icon = "table"
        label = _("Counted numbers")
        template = "portal/blocks/computed.html"


class TimelineBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("when", blocks.CharBlock(max_length=40, label=_("When"))),
                ("title", blocks.CharBlock(max_length=160, label=_("Title"))),
                ("text", blocks.TextBlock(required=False, max_length=900, label=_("Text"))),
            ]
        ),
        label=_("Moments"),
        min_num=1,
    )

    class Meta:
        icon = "history"
        label = _("Line of time")
        template = "portal/blocks/timeline.html"


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    questions = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("question", blocks.CharBlock(max_length=200, label=_("Question"))),
                ("answer", blocks.RichTextBlock(features=[*INLINE, "ol", "ul"], label=_("Answer"))),
            ]
        ),
        label=_("Questions"),
        min_num=1,
    )

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "portal/blocks/questions.html"


class MessageBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[("info", _("information")), ("success", _("good news")), ("warning", _("attention"))],
        default="info",
        label=_("Tone"),
    )
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    text = blocks.RichTextBlock(features=INLINE, label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Message")
        template = "portal/blocks/message.html"


class PartnersBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=120, label=_("Heading"))
    text = blocks.TextBlock(required=False, max_length=600, label=_("Text"))
    partners = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("name", blocks.CharBlock(max_length=160, label=_("Name"))),
                ("text", blocks.TextBlock(required=False, max_length=500, label=_("What it does here"))),
                ("address", AddressBlock(required=False, label=_("Address"))),
            ]
        ),
        label=_("Partners"),
        min_num=1,
    )

    class Meta:
        icon = "group"
        label = _("Partners")
        template = "portal/blocks/partners.html"


def technology_choices() -> list[tuple[str, str | Promise]]:
    """The technologies that anyone reads, by slug. Three queries."""
    return [(version.technology.slug, version.title) for version in plan.technologies_in_catalogue()]


class TechnologiesBlock(blocks.StructBlock):
    """Technologies of the catalogue, by their present names. One that left the catalogue is left out."""

    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    technologies = blocks.ListBlock(blocks.ChoiceBlock(choices=technology_choices), label=_("Technologies"), min_num=1)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        shown = {version.technology.slug: version for version in plan.technologies_in_catalogue()}
        chosen = [shown[slug] for slug in dict.fromkeys(value["technologies"]) if slug in shown]
        return context | {"versions": chosen}

    class Meta:
        icon = "cogs"
        label = _("Technologies")
        template = "portal/blocks/technologies.html"


def course_choices() -> list[tuple[str, str | Promise]]:
    return [(version.course.slug, version.title) for version in learn.published_versions()]


class CoursesBlock(blocks.StructBlock):
    """Published courses, by their present names: the ones chosen, or every one in the order of their list."""

    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    courses = blocks.ListBlock(
        blocks.ChoiceBlock(choices=course_choices), label=_("Courses"), help_text=_("None chosen: all of them.")
    )

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        shown = {version.course.slug: version for version in learn.published_versions()}
        chosen = [shown[slug] for slug in dict.fromkeys(value["courses"] or shown) if slug in shown]
        return context | {"versions": chosen}

    class Meta:
        icon = "openquote"
        label = _("Courses")
        template = "portal/blocks/courses.html"


class ActionsBlock(blocks.StructBlock):
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1, max_num=4)

    class Meta:
        icon = "link"
        label = _("Buttons")
        template = "portal/blocks/actions.html"


class BodyBlock(blocks.StreamBlock):
    """Everything a page can be made of."""

    text = TextBlock()
    picture = PictureBlock()
    quote = QuoteBlock()
    cards = CardsBlock()
    numbers = NumbersBlock()
    computed = ComputedBlock()
    timeline = TimelineBlock()
    questions = QuestionsBlock()
    message = MessageBlock()
    partners = PartnersBlock()
    technologies = TechnologiesBlock()
    courses = CoursesBlock()
    actions = ActionsBlock()

    class Meta:
        required = False
