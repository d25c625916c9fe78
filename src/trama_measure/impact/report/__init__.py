"""An evaluation in plain words: what was asked, who was compared, what was found, what can and cannot be concluded.

>>> report = evaluation.report(Subject("Programme X", "Ideb, early years", units=UnitKind.NETWORKS), "pt-BR")
>>> Path("page.html").write_text(report.html(), encoding="utf-8")

* ``parts``: a report is sections of sentences, statements, tables and a picture; nothing says how they look.
* ``words`` (``en.toml``, ``pt_BR.toml``): every sentence, and numbers as each language writes them.
* ``context``, ``statements``, ``figures``, ``sections``: from findings to parts. * ``picture``: the event study as SVG.
* ``html`` (with ``page.css``), ``text``: a file of its own, and plain text.

A page of the platform shows the same parts. Decision 0150; texts are reviewed in the two TOML files.
"""

from .parts import Listing, Picture, Report, Section, Statement, Subject, Table
from .sections import write_report
from .words import Language, PeriodKind, UnitKind

__all__ = [
    "Language",
    "Listing",
    "PeriodKind",
    "Picture",
    "Report",
    "Section",
    "Statement",
    "Subject",
    "Table",
    "UnitKind",
    "write_report",
]
