"""What packages say of themselves, read: SCORM, H5P, Common Cartridge."""

from pathlib import Path
from typing import Any

import pytest

from tests.learn.packages import making
from trama.learn.courses.lessons import read_lesson
from trama.learn.packages.apart import records
from trama.learn.packages.manifests.base import with_parameters
from trama.learn.packages.manifests.plain_html import as_lesson, as_text


@pytest.fixture
def read(tmp_path: Path):
    def read(members) -> dict[str, Any]:
        path = tmp_path / "pacote.zip"
        path.write_bytes(making.zipped(members))
        (record,) = records(path)
        found: dict[str, Any] = record["found"]
        return found

    return read


def test_scorm_12_says_where_it_begins_and_what_passes(read):
    found = read(making.scorm_12())
    (item,) = found["manifest"]["items"]
    assert found["title"] == "Rede em ação"
    assert item["href"] == "aula/index.html?modo=curso"
    assert (item["mastery"], item["data"], item["longest"], item["tracked"]) == (80, "dados", "0001:00:00", True)


def test_scorm_2004_says_what_completes(read):
    found = read(making.scorm_2004())
    (item,) = found["manifest"]["items"]
    assert item["href"] == "aula/index.html", "the base of the resources counts"
    assert (item["to_complete"], item["to_pass"], item["data"]) == (0.75, 0.8, "dados")
    assert found["manifest"]["edition"] == "2004 4th Edition"


def test_a_threshold_of_the_third_edition_is_the_text_of_its_element(read):
    item = (
        '<item identifier="i1" identifierref="r1"><title>A</title>'
        "<adlcp:completionThreshold>0.5</adlcp:completionThreshold></item>"
    )
    manifest = making.manifest_2004(item, edition="2004 3rd Edition")
    assert read(making.scorm_2004(**{"imsmanifest.xml": manifest}))["manifest"]["items"][0]["to_complete"] == 0.5


def test_headings_assets_and_the_tree_are_kept_in_order(read):
    items = (
        '<item identifier="h"><title>Unidade</title><item identifier="a" identifierref="r1"><title>A</title></item>'
        '<item identifier="b" identifierref="r2" isvisible="false"><title>B</title></item></item>'
        '<item identifier="c" identifierref="r1"><title>C</title></item>'
    )
    resources = (
        '<resource identifier="r1" adlcp:scormtype="sco" href="aula/index.html"/>'
        '<resource identifier="r2" adlcp:scormtype="asset" href="aula/index.html"/>'
    )
    found = read(making.scorm_12(**{"imsmanifest.xml": making.manifest_12(items, resources=resources)}))
    told = [
        (one["id"], one["depth"], bool(one["href"]), one["tracked"], one["visible"])
        for one in found["manifest"]["items"]
    ]
    assert told == [
        ("h", 0, False, False, True),
        ("a", 1, True, True, True),
        ("b", 1, True, False, False),
        ("c", 0, True, True, True),
    ]


def test_rules_that_are_not_applied_are_told(read):
    organisation = (
        "<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule/></imsss:sequencingRules></imsss:sequencing>"
    )
    found = read(making.scorm_2004(**{"imsmanifest.xml": making.manifest_2004(organisation=organisation)}))
    assert [(one["code"], one["found"]) for one in found["manifest"]["notes"]] == [("sequencing", "preConditionRule")]


@pytest.mark.parametrize(
    ("href", "parameters", "expected"),
    [
        ("a.html", "", "a.html"),
        ("a.html", "?x=1", "a.html?x=1"),
        ("a.html", "&x=1", "a.html?x=1"),
        ("a.html?y=2", "?x=1", "a.html?y=2&x=1"),
        ("a.html#top", "?x=1", "a.html?x=1#top"),
        ("a.html", "#end", "a.html#end"),
        ("a.html#top", "#end", "a.html#top"),
    ],
)
def test_parameters_join_an_address_as_the_standard_says(href, parameters, expected):
    assert with_parameters(href, parameters) == expected


def test_h5p_says_its_title_and_that_it_may_give_no_score(read):
    found = read(making.h5p())
    assert (found["title"], found["manifest"]["edition"]) == ("Verdadeiro ou falso", "H5P.Trama")
    assert [one["code"] for one in found["manifest"]["notes"]] == ["h5p_no_score"]


def test_cmi5_gives_blocks_as_headings_and_units_as_items_that_open(read):
    words = (
        "<title><langstring lang='en'>Part</langstring></title><description><langstring>x</langstring></description>"
    )
    inner = making.unit("Dois", "https://outro.exemplo.org/au?x=1#fim", masteryScore="0.725")
    block = f'<block id="{making.CMI5_ID}/b">{words}{inner}</block>'
    own = making.unit("Três", "./aula/../aula/index.html?a=b", launchMethod="OwnWindow", moveOn="Passed")
    found = read(making.cmi5(making.unit("Um"), block, own))
    told = [
        (one["id"], one["title"], one["depth"], one["href"], one["mastery"], one["own_window"])
        for one in found["manifest"]["items"]
    ]
    assert told == [
        ("au-1", "Um", 0, "aula/index.html?modo=curso", None, False),
        ("block-1", "Part", 0, "", None, False),
        ("au-2", "Dois", 1, "https://outro.exemplo.org/au?x=1#fim", 72.5, True),
        ("au-3", "Três", 0, "aula/index.html?a=b", None, True),
    ]
    assert (found["kind"], found["title"]) == ("cmi5", "Rede em ação")
    assert [(one["code"], one["found"]) for one in found["manifest"]["notes"]] == [
        ("cmi5_elsewhere", "outro.exemplo.org")
    ]
    assert found["manifest"]["more"]["structure"]["parts"][0]["key"] == "au-1"


def test_cmi5_that_asks_for_nothing_says_so(read):
    found = read(making.cmi5(making.unit("Um"), making.unit("Dois")))
    assert [one["code"] for one in found["manifest"]["notes"]] == ["cmi5_asks_nothing"]


def test_a_cartridge_gives_pages_links_and_quizzes_and_reports_the_rest(read):
    found = read(making.cartridge())
    more = found["manifest"]["more"]
    assert found["title"] == "Conhecer a rede"
    assert [one["title"] for one in more["lessons"]] == ["Olhar a rede"]
    assert more["links"] == [{"title": "Portal do Inep", "address": "https://www.gov.br/inep"}]
    (quiz,) = more["quizzes"]
    one, many, word = quiz["questions"]
    assert (one["kind"], one["text"], one["feedback"]) == ("single", "Quantas escolas?", "Veja o censo.")
    assert [(option["text"], option["right"]) for option in one["options"]] == [("três", False), ("trinta", True)]
    assert [option["right"] for option in many["options"]] == [True, False, True]
    assert (word["kind"], word["accepted"]) == ("short", "censo\ncenso escolar")
    codes = sorted(one["code"] for one in found["manifest"]["notes"])
    assert codes == ["file_left_out", "page_without", "question_left_out", "tool_left_out", "topic_left_out"]


def test_a_page_becomes_a_lesson_that_can_be_read():
    text, left_out = as_lesson(making.LESSON)
    assert text == (
        "## Olhar a rede\n\nComece pelo **mapa** e veja o [Inep](https://www.gov.br/inep).\n\n- escolas\n- turmas"
    )
    assert left_out == {"img": 1}
    assert len(read_lesson(text)) == 3


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a*b_c [d](e) # f</p>", r"a\*b\_c \[d\](e) \# f"),
        ("<p>- x</p>", r"\- x"),
        ("<p>1. x</p>", r"1\. x".replace("1\\.", "\\1.")),
        ("<ol><li>um</li><li>dois</li></ol>", "1. um\n2. dois"),
        ("<p><b>x</p><p>y</b></p>", "x\n\ny"),
        ('<p><a href="javascript:x">y</a></p>', "y"),
        ("<script>x</script><p>y</p>", "y"),
        ("", ""),
    ],
)
def test_text_of_a_page_says_the_same_in_markdown(html, expected):
    assert as_lesson(html)[0] == expected


def test_words_of_a_question_are_plain():
    assert as_text("<p>Quantas <b>escolas</b> [ativas]?</p>") == "Quantas escolas [ativas]?"
