"""Characters to lines: the way that is taken nearly always gives what the careful one gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from yibenzhang.reading.glyphs import Glyph, _any_line, _even_line, lines_of

NEAR = st.sampled_from([0.0, 0.0, 0.0, 0.4, 1.2, 2.0])
STEPS = st.sampled_from([-3.0, 0.0, 1.0, 2.4, 2.6, 5.0, 10.0, 10.0, 10.0, 13.0, 15.0, 25.0])


@st.composite
def rows(draw: st.DrawFn) -> list[Glyph]:
    """Characters one after another as files have them: beside, over and apart from each other."""
    out = []
    x = 100.0
    for text in draw(st.lists(st.sampled_from("1一.0"), min_size=1, max_size=8)):
        size = draw(st.sampled_from([10.0, 10.0, 10.0, 9.6, 6.0]))
        base = 200 + draw(NEAR)
        out.append(Glyph(text, x, base - 0.85 * size, x + size, base + 0.15 * size, base, size))
        x += draw(STEPS)
    return out


@settings(max_examples=examples(400), deadline=None)
@given(rows())
def test_the_short_way_gives_the_same(row: list[Glyph]) -> None:
    short = _even_line(row)
    if short is None:
        return
    assert short == _any_line(sorted(sorted(row, key=lambda g: g.base), key=lambda g: g.x0))
    assert lines_of(row) == [short]
