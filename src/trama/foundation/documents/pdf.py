"""A document as a tagged PDF (PDF/UA-1), set by Typst."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from .markdown import BLANK, Block, Bullets, Document, Frame, Heading, Paragraph, Spans, Table, column_widths, plain
from .paper import Paper

TEMPLATE = Path(__file__).with_name("document.typ")


@dataclass(frozen=True, slots=True)
class FrameOnPaper:
    """How a frame is printed: what stands above it, and how many lines to write on come after it."""

    title: str
    lines: int = 0


@dataclass(frozen=True, slots=True)
class PaperLook:
    """How the parts of a dialect are printed. ``address`` gives whole addresses ("": the words alone)."""

    frame: Callable[[Frame], FrameOnPaper] = lambda frame: FrameOnPaper("")
    address: Callable[[str], str] = lambda address: address


PLAIN = PaperLook()


def as_pdf(document: Document, paper: Paper, look: PaperLook = PLAIN) -> bytes:
    """The document on A4 pages."""
    language, region = paper.language.split("-")
    data = {
        "title": document.title,
        "authors": paper.authors,
        "lang": language,
        "region": region,
        "footer": f"{paper.work} · {paper.edition}",
        "note": paper.note,
        "dated": [paper.dated.year, paper.dated.month, paper.dated.day],
        "blocks": _Sheet(look).all(document.blocks),
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made


@dataclass(frozen=True, slots=True)
class _Sheet:
    look: PaperLook

    def all(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [self.block(block) for block in blocks]

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading(level, spans):
                return {"kind": "heading", "level": level, "spans": self.spans(spans)}
            case Paragraph(spans):
                return {"kind": "paragraph", "spans": self.spans(spans)}
            case Bullets(items, first):
                return {"kind": "list", "first": first, "items": [self.all(item) for item in items]}
            case Table(head, rows):
                return {
                    "kind": "table",
                    "widths": [round(share * 1000) for share in column_widths(block)],
                    "head": [self.spans(spans) for spans in head],
                    "rows": [[self.spans(spans) for spans in row] for row in rows],
                    "writing": [any(not plain(spans).strip() for spans in row) for row in rows],
                }
            case Frame(blocks=blocks):
                shown = self.look.frame(block)
                return {"kind": "frame", "title": shown.title, "lines": shown.lines, "blocks": self.all(blocks)}

    def spans(self, spans: Spans) -> list[list[Any]]:
        """[text, bold, italic, address] with blanks apart; a blank at the end runs to the margin."""
        found: list[list[Any]] = []
        for span in spans:
            address = self.look.address(span.link) if span.link else ""
            for number, piece in enumerate(span.text.split(BLANK)):
                if number:
                    found.append(["blank", False, False, ""])
                if piece:
                    found.append([piece, span.bold, span.italic, address])
        if found and found[-1][0] == "blank":
            found[-1][0] = "rest"
        return found
