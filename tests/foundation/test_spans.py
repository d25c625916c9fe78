"""A chart of spans: what is named, what is cut, and where today stands."""

from datetime import date
from xml.etree import ElementTree

import pytest

from trama.foundation.charts import Figure, Span, span_chart

LONG = "1.1 Reunir as equipes das escolas e da secretaria para combinar o calendário de reuniões de cada polo"
MARCH = date(2026, 3, 20)


def drawn(*spans: Span, today: date = MARCH) -> Figure:
    return span_chart(
        "t", "Time", "…", spans, today=today, today_label="today", month_labels="JFMAMJJASOND",
        columns=("What", "From", "Until"),
    )  # fmt: skip


def texts(figure: Figure, style: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(figure.svg).iter() if one.get("class") == style]


def test_a_span_too_long_to_be_named_whole_is_cut_at_a_word_and_told_whole_in_the_table():
    figure = drawn(
        Span(LONG, date(2026, 4, 10), date(2026, 5, 30), "todo"), Span("1.2", None, date(2026, 3, 1), "done")
    )
    cut, short = (one.text or "" for one in texts(figure, "p-span-label"))
    assert cut.endswith("…")
    assert LONG.startswith(cut[:-1] + " "), "between two words"
    assert short == "1.2"
    assert figure.rows[0][0] == LONG
    whole = drawn(Span(LONG, date(2026, 1, 1), date(2026, 5, 30), "todo"))
    assert [one.text for one in texts(whole, "p-span-label")] == [LONG], "there it has the whole width"


@pytest.mark.parametrize(("today", "anchor"), [(MARCH, None), (date(2026, 5, 30), "end")])
def test_the_word_for_today_stands_above_every_bar_and_inside_the_picture(today, anchor):
    figure = drawn(Span("1", date(2026, 3, 2), date(2026, 5, 30), "doing"), Span("2", None, today, "todo"), today=today)
    (now,) = texts(figure, "p-span-now")
    assert now.get("text-anchor") == anchor
    assert float(now.get("y", "")) < min(float(one.get("y", "")) - 12 for one in texts(figure, "p-span-label"))


def test_a_day_outside_the_chart_is_not_today_in_it():
    assert texts(drawn(Span("1", None, date(2026, 5, 30), "doing"), today=date(2027, 1, 1)), "p-span-now") == []
