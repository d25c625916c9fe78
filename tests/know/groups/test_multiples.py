"""Small charts on one scale."""

from trama.know.groups.multiples import Member, multiples


def draw(*members: Member) -> list:
    return multiples("t", members, title="%(member)s", description="%(state)s", write=str, nothing="none")


def test_all_charts_share_years_and_values():
    low = Member("A", "/a", ((2019, 2.0), (2023, 3.0)), (), "")
    high = Member("B", "/b", ((2021, 8.0), (2023, 9.0)), (), "")
    alone, together = draw(low)[0].svg, draw(low, high)
    assert alone != together[0].svg
    ends = [chart.svg.rsplit('text-anchor="end">', 1)[1][:4] for chart in together]
    assert ends == ["2023", "2023"]
    assert [chart.name for chart in together] == ["A", "B"]


def test_a_gap_lifts_the_pen_and_a_lone_value_is_a_dot():
    svg = draw(Member("A", "/a", ((2017, 4.0), (2019, None), (2021, 5.0), (2023, 6.0)), (), ""))[0].svg
    path = svg.split('p-line-main" d="')[1].split('"')[0]
    assert path.count("M") == 2
    assert path.count("h0") == 1
    assert path.index("h0") < path.rindex("M")


def test_names_are_escaped_and_nothing_draws_nothing():
    assert "<b>" not in draw(Member("<b>", "/a", ((2023, 4.0),), (), ""))[0].svg
    assert draw(Member("A", "/a", ((2023, None),), (), "")) == []
