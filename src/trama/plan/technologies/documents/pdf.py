"""A document as a tagged PDF (PDF/UA-1), set by Typst."""

import json
from pathlib import Path
from typing import Any

import typst

from .markdown import BLANK, Block, Bullets, Document, Heading, Paragraph, Spans, Table, column_widths, plain
from .paper import Paper

TEMPLATE = Path(__file__).with_name("document.typ")


def as_pdf(document: Document, paper: Paper) -> bytes:
    """The document on A4 pages."""
    language, region = paper.language.split("-")
    data = {
        "title": document.title,
        "authors": paper.authors,
        "lang": language,
        "region": region,
        "footer": f"{paper.technology} · {paper.edition}",
        "note": paper.note,
        "dated": [paper.dated.year, paper.dated.month, paper.dated.day],
        "blocks": [_block(block) for block in document.blocks],
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, spans):
            return {"kind": "heading", "level": level, "spans": _spans(spans)}
        case Paragraph(spans):
            return {"kind": "paragraph", "spans": _spans(spans)}
        case Bullets(items, first):
            return {"kind": "list", "first": first, "items": [[_block(inner) for inner in item] for item in items]}
        case Table(head, rows):
            return {
                "kind": "table",
                "widths": [round(share * 1000) for share in column_widths(block)],
                "head": [_spans(spans) for spans in head],
                "rows": [[_spans(spans) for spans in row] for row in rows],
                "writing": [any(not plain(spans).strip() for spans in row) for row in rows],
            }


def _spans(spans: Spans) -> list[list[Any]]:
    """[text, bold, italic] with blanks apart; a blank at the end runs to the margin."""
    found: list[list[Any]] = []
    for span in spans:
        for number, piece in enumerate(span.text.split(BLANK)):
            if number:
                found.append(["blank", False, False])
            if piece:
                found.append([piece, span.bold, span.italic])
    if found and found[-1][0] == "blank":
        found[-1][0] = "rest"
    return found
