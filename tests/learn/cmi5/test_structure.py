"""Reading cmi5.xml."""

import pytest
from defusedxml.ElementTree import ParseError, fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from trama.learn.cmi5.structure import MAX_DEPTH, BadStructure, Block, Unit, as_json, from_json
from trama.learn.cmi5.structure import parse as parse_root
from trama.learn.packages.archive import Finding
from trama.learn.packages.wording import refusal

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
ID = "https://example.org/courses/geology"


def parse(text: bytes) -> Block:
    """The structure that a text holds, as packages read it: its XML first."""
    return parse_root(fromstring(text, forbid_dtd=True))


def words(title: str) -> str:
    lines = f'<langstring lang="pt-BR">{title}</langstring><langstring lang="en-US">{title} (en)</langstring>'
    return f"<title>{lines}</title><description>{lines}</description>"


def au(name: str, url: str = "index.html", **attributes: str) -> str:
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<au id="{ID}/{name}"{given}>{words(name)}<url>{url}</url></au>'


def block(name: str, *parts: str) -> str:
    return f'<block id="{ID}/{name}">{words(name)}{"".join(parts)}</block>'


def course(*parts: str, about: str = f'<course id="{ID}">{words("Geologia")}</course>') -> bytes:
    text = f'<?xml version="1.0" encoding="utf-8"?><courseStructure xmlns="{NAMESPACE}">{about}{"".join(parts)}'
    return f"{text}</courseStructure>".encode()


def test_a_course_is_read_with_its_blocks_and_units():
    found = parse(
        course(
            au("um", moveOn="CompletedAndPassed", masteryScore="0.8", launchMethod="OwnWindow", activityType=f"{ID}/t"),
            block("parte", au("dois", "https://example.org/dois?x=1"), block("dentro", au("tres"))),
        )
    )
    assert (found.key, found.publisher_id, found.title["pt-BR"]) == ("course", ID, "Geologia")
    assert [one.key for one in found.units()] == ["au-1", "au-2", "au-3"]
    assert [one.key for one in found.blocks()] == ["block-2", "block-1", "course"]
    first = next(found.units())
    assert (first.move_on, first.mastery_score, first.launch_method) == ("CompletedAndPassed", 0.8, "OwnWindow")
    second = list(found.units())[1]
    assert (second.move_on, second.mastery_score, second.launch_method) == ("NotApplicable", None, "AnyWindow")
    assert from_json(as_json(found)) == found


DEEP = "".join(f'<block id="{ID}/b{n}">{words("b")}' for n in range(MAX_DEPTH + 1)) + au("um")
DEEP += "</block>" * (MAX_DEPTH + 1)
BAD = {  # what is wrong: the code, where in the file, and what was found there
    "another root": (b"<manifest/>", "cmi5_root", "", "manifest"),
    "another namespace": (
        course(au("um")).replace(b"profiles/cmi5", b"profiles/other"),
        "cmi5_root", "", "{https://w3id.org/xapi/profiles/other/v1/CourseStructure.xsd}courseStructure",
    ),
    "no course": (course(au("um"), about=""), "cmi5_missing", "courseStructure, course", ""),
    "no unit": (course(), "cmi5_no_au", "courseStructure", ""),
    "empty block": (course(au("um"), block("b")), "cmi5_no_au", "block 1", ""),
    "id twice": (course(au("um"), au("um")), "cmi5_id_twice", "au 2", f"{ID}/um"),
    "id no IRI": (course(au("um")).replace(f"{ID}/um".encode(), b"um"), "cmi5_id", "au 1", "um"),
    "no title": (course(f'<au id="{ID}/x"><url>index.html</url></au>'), "cmi5_missing", "au 1, title", ""),
    "no text": (
        course(f'<au id="{ID}/x"><title/><description/><url>index.html</url></au>'),
        "cmi5_no_text", "au 1, title", "",
    ),
    "no url": (course(au("um", "")), "cmi5_url", "au 1", ""),
    "script": (course(au("um", "javascript:alert(1)")), "cmi5_url", "au 1", "javascript:alert(1)"),
    "from the root": (course(au("um", "/admin/")), "cmi5_url", "au 1", "/admin/"),
    "other host": (course(au("um", "//evil.example.org/x")), "cmi5_url", "au 1", "//evil.example.org/x"),
    "without encryption": (course(au("um", "http://example.org/x")), "cmi5_url", "au 1", "http://example.org/x"),
    "a password": (course(au("um", "https://a:b@example.org/")), "cmi5_url", "au 1", "https://a:b@example.org/"),
    "no host": (course(au("um", "https:///x")), "cmi5_url", "au 1", "https:///x"),
    "parameter of a launch": (course(au("um", "index.html?fetch=x")), "cmi5_parameter", "au 1", "fetch"),
    "moveOn": (course(au("um", moveOn="completed")), "cmi5_moveOn", "au 1", "completed"),
    "launchMethod": (course(au("um", launchMethod="Popup")), "cmi5_launchMethod", "au 1", "Popup"),
    "mastery above": (course(au("um", masteryScore="1.1")), "cmi5_masteryScore", "au 1", "1.1"),
    "mastery below": (course(au("um", masteryScore="-0.1")), "cmi5_masteryScore", "au 1", "-0.1"),
    "mastery no number": (course(au("um", masteryScore="nan")), "cmi5_masteryScore", "au 1", "nan"),
    "too deep": (course(DEEP), "cmi5_deep", f"block {MAX_DEPTH}", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_no_structure_is_refused_with_where_and_what_was_found(name):
    text, *expected = BAD[name]
    with pytest.raises(BadStructure) as problem:
        parse(text)
    assert [problem.value.code, problem.value.where, problem.value.found] == expected
    assert refusal(Finding(*expected)).startswith(expected[1] or "O pacote"), "there are words for it"


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 60))
@settings(max_examples=1500, deadline=None)
def test_a_structure_with_anything_in_it_is_read_or_refused(noise, place, cut):
    good = course(au("um", masteryScore="0.5"), block("b", au("dois")))
    place = place % len(good)
    for text in (noise, good[:place] + noise + good[place + cut :]):
        try:
            assert all(isinstance(one, Unit) for one in parse(text).units())
        except (BadStructure, ParseError, ValueError, LookupError):
            continue
