"""The page that lists every part of the design system with its states, each beside its HTML."""

from functools import cache
from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .icons import ICONS
from .policies import PUBLIC, declare, route

SHOW_COMPONENTS = declare("foundation.components.show", kind="route", allow=PUBLIC)


class Sample(NamedTuple):
    """One part: its template under ``foundation/components/`` and what it is for."""

    name: str
    title: Promise
    use: Promise


SAMPLES = (
    Sample("type", _("Type"), _("Headings, running text, lists, definitions. One first heading per page.")),
    Sample("colours", _("Colours"), _("Government blue and its company. Colour never speaks alone.")),
    Sample("icons", _("Icons"), _("Decoration beside a word; alone, they carry a name.")),
    Sample("buttons", _("Buttons"), _("One main action per page; the others are secondary or quiet.")),
    Sample("tags", _("Tags and chips"), _("Tags say a state. Chips choose among a few.")),
    Sample("messages", _("Messages"), _("What happened, or what to know before going on.")),
    Sample("cards", _("Cards"), _("A thing that leads somewhere; the whole card is the link.")),
    Sample("figures", _("Figures"), _("A number with its unit and source, or the reason why there is none.")),
    Sample("table", _("Table"), _("A caption, numbers to the right, its own scrolling frame on narrow screens.")),
    Sample("compare", _("Comparison table"), _("Few columns side by side; the reader's own stands out.")),
    Sample("disclosure", _("Disclosure"), _("Definitions and details, open when asked.")),
    Sample("tabs", _("Tabs"), _("Links between the faces of one page; the address says which.")),
    Sample("pagination", _("Pages"), _("For lists that do not fit; the filters stay.")),
    Sample("filters", _("Filters"), _("A form that asks by address, so that the answer can be shared.")),
    Sample("form", _("Form"), _("Label, help, field; what is required is marked.")),
    Sample("form_errors", _("Form with errors"), _("A summary that leads to each field, and the reason beside it.")),
    Sample("confirm", _("Confirmation"), _("Before what cannot be undone: what will happen, and a way back.")),
    Sample("steps", _("Steps"), _("Where one stands in a sequence.")),
    Sample("progress", _("Progress"), _("Long work, with counts.")),
    Sample("chart", _("Chart"), _("Drawn by the server, with a caption, a legend and the same as a table.")),
    Sample("map", _("Map"), _("Areas that are links, a legend that also names missing data, and the same as a list.")),
    Sample("empty", _("Nothing to show"), _("Why it is empty, and what to do next.")),
    Sample("search", _("Search"), _("The large field of the front page; the header has the small one.")),
)


class SampleForm(forms.Form):
    """One field of each kind. Nothing is sent anywhere."""

    name = forms.CharField(label=_("Full name"), help_text=_("As in your document."), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(
        label=_("Function"),
        choices=[("", "—"), ("dme", _("Municipal education director")), ("team", _("Technical team"))],
    )
    network = forms.ChoiceField(
        label=_("Network"),
        choices=[("m", _("Municipal network")), ("e", _("State network"))],
        widget=forms.RadioSelect,
        initial="m",
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label=_("I have read the terms of use"))


def _context(name: str) -> dict[str, Any]:
    match name:
        case "icons":
            return {"icons": list(ICONS)}
        case "form":
            return {"form": SampleForm(prefix="form")}
        case "form_errors":
            data = {"errors-name": "Ana", "errors-email": "ana", "errors-network": "m"}
            return {"form": SampleForm(data, prefix="errors")}
        case "pagination":
            return {"page": Paginator(range(120), 10).page(4)}
        case _:
            return {}


@cache
def _drawn(language: str) -> tuple[dict[str, Any], ...]:
    """The samples in the active language, drawn once: they depend on nothing else."""
    root = "/en/" if language.startswith("en") else "/"
    frame = {"ROOT": root, "request": HttpRequest()}
    drawn = []
    for sample in SAMPLES:
        html = render_to_string(f"foundation/components/{sample.name}.html", frame | _context(sample.name))
        texts = {"title": str(sample.title), "use": str(sample.use), "code": escape(str(html))}
        drawn.append({"name": sample.name, "html": html, **texts})
    return tuple(drawn)


@route(SHOW_COMPONENTS)
@require_safe
def component_list(request: HttpRequest) -> HttpResponse:
    """Every part with its states. Asks the database nothing."""
    samples = _drawn(get_language() or "")
    return render(request, "foundation/components/component_list.html", {"samples": samples})
