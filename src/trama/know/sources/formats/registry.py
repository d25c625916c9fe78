"""Every layout that Trama reads, and which of them a file has."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from . import censo, literacy, saeb_alunos, siope
from .base import Format, Member
from .boundaries import BOUNDARY_FORMATS
from .censo import CENSUS_FORMATS
from .demonstration import DEMONSTRATION_FORMATS
from .groups import GROUP_FORMATS
from .ibge import CompactLocalities, Localities
from .ideb import IDEB_FORMATS
from .ideb_longo import LONG_FORMATS
from .literacy import LITERACY_FORMATS
from .population import POPULATION_FORMATS
from .problems import refuse, unreadable
from .saeb import SaebResults
from .saeb_alunos import SaebPupils
from .sheets import workbook
from .sidra import SIDRA_FORMATS
from .siope import SIOPE_FORMATS
from .tables import HEADER_ROWS
from .territory import TERRITORY_FORMATS
from .text import text_facts

FORMATS: list[Format] = [
    *TERRITORY_FORMATS,
    Localities(),
    CompactLocalities(),
    *BOUNDARY_FORMATS,
    *POPULATION_FORMATS,
    *SIDRA_FORMATS,
    *GROUP_FORMATS,
    *IDEB_FORMATS,
    *LONG_FORMATS,
    SaebResults(),
    SaebPupils(),
    *LITERACY_FORMATS,
    *SIOPE_FORMATS,
    *CENSUS_FORMATS,
    *DEMONSTRATION_FORMATS,
]
REFUSALS: list[Callable[[Member], str | None]] = [
    literacy.explain,
    censo.explain,
    saeb_alunos.explain,
    siope.explain,
]
"""Layouts known and refused on purpose: each gives what to bring instead."""


def detect(members: list[Member]) -> Format:
    """The layout these files have, from their content. Raises ``UnreadableFile`` if none or several fit."""
    fitting = [layout for layout in FORMATS if layout.recognises(members)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(member.name for member in members[:5])
    if fitting:
        found = ", ".join(layout.source for layout in fitting)
        refuse(names, found, _("files of one layout at a time; these fit several"))
    for member in members:
        _explain(member)
    known = _(
        "one of the layouts known here: Ideb, Saeb, School Census, Literate Child Indicator (Inep), Siope (FNDE), "
        "localities, boundaries, population and GDP (IBGE), members of arrangements"
    )
    raise unreadable(names, names, known)


def _explain(member: Member) -> None:
    """Raise with what is wrong with a file that no layout recognises, if that can be told."""
    for refusal in REFUSALS:
        expected = refusal(member)
        if expected is not None:
            refuse(member.name, member.name, expected)
    with member.path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"PK"):
        with workbook(member) as book:
            for sheet in book.sheets:
                for number, _row in book.rows(sheet):
                    if number > HEADER_ROWS:
                        break
    elif not head.startswith((b"{", b"[")):
        text_facts(member)
