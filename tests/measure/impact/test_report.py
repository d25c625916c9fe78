"""The page in plain words: complete in both languages, true to the figures, careful with what it claims."""

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.impact.conclusions import BEARINGS, Bearing, Code, Conclusion
from trama_measure.impact.did import Comparison, Settings
from trama_measure.impact.evaluation import Evaluation
from trama_measure.impact.findings import Findings
from trama_measure.impact.notices import ImpactError
from trama_measure.impact.panel import Panel
from trama_measure.impact.report import Language, PeriodKind, Subject, UnitKind, write_report
from trama_measure.impact.report.context import Context
from trama_measure.impact.report.picture import Labels, Point, event_picture
from trama_measure.impact.report.statements import statement
from trama_measure.impact.report.words import TIGHT, Words, Writer, decimals_for
from trama_measure.impact.simulate import World, invented_panel

LANGUAGES = list(Language)
WORKS = World(n_units=600, n_periods=7, starts=(3, 5), effect=0.6, noise_sd=0.6)
WORLDS = {
    "sound": WORKS,
    "lot": WORKS,
    "doubt": World(n_units=500, n_periods=8, starts=(4,), effect=0.0, trend_difference=0.3, noise_sd=0.5),
    "nothing": World(n_units=600, n_periods=7, starts=(3, 5), effect=0.0, noise_sd=0.6),
    "harm": World(n_units=600, n_periods=7, starts=(3, 5), effect=-0.6, noise_sd=0.6),
}
GRAMMAR = {
    "units", "one_unit", "of_units", "those_units", "ending", "period", "periods", "last_before", "first_with",
    "last_seen", "to_next", "programme", "in_programme", "of_programme", "The_programme", "outcome", "confidence",
    "first", "last",
}  # fmt: skip
FIGURES = {
    "low": 0.1, "high": 0.5, "estimate": -0.3, "se": 0.1, "effect": 0.28, "power": 0.8, "first": 0.2, "last": 0.9,
    "p_value": 0.0004, "visible_bias": 0.12, "yardstick": 0.3, "times": 1.4, "twfe": 0.01,
    "forbidden_weight": 0.31, "units": 3.0,
}  # fmt: skip


@cache
def findings(name: str) -> Findings:
    return Evaluation(invented_panel(WORLDS[name], 1), seed=3, drawn_by_lot=name == "lot").findings


def subject(**more) -> Subject:
    return Subject("Programa Exemplo", "Ideb", units=UnitKind.NETWORKS, article="o", **more)


def page(name: str, language=Language.ENGLISH, **more):
    return write_report(findings(name), subject(**more), language)


def texts(tree: dict, path: str = "") -> dict[str, str]:
    found = {}
    for key, value in tree.items():
        found |= texts(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": str(value)}
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things_with_the_same_figures():
    ours, theirs = (texts(Words.of(each).texts) for each in LANGUAGES)
    assert ours.keys() == theirs.keys()
    for key in ours:
        assert ours[key].strip(), key
        if not key.startswith("programme."):
            assert fields(ours[key]) - GRAMMAR == fields(theirs[key]) - GRAMMAR, key
    same = {key for key in ours if ours[key] == theirs[key] and re.search(r"[A-Za-z]{4}", ours[key])}
    assert same <= {"programme.none.the", "language.percent"}  # nothing was left untranslated


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(Code))
def test_every_conclusion_has_words_with_its_figures(code, language):
    context = Context.of(findings("sound"), subject(), language)
    found = statement(context, Conclusion(code, FIGURES))
    assert found.bearing is BEARINGS[code]
    for text in (found.said, found.why, found.change):
        assert text[-1] in ".”"
        assert not re.search(r"[{}]|nan|inf\b", text)
    if code in (Code.EFFECT_POSITIVE, Code.EFFECT_NOT_SEEN):
        assert ("0,10" if language is Language.PORTUGUESE else "0.10") in found.said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WORLDS)
def test_no_sentence_says_that_the_programme_caused_something(name, language):
    report = page(name, language, better="higher")
    wrong = next(
        each for section in report.sections for each in section.listings if each.key == "not"
    )  # quoted as what should not be written
    text = report.text()
    for item in wrong.items:
        text = re.sub(r"\s+", " ", text).replace(item.replace(TIGHT, " "), "")
    assert not re.search(
        r"\b(caus(ed?|es|ou|ar|am|a do)|thanks to|led to|graças a|provoc\w+|works|funciona)\b", text
    ) or (
        name == "nothing"  # where it stands in "it would be wrong to conclude that the programme does not work"
        and not re.search(r"\b(caus(ed?|es|ou|ar|am|a do)|graças a|provoc\w+)\b", text)
    )


def test_the_short_answer_follows_from_the_evidence():
    answers = {name: " ".join(page(name).section("answer").paragraphs) for name in WORLDS}
    low, high = (findings("sound").overall[end] for end in ("low", "high"))
    assert f"from {low:.2f} to {high:.2f}{TIGHT}points" in answers["sound"]
    assert "above" in answers["sound"]
    assert "does not show that the programme was the reason" in answers["sound"]
    assert "reasonable to attribute" in answers["lot"]
    assert "reasons for doubt (3)" in answers["doubt"]
    assert "not the same as “no effect”" in answers["nothing"]
    assert "below" in answers["harm"]
    assert [name for name in WORLDS if "reasonable to attribute" in answers[name]] == ["lot"]


def test_whether_a_direction_is_wanted_is_said_only_where_it_is_known():
    def said(name, better):
        return {
            word for word in ("It is the desired", "It is not the desired") if word in page(name, better=better).text()
        }

    assert said("sound", "higher") == said("harm", "lower") == {"It is the desired"}
    assert said("harm", "higher") == said("sound", "lower") == {"It is not the desired"}
    assert not said("sound", "") | said("nothing", "higher")
    assert "It goes against what was wanted" in page("harm", better="higher").text()
    assert "reason to consider continuing" not in page("harm", better="higher").text()


def test_by_lot_doubts_about_the_past_count_for_less():
    blind = Evaluation(invented_panel(World(n_units=200, n_periods=3, starts=(1,), effect=1.0), 1), drawn_by_lot=True)
    text = re.sub(r"\s+", " ", blind.report(subject(), "en").text())
    assert "Nothing is known about how both groups moved before the start." in text
    assert "As who took part was decided by lot, this counts for less here" in text
    assert "reasonable to attribute" in text
    chosen = re.sub(r"\s+", " ", replace(blind, drawn_by_lot=False).report(subject(), "en").text())
    assert "counts for less" not in chosen
    assert "reasons for doubt (1)" in chosen


def test_the_page_answers_in_the_order_in_which_one_asks():
    keys = [each.key for each in page("sound").sections]
    assert keys == [
        "question", "answer", "compared", "picture", *[each.value for each in Bearing], "meaning", "figures", "method",
        "glossary",
    ]  # fmt: skip
    said = {each.code for key in Bearing for each in page("doubt").section(key.value).statements}
    assert said == {each.code for each in findings("doubt").conclusions}
    assert "None of the checks that could be made" in page("sound").section("weakens").paragraphs[0]


def test_tables_hold_the_figures_of_the_evaluation():
    found, report = findings("sound"), page("sound", Language.PORTUGUESE)
    tables = {each.key: each for section in report.sections for each in section.tables}
    assert set(tables) == {"design", "balance", "event", "overall", "cohort", "period", "checks", "sensitivity"}
    row = found.view("cohort")[0]
    shown = tables["cohort"].rows[0]
    assert shown[0] == "3"
    assert shown[1] == f"{row['estimate']:.2f}".replace(".", ",")
    assert shown[2].replace(TIGHT, " ") == f"de {row['low']:.2f} a {row['high']:.2f}".replace(".", ",")
    assert [row[0] for row in tables["design"].rows] == ["3", "5", "nunca começou"]
    assert sum(int(row[1]) for row in tables["design"].rows) == 600
    assert len(tables["checks"].rows) == len(found.checks["check"])
    assert [row[2] for row in tables["sensitivity"].rows][:2] == ["sim", "sim"]
    base = [row for row in tables["event"].rows if row[2] == "base da comparação"]
    assert [row[0] for row in base] == ["−1"]
    for table in tables.values():
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_check_speaks_for_or_against_only_where_something_was_seen():
    def readings(name):
        rows = next(each for each in page(name).section("figures").tables if each.key == "checks").rows
        return dict(zip(findings(name).checks["check"], (row[-1] for row in rows), strict=True))

    assert readings("sound")["breakdown"] == "speaks for it"
    assert readings("doubt")["joint_test"] == "speaks against it"
    assert readings("doubt")["breakdown"] == "speaks against it"
    weak = Evaluation(invented_panel(World(n_units=40, n_periods=5, starts=(3,), effect=0.4), 1))
    rows = write_report(weak.findings, subject(), "en").section("figures").tables
    shown = next(each for each in rows if each.key == "checks").rows
    assert [row[-1] for row in shown[:2]] == ["the test could see too little"] * 2
    assert readings("nothing")["breakdown"] == readings("nothing")["relative_magnitudes"] == "for information"


def test_where_nothing_was_seen_the_lot_and_the_trends_are_spoken_of_accordingly():
    text = re.sub(r"\s+", " ", page("nothing").text())
    assert "Nor can it be said that the programme makes no difference" in text
    assert "the reason for the difference" not in text
    assert "the smallest difference that these data would show" in text
    trends = next(each for each in findings("nothing").conclusions if "yardstick" in each.figures)
    visible = next(each for each in findings("nothing").conclusions if each.code is Code.SMALLEST_VISIBLE)
    assert trends.figures["yardstick"] == visible.figures["effect"]
    assert "the estimate itself" in re.sub(r"\s+", " ", page("sound").text())
    named = Subject("the Example Programme", "Ideb")
    assert "“The Example Programme has no effect.”" in write_report(findings("nothing"), named, "en").text()


def test_notices_that_no_conclusion_speaks_of_are_on_the_page():
    rng = np.random.default_rng(1)
    start = np.full(60, np.nan)
    start[:20], start[20:23] = 2019, 2015
    panel = Panel.from_arrays(rng.normal(size=(60, 4)), [2015, 2017, 2019, 2021], start, clusters=np.arange(60) // 2)
    evaluation = Evaluation(panel, Settings(comparison=Comparison.NOT_YET, anticipation=1))
    text = re.sub(r"\s+", " ", evaluation.report(subject(source="Inep", vintage="2023"), "pt-BR").text())
    assert "Fora da conta: 3 redes de ensino, com início em 2015 ou antes" in text
    assert "o tempo logo antes do início (1 edição) não serve de base" in text
    assert "Quem começou em 2019 (20 redes de ensino) é comparado, a cada momento, com quem ainda não" in text
    assert "57 redes de ensino em 4 edições (2015, 2017, 2019 e 2021)." in text
    assert "pertencem a 29 grupos" in text
    assert "Fonte dos dados: Inep." in text
    assert "Fonte dos dados: não informada." in page("sound", Language.PORTUGUESE).text()


@pytest.mark.parametrize(
    ("language", "value", "written"),
    [
        ("pt-BR", -1234.567, "−1.234,57 pontos"),
        ("pt-BR", 1.994, "1,99 ponto"),
        ("pt-BR", 1.996, "2,00 pontos"),
        ("pt-BR", -0.001, "0,00 ponto"),
        ("en", 0.5, "0.50 points"),
        ("en", 1.0, "1.00 points"),
        ("en", 1234.5, "1,234.50 points"),
        ("en", float("nan"), "–"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(language, value, written):
    unit = ("ponto", "pontos") if language == "pt-BR" else ("point", "points")
    writer = Writer(Words.of(Language(language)), unit, 2)
    assert writer.amount(value).replace(TIGHT, " ") == written


def test_other_figures_are_written_as_the_language_writes_them():
    pt, en = (Writer(Words.of(each), ("a", "b"), 2) for each in LANGUAGES)
    assert [pt.times(each, 16).replace(TIGHT, " ") for each in (0.4, 1.96, 2, np.inf)] == [
        "0,4 vez", "2,0 vezes", "2,0 vezes", "mais de 16 vezes",
    ]  # fmt: skip
    assert [en.times(each, 16) for each in (0.4, 1.0, np.inf)] == ["0.4 times", "1.0 times", "more than 16 times"]
    assert (pt.p_value(0.0002), pt.p_value(0.0432), en.p_value(0.5)) == ("p < 0,001", "p = 0,043", "p = 0.50")
    assert (pt.percent(0.955, 1), en.percent(0.8)) == ("95,5%", "80%")
    assert (pt.period(2021.0), pt.period(np.inf)) == ("2021", "nunca começou")
    assert pt.counted(1, UnitKind.MUNICIPALITIES).replace(TIGHT, " ") == "1 município"
    assert Words.of(Language.PORTUGUESE).listing(["a", "b", "c"]) == "a, b e c"


@given(st.floats(1e-4, 1e4), st.floats(1e-5, 10))
def test_decimals_show_the_error_and_never_round_an_end_to_zero(se, end):
    decimals = decimals_for(se, (end,))
    assert 0 <= decimals <= 6
    if decimals < 6:
        assert round(end, decimals) > 0
    assert decimals >= decimals_for(se)
    if 1e-3 <= se <= 1:
        assert abs(round(se, decimals_for(se)) / se - 1) <= 0.2


class Outline(HTMLParser):
    """Tags in order, ids, references and texts; fails on a tag that is not closed in turn."""

    VOID = {"meta", "line", "circle"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.ids, self.refs, self.links = [], [], [], [], []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.refs += attributes.get("aria-labelledby", "").split()
        self.links += [attributes[name] for name in ("href", "src", "srcset", "action") if name in attributes]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_stands_alone_and_is_marked_up_for_everybody(language):
    html = page("doubt", language, invented=True).html()
    outline = Outline(html)
    names = [tag for tag, _ in outline.tags]
    assert dict(outline.tags[0][1]) == {"lang": language.value}
    assert names.count("h1") == names.count("main") == names.count("svg") == names.count("title") - 1 == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.refs) <= set(outline.ids)
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert not re.search(r"<script|<link|@import|url\(|\son\w+=|https?:(?!//www.w3.org/2000/svg)", html)
    assert names.count("table") == names.count("caption") == 8
    assert all("scope" in attributes for tag, attributes in outline.tags if tag == "th")
    assert {"title", "desc"} <= set(names)
    assert "@media print" in html


def test_texts_of_the_analyst_never_become_markup():
    nasty = '<script>alert("x")</script> & {units} \\ %s'
    made = Subject(nasty, nasty, (nasty, nasty), source=nasty, vintage=nasty, author=nasty, method_address=nasty)
    html = write_report(findings("sound"), made, "pt-BR").html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 8
    assert "{units}" in html
    Outline(html)


def test_invented_data_are_called_so_on_top_and_real_ones_are_not():
    assert "inventado" in page("sound", Language.PORTUGUESE, invented=True).text()[:400]
    assert "Everything on this page is invented" not in page("sound").html()


@pytest.mark.parametrize("units", list(UnitKind))
@pytest.mark.parametrize("periods", list(PeriodKind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_unit_and_period_makes_a_page(units, periods, language):
    made = Subject("X", "Y", units=units, periods=periods)
    text = write_report(findings("doubt"), made, language).text()
    assert not re.search(r"[{}]", text)
    assert Words.of(language).texts["units"][units.value]["many"] in text


def test_portuguese_agrees_in_gender():
    made = Subject("X", "Y", units=UnitKind.MUNICIPALITIES)
    text = re.sub(r"\s+", " ", write_report(findings("sound"), made, "pt-BR").text())
    assert "Todos os municípios têm o mesmo peso" in text
    assert "outros municípios, nem se todos participassem" in text
    assert "os municípios que entraram em X" in text
    text = re.sub(r"\s+", " ", page("sound", "pt-BR").text())
    assert "Todas as redes de ensino têm o mesmo peso" in text
    assert "que entraram no Programa Exemplo" in text


def test_findings_are_kept_and_give_the_same_page_later():
    found = findings("doubt")
    kept = found.to_json()
    again = Findings.from_json(kept)
    assert again.to_json() == kept
    assert json.loads(kept)["format"] == 1
    for language in LANGUAGES:
        assert write_report(again, subject(), language).html() == write_report(found, subject(), language).html()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:50],
        lambda text: "[]",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"n_never"', '"other"'),
    ],
)
def test_findings_of_another_form_are_refused(change):
    with pytest.raises(ImpactError, match="findings"):
        Findings.from_json(change(findings("sound").to_json()))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: Subject(" ", "y"), "programme"),
        (lambda: Subject("x", ""), "outcome"),
        (lambda: Subject("x", "y", ("point",)), "unit: two texts"),
        (lambda: Subject("x", "y", better="up"), "better"),
        (lambda: Subject("x", "y", article="os"), "article"),
        (lambda: write_report(findings("sound"), Subject("x", "y"), "fr"), "language: one of pt-BR, en"),
    ],
)
def test_a_subject_or_language_that_makes_no_sense_is_refused(made, message):
    with pytest.raises(ImpactError, match=message):
        made()


def test_the_picture_shows_every_point_within_its_frame():
    points = [Point(at, 0.1 * at, 0.1 * at - 1, 0.1 * at + 1) for at in range(-12, 12)]
    points[11] = Point(-1, 0.0, float("nan"), float("nan"))
    svg = event_picture(points, Labels("a<b", "d", "x", "y", "s", "b", "f"), lambda value: f"{value:.1f}")
    assert svg.count("<circle") == 24 + 2  # and two in the legend
    assert "a&lt;b" in svg
    ends = [float(y) for y in re.findall(r'y[12]="([\d.]+)"', svg)]
    assert min(ends) >= 0
    assert max(ends) <= 310
    flat = event_picture([Point(0, 0.0, 0.0, 0.0)], Labels(*"abcdefg"), str)
    assert flat.count("<circle") == 3
