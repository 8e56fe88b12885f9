"""The calibration plot says what was said, and loses nobody."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.calibration import by_tenth, gap, plot, write_picture

SAID = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


@given(SAID)
def test_every_saying_stands_in_the_tenth_it_belongs_to(pairs: list[tuple[float, bool]]) -> None:
    said, came = [sure for sure, _ in pairs], [came for _, came in pairs]
    tenths = by_tenth(said, came)
    assert (len(tenths), sum(each.count for each in tenths)) == (10, len(pairs))
    assert sum(each.right for each in tenths) == sum(came)
    for each in tenths:
        if each.count:
            assert each.low - 1e-6 <= each.said <= each.low + 0.1 + 1e-6
            low, high = each.interval
            assert low - 1e-9 <= each.came_true <= high + 1e-9
    assert 0 <= gap(tenths) <= 1


def test_the_plot_shows_said_beside_came_true(tmp_path: Path) -> None:
    tenths = by_tenth([0.9] * 3 + [1.0] + [0.3] * 10, [True] * 4 + [True] * 2 + [False] * 8)
    assert [(each.low, each.count, each.right) for each in tenths if each.count] == [
        (0.3, 10, 2),
        (0.9, 4, 4),
    ]
    assert gap(tenths) == pytest.approx((10 * 0.1 + 4 * 0.075) / 14)
    head, low, high = plot("main code", tenths)
    assert "main code" in head
    assert low.split()[:4] == ["30–40", "%", "0.300", "0.200"]
    bar = low.split()[-1]
    assert (len(bar), bar.count("█"), bar.index("│")) == (40, 8, 12)
    assert high.split()[-1].count("█") == 39  # all of it but where the line stands
    write_picture(tmp_path / "new", "plot", "main code", tenths)
    svg = (tmp_path / "new" / "plot.svg").read_text(encoding="utf-8")
    drawn = ElementTree.fromstring(svg)  # noqa: S314 - what our own code drew
    told = drawn.find("{http://www.w3.org/2000/svg}desc")
    assert told is not None
    assert told.text == "30–40 %: 20 % of 10; 90–100 %: 100 % of 4"
    write_picture(None, "plot", "main code", tenths)  # nobody asked for one
