"""What is wrong with a package, or was left out of it, in the reader's words: where, what was found and expected."""

from collections.abc import Callable, Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..cmi5.structure import LAUNCH_METHODS, LAUNCH_PARAMETERS, MOVE_ON
from .archive import Finding

type Words = Callable[[], str]


def _plain(text: str) -> str:
    return _("“%s”") % text if text else ""


def _size(text: str) -> str:
    return filesizeformat(int(text)) if text.isdigit() else text


FOUND: Mapping[str, Callable[[str], str]] = {
    "archive_large": _size,
    "file_large": _size,
    "unpacked": lambda text: _("at least %s unpacked") % _size(text),
    "ratio": lambda text: _("%s times its packed size") % text,
    "members": lambda text: _("%s files or more") % text,
    "many_items": lambda text: _("%s items") % text,
}
EXPECTED: Mapping[str, Words] = {
    "empty": lambda: _("a file that is not empty"),
    "slow": lambda: _("a package that can be read in 30 seconds and 512 MB of memory"),
    "archive_large": lambda: _("a package of at most 20 MB"),
    "no_archive": lambda: _("a ZIP archive, as programs export packages (.zip, .h5p, .imscc), or cmi5.xml alone"),
    "broken": lambda: _("an archive that can be read to its end; export it again"),
    "zip64": lambda: _("a common ZIP archive, not the form for archives of more than 4 GB"),
    "pieces": lambda: _("one whole archive, with nothing before or after it"),
    "members": lambda: _("at most 2,000 files"),
    "twice": lambda: _("each name once, capital and small letters counting as the same"),
    "nothing": lambda: _("at least one file"),
    "control": lambda: _("a name of plain letters, without invisible characters"),
    "path": lambda: _("a path inside the package"),
    "long_name": lambda: _("a name of at most 240 bytes, at most 24 folders deep"),
    "odd_name": lambda: _("a name that every computer accepts"),
    "link": lambda: _("plain files, no links"),
    "encrypted": lambda: _("a package without password"),
    "method": lambda: _("files packed in the common way (deflate)"),
    "folder": lambda: _("a folder that holds nothing itself"),
    "extension": lambda: _("pages, scripts, pictures, sounds, videos, fonts and texts; other documents as PDF"),
    "overlap": lambda: _("files that do not share their bytes"),
    "unpacked": lambda: _("at most 200 MB in all"),
    "ratio": lambda: _("at most 100 times its packed size"),
    "nested": lambda: _("no archive inside the archive"),
    "program": lambda: _("no programs"),
    "file_large": lambda: _("a smaller file"),
    "unknown_kind": lambda: _(
        "imsmanifest.xml (SCORM, Common Cartridge), cmi5.xml (cmi5) or h5p.json (H5P) at the top of the package"
    ),
    "in_a_folder": lambda: _("this file at the top of the package, not in a folder; pack the content, not its folder"),
    "xml": lambda: _("XML that is in order"),
    "xml_entities": lambda: _("XML without a document type and entities"),
    "xml_large": lambda: _("at most 40,000 elements, 40 levels deep"),
    "no_items": lambda: _("at least one item that can be opened"),
    "many_items": lambda: _("at most 200 items"),
    "same_item": lambda: _("items with different identifiers"),
    "no_resource": lambda: _("a resource of the manifest"),
    "no_href": lambda: _("a resource with the page that it begins with"),
    "href": lambda: _("a file of the package"),
    "href_outside": lambda: _("a file of the package, not an address elsewhere"),
    "json": lambda: _("JSON that is in order"),
    "h5p_content": lambda: _("the content of the exercise"),
    "h5p_main": lambda: _("the name of the main library"),
    "h5p_libraries": lambda: _(
        "all the libraries of the content in the file. Export it from a program that includes them, such as Lumi; the "
        "download of h5p.org leaves them out"
    ),
    "cmi5_root": lambda: _("courseStructure as the first element, in the namespace of cmi5"),
    "cmi5_missing": lambda: _("this element"),
    "cmi5_no_text": lambda: _("a text in at least one language (langstring)"),
    "cmi5_no_au": lambda: _("at least one au in it"),
    "cmi5_deep": lambda: _("blocks at most 20 levels deep"),
    "cmi5_id": lambda: _("an id that is an absolute address (IRI)"),
    "cmi5_id_twice": lambda: _("each id once"),
    "cmi5_moveOn": lambda: _("moveOn as one of %s") % ", ".join(MOVE_ON),
    "cmi5_launchMethod": lambda: _("launchMethod as one of %s") % ", ".join(LAUNCH_METHODS),
    "cmi5_masteryScore": lambda: _("masteryScore as a number from 0 to 1"),
    "cmi5_url": lambda: _("a file of the package, or an address elsewhere that begins with https://"),
    "cmi5_parameter": lambda: (
        _("an address without the parameters that the launch adds (%s)") % ", ".join(sorted(LAUNCH_PARAMETERS))
    ),
    "no_material": lambda: _("at least one page, link or quiz that a course can use"),
}
NOTES: Mapping[str, Words] = {
    "sequencing": lambda: _("rules of order and rollup are not applied: every item can be opened from the list"),
    "prerequisites": lambda: _("prerequisites are not applied: every item can be opened from the list"),
    "one_organisation": lambda: _("only the first organisation, or the one called the default, is used"),
    "cmi5_elsewhere": lambda: _(
        "some units are on other sites: they open there, in a window of their own, out of our hands, and that site "
        "learns a code of the learner and what is done in the unit"
    ),
    "cmi5_asks_nothing": lambda: _("no unit asks for anything (moveOn): the content is gone through once it is opened"),
    "h5p_no_score": lambda: _("this kind of content may give no score: ask that it be gone through"),
    "question_left_out": lambda: _("this question was left out: its kind, or its right answer, cannot be carried"),
    "topic_left_out": lambda: _("discussions are not carried"),
    "tool_left_out": lambda: _("links to outside tools are not carried"),
    "assignment_left_out": lambda: _("assignments are not carried: write them as practice assignments, with a rubric"),
    "file_left_out": lambda: _("files are not carried: put what matters in a lesson or a paper of the library"),
    "link_left_out": lambda: _("only addresses that begin with https:// are carried"),
    "page_empty": lambda: _("this page has no text"),
    "page_without": lambda: _("carried as text, without this"),
    "too_many_parts": lambda: _("only the first 300 pages, links and quizzes are carried"),
}


def refusal(finding: Finding) -> str:
    """One sentence: where, what was found, what was expected."""
    found = FOUND.get(finding.code, _plain)(finding.found)
    expected = EXPECTED[finding.code]()
    told = _("found %(found)s, expected %(expected)s") if found else _("expected %(expected)s")
    sentence = told % {"found": found, "expected": expected}
    return _("%(where)s: %(told)s.") % {"where": finding.where or _("The package"), "told": sentence}


TAGS: Mapping[str, Words] = {
    "img": lambda: _("pictures"),
    "svg": lambda: _("pictures"),
    "canvas": lambda: _("pictures"),
    "table": lambda: _("tables"),
    "video": lambda: _("videos"),
    "audio": lambda: _("sounds"),
    "form": lambda: _("forms"),
    "math": lambda: _("formulas"),
}


def _left_out(told: str) -> str:
    """ "img:2 table:1" in words."""
    pairs = [one.partition(":") for one in told.split()]
    names = [(TAGS[tag]() if tag in TAGS else _("embedded pages"), count) for tag, _colon, count in pairs]
    return ", ".join(f"{name}: {count}" for name, count in names)


def note(finding: Finding) -> str:
    """One sentence on what was left out."""
    shown = _left_out(finding.found) if finding.code == "page_without" else finding.found
    found = f" ({shown})" if shown else ""
    return _("%(where)s: %(told)s.") % {
        "where": finding.where or _("The package"),
        "told": NOTES[finding.code]() + found,
    }
