"""Charts: well-formed, labelled, told in words and in a table, and as true as their figures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.web.charts import COLOURS, WIDTH, Chart, Series, bars, cut, lines, number_text, stacked, wide

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("支出总表", "收入总表", "目录")


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.picture))


def words(chart: Chart) -> list[str]:
    return [t.text or "" for t in drawn(chart).iter(f"{SVG}text")]


def rects(chart: Chart) -> list[tuple[str, float, float]]:
    return [
        (r.attrib["fill"], float(r.attrib["x"]), float(r.attrib["width"]))
        for r in drawn(chart).iter(f"{SVG}rect")
        if r.attrib["height"] == "18"
    ]


def test_bars_are_as_long_as_their_figures_and_every_figure_is_written() -> None:
    chart = bars("各表的问题", NAMES, Series("问题", (40, 20, 0), "blue"))
    (_, _, long), (_, _, half) = rects(chart)  # nothing is drawn for zero
    assert half == pytest.approx(long / 2, abs=0.2)
    assert {"40", "20", "0", *NAMES} <= set(words(chart))
    assert chart.rows == (("支出总表", "40"), ("收入总表", "20"), ("目录", "0"))


def test_a_share_is_drawn_against_a_hundred() -> None:
    full = rects(bars("率", ["甲"], Series("率", (100.0,), "blue"), "%", most=100))[0][2]
    half = rects(bars("率", ["甲"], Series("率", (50.0,), "blue"), "%", most=100))[0][2]
    assert half == pytest.approx(full / 2, rel=0.05)


def test_parts_stand_one_after_another_and_the_whole_is_written() -> None:
    parts = (Series("错误", (30, 1), "error"), Series("疑问", (10, 0), "warning"))
    chart = stacked("问题", ["甲局", "乙局"], parts)
    one, two, _ = rects(chart)
    assert one[0] == COLOURS["error"] and two[0] == COLOURS["warning"]
    assert two[1] == pytest.approx(one[1] + one[2] + 1, abs=0.2)
    assert one[2] + 1 == pytest.approx(3 * (two[2] + 1), abs=0.5)
    assert chart.heads == ("", "错误", "疑问", "合计")
    assert chart.rows == (("甲局", "30", "10", "40"), ("乙局", "1", "0", "1"))
    assert "40" in words(chart)


def test_a_gap_in_a_line_stays_a_gap() -> None:
    whole = lines("率", ["2023", "2024", "2025"], [Series("率", (10.0, 20.0, 30.0), "deep")], "%", 100)
    broken = lines("率", ["2023", "2024", "2025"], [Series("率", (10.0, None, 30.0), "deep")], "%", 100)

    def strokes(chart: Chart) -> int:
        return sum(p.attrib.get("fill") == "none" for p in drawn(chart).iter(f"{SVG}path"))

    assert (strokes(whole), strokes(broken)) == (2, 0)
    assert broken.rows[1] == ("2024", "—") and "20%" not in words(broken)


def test_a_point_stands_as_high_as_its_figure() -> None:
    chart = lines("率", ["甲", "乙", "丙"], [Series("率", (0.0, 50.0, 100.0), "deep")], "%", 100)
    low, middle, high = [float(c.attrib["cy"]) for c in drawn(chart).iter(f"{SVG}circle")][
        1:
    ]  # the first is the legend's
    assert low - middle == pytest.approx(middle - high)
    assert low > high


def test_lines_differ_in_shape_as_well_as_in_colour() -> None:
    chart = lines("率", ["甲"], [Series("一", (1.0,), "deep"), Series("二", (2.0,), "orange")])
    assert any(True for _ in drawn(chart).iter(f"{SVG}circle")) and any(
        True for _ in drawn(chart).iter(f"{SVG}polygon")
    )


def _lightness(colour: str) -> float:
    r, g, b = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.299 * r + 0.587 * g + 0.114 * b


@pytest.mark.parametrize(
    "together",
    [("error", "warning", "notice", "good"), ("good", "error", "warning"), ("deep", "warning")],
)
def test_neighbours_in_a_stack_differ_in_lightness(together: tuple[str, ...]) -> None:
    for a, b in zip(together, together[1:], strict=False):
        assert abs(_lightness(COLOURS[a]) - _lightness(COLOURS[b])) > 25, (a, b)


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    root = drawn(bars("各表的问题", NAMES, Series("问题", (4, 2, 1), "blue")))
    assert root.attrib["role"] == "img"
    title, told_ = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and told_ is not None
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], told_.attrib["id"]]
    assert title.text == "各表的问题" and told_.text == "支出总表 4；收入总表 2；目录 1"


def test_two_charts_on_a_page_have_no_name_in_common() -> None:
    one, other = (drawn(bars("甲", ["乙"], Series("丙", (1,), "blue"))) for _ in range(2))
    assert not {e.attrib.get("id") for e in one.iter()} & {e.attrib.get("id") for e in other.iter()} - {None}


names = st.lists(st.text(max_size=60), min_size=0, max_size=6)


@pytest.mark.middle
@given(
    names, st.lists(st.one_of(st.none(), st.integers(0, 10**9), st.floats(0, 1e9)), min_size=6, max_size=6)
)
def test_whatever_the_names_the_picture_is_sound_and_within_its_frame(
    named: list[str], values: list[float | None]
) -> None:
    mine = tuple(values[: len(named)])
    for chart in (
        bars("题", named, Series("一", mine, "blue")),
        stacked("题", named, [Series("一", mine, "error"), Series("二", mine, "alone")]),
        lines("题", named, [Series("一", mine, "deep"), Series("二", mine, "orange")]),
    ):
        assert len(chart.rows) == len(named)
        for _, x, long in rects(chart):
            assert x >= 0 and x + long <= WIDTH + 1


def test_markup_in_names_stays_text() -> None:
    chart = bars("<script>", ["</svg><b>甲"], Series('"&', (1,), "blue"))
    assert drawn(chart).find(f"{SVG}title").text == "<script>"  # type: ignore[union-attr]
    assert "<b>" not in str(chart.picture)


@given(st.text(max_size=80), st.integers(20, 300))
def test_a_cut_name_fits(name: str, most: int) -> None:
    short = cut(name, most)
    assert wide(short) <= most
    assert short == name or short.endswith("…")


def test_figures_are_written_for_people() -> None:
    assert [number_text(v) for v in (1234567, 12.0, 12.5, None)] == ["1,234,567", "12", "12.5", "—"]
    assert number_text(99.5, "%") == "99.5%"


@given(st.lists(st.tuples(*[st.floats(0, 100, allow_nan=False)] * 4), min_size=1, max_size=4))
def test_numbers_of_lines_stand_apart_and_off_the_axis(points: list[tuple[float, ...]]) -> None:
    """Wherever the points are: a number covers no other and never the names under the axis."""
    series = [Series(f"率{n}", tuple(p[n] for p in points), "deep") for n in range(4)]
    names = [f"年{k}" for k in range(len(points))]
    inside = list(drawn(lines("率", names, series, "%", 100)).iter(f"{SVG}text"))
    axis = min(float(t.attrib["y"]) for t in inside if t.text in names)
    at = [
        (t.attrib["x"], float(t.attrib["y"]))
        for t in inside
        if t.attrib.get("font-weight") == "600" and t.attrib["text-anchor"] == "middle"
    ]
    assert at and all(axis - y >= 14 for _, y in at)
    for k, (x, y) in enumerate(at):
        assert all(abs(y - other) >= 13.8 for where, other in at[k + 1 :] if where == x)


def test_lines_that_meet_are_told_once() -> None:
    both = [Series("首版合格率", (0.0, 50.0), "deep"), Series("通过率", (0.0, 60.0), "warning")]
    assert (
        words(lines("率", ["2024", "2025"], both, "%", 100)).count("0%") == 2
    )  # the scale's and the point's
