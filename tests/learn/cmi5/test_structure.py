"""Reading cmi5.xml."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama.learn.cmi5.errors import BadStructure
from trama.learn.cmi5.structure import MAX_DEPTH, Unit, as_json, from_json, parse

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
ID = "https://example.org/courses/geology"


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


def test_a_thousand_units_are_taken():
    assert len(list(parse(course(*(au(f"a{n}") for n in range(1500)))).units())) == 1500


DEEP = "".join(f'<block id="{ID}/b{n}">{words("b")}' for n in range(MAX_DEPTH + 1)) + au("um")
DEEP += "</block>" * (MAX_DEPTH + 1)
BAD = {
    "nothing": b"",
    "no XML": b"<courseStructure",
    "another root": b"<manifest/>",
    "another namespace": course(au("um")).replace(b"profiles/cmi5", b"profiles/other"),
    "no course": course(au("um"), about=""),
    "no unit": course(),
    "empty block": course(au("um"), block("b")),
    "id twice": course(au("um"), au("um")),
    "id no IRI": course(au("um")).replace(f"{ID}/um".encode(), b"um"),
    "no title": course(f'<au id="{ID}/x"><url>index.html</url></au>'),
    "no text": course(f'<au id="{ID}/x"><title/><description/><url>index.html</url></au>'),
    "no url": course(au("um", "")),
    "script": course(au("um", "javascript:alert(1)")),
    "out of the package": course(au("um", "../../etc/passwd")),
    "from the root": course(au("um", "/admin/")),
    "other host": course(au("um", "//evil.example.org/x")),
    "parameter of a launch": course(au("um", "index.html?fetch=x")),
    "moveOn": course(au("um", moveOn="completed")),
    "launchMethod": course(au("um", launchMethod="Popup")),
    "mastery above": course(au("um", masteryScore="1.1")),
    "mastery below": course(au("um", masteryScore="-0.1")),
    "mastery no number": course(au("um", masteryScore="nan")),
    "entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + course(au("um"))[38:],
    "too deep": course(DEEP),
    "too large": b"x" * (5 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_no_structure_is_refused_with_a_reason(name):
    with pytest.raises(BadStructure) as problem:
        parse(BAD[name])
    assert "cmi5.xml" in str(problem.value)


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 60))
@settings(max_examples=1500, deadline=None)
def test_a_structure_with_anything_in_it_is_read_or_refused(noise, place, cut):
    good = course(au("um", masteryScore="0.5"), block("b", au("dois")))
    place = place % len(good)
    for text in (noise, good[:place] + noise + good[place + cut :]):
        try:
            assert all(isinstance(one, Unit) for one in parse(text).units())
        except BadStructure:
            continue
