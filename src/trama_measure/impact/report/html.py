"""A report as one HTML file: no script, no other file, no network."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

from .parts import Listing, Picture, Report, Section, Statement, Table


@cache
def _style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def write_html(report: Report) -> str:
    """The whole document. Texts of the subject are escaped; nothing in them becomes markup."""
    banner = f'<p class="banner"><strong>{escape(report.banner)}</strong></p>' if report.banner else ""
    links = "".join(f'<li><a href="#{each.key}">{escape(each.heading)}</a></li>' for each in report.sections)
    contents = escape(report.labels["contents"])
    return (
        f'<!DOCTYPE html>\n<html lang="{report.language.value}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        f"<header>{banner}<h1>{escape(report.title)}</h1></header>\n"
        f'<nav aria-label="{contents}"><p aria-hidden="true">{contents}</p><ol>{links}</ol></nav>\n<main>\n'
        + "".join(_section(each, report.labels) for each in report.sections)
        + "</main>\n</body>\n</html>\n"
    )


def _section(section: Section, labels: dict[str, str]) -> str:
    parts = [
        *(f"<p>{escape(line)}</p>" for line in section.paragraphs),
        *(_statement(each, labels) for each in section.statements),
        *(_listing(each) for each in section.listings),
        _picture(section.picture) if section.picture else "",
        *(_table(each) for each in section.tables),
        _terms(section.terms) if section.terms else "",
    ]
    heading = f'<h2 id="{section.key}">{escape(section.heading)}</h2>'
    return f'<section class="{section.key}" aria-labelledby="{section.key}">{heading}\n{"".join(parts)}</section>\n'


def _statement(statement: Statement, labels: dict[str, str]) -> str:
    """The sentence in bold, then why and what would change it."""
    pairs = ((labels["why"], statement.why), (labels["change"], statement.change))
    below = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in pairs)
    said = f'<p class="said">{escape(statement.said)}</p>'
    return f'<div class="statement {statement.bearing.value}">{said}<dl>{below}</dl></div>\n'


def _listing(listing: Listing) -> str:
    items = "".join(f"<li>{escape(item)}</li>" for item in listing.items)
    kind = " quoted" if listing.quoted else ""
    return f'<div class="listing {listing.key}{kind}"><h3>{escape(listing.heading)}</h3><ul>{items}</ul></div>\n'


def _picture(picture: Picture) -> str:
    return f"<figure>{picture.svg}<figcaption>{escape(picture.caption)}</figcaption></figure>\n"


def _table(table: Table) -> str:
    """A table in a box that scrolls by itself where the screen is narrow; the keyboard reaches it."""
    name = f"table-{table.key}"
    head = "".join(f'<th scope="col">{escape(column)}</th>' if column else "<td></td>" for column in table.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    box = f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}">'
    return (
        f'<div class="table {table.key}">{box}<table>'
        f'<caption><span id="{name}">{escape(table.caption)}</span></caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}</div>\n"
    )


def _terms(terms: tuple[tuple[str, str], ...]) -> str:
    return "<dl>" + "".join(f"<div><dt>{escape(a)}</dt><dd>{escape(b)}</dd></div>" for a, b in terms) + "</dl>"
