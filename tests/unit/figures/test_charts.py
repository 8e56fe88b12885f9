"""Charts: whole pictures that say what they show, allowed by the CSP, readable small and in grey."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.charts import MOST_LINES, MOST_SERIES, Series, bars, graduated_map, lines, stacked
from app.figures.drawing import FONT_SIZE, WIDTH, spoken

_SVG = "{http://www.w3.org/2000/svg}"
_NARROWEST = 290  # pixels that a phone 360 wide leaves for a chart within its panel
VALUES = st.one_of(st.none(), st.integers(0, 10**7), st.floats(0, 10**4))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=90)


def drawn(svg: str) -> ElementTree.Element:
    """The picture, read by a strict parser as a file of its own."""
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script", svg)
    return ElementTree.fromstring(svg)  # noqa: S314 - what our own code drew


def words(root: ElementTree.Element) -> list[str]:
    """What is written in it."""
    return [each.text or "" for each in root.iter(f"{_SVG}text")]


@given(
    st.lists(st.tuples(WORDS, st.lists(VALUES, min_size=4, max_size=4)), min_size=1, max_size=MOST_LINES),
    WORDS,
)
def test_whatever_is_drawn_stays_in_its_picture_and_is_named(
    series: Sequence[tuple[str, list[float | None]]], title: str
) -> None:
    found = [Series(name, values) for name, values in series]
    labels = [name for name, _ in series]
    told = {"title": title, "description": "what it shows", "element_id": "one", "language": "bm"}
    firsts = [values[0] for _, values in series]
    pictures = (
        stacked(["1", "2", "3", "4"], found, **told),
        lines(["1", "2", "3", "4"], found, unit="<jours>", **told),
        bars(labels, firsts, unit="&", **told),
    )
    for picture in pictures:
        root = drawn(picture)
        names = {each.attrib["id"]: each.text or "" for each in root if "id" in each.attrib}
        assert root.attrib["role"] == "img"
        assert [names[each] for each in root.attrib["aria-labelledby"].split()] == [title, "what it shows"]
        _, _, wide, high = map(float, root.attrib["viewBox"].split())
        for rect in root.iter(f"{_SVG}rect"):
            x, y, width, height = (float(rect.attrib.get(name, 0)) for name in ("x", "y", "width", "height"))
            assert math.isfinite(x + y + width + height)
            assert x + width <= wide + 0.1
            assert y + height <= high + 0.1


def test_figures_are_written_beside_bars_and_what_is_withheld_is_a_dash() -> None:
    root = drawn(bars(["Torture", "Pillage"], [1234.56, None], title="t", description="d", element_id="one"))
    written = words(root)
    assert "–" in written
    assert any(re.fullmatch(r"1\s234,6", each) for each in written)


def test_text_is_large_enough_on_a_phone() -> None:
    root = drawn(stacked(["1 mars"], [Series("SMS", [3])], title="t", description="d", element_id="one"))
    sizes = {float(each.attrib["font-size"]) for each in root.iter(f"{_SVG}text")}
    assert min(sizes) * _NARROWEST / WIDTH >= 11
    assert FONT_SIZE in sizes


def test_series_differ_without_colour_and_more_than_can_be_told_apart_are_refused() -> None:
    told = {"title": "t", "description": "d", "element_id": "one"}
    column = [Series(str(at), [1]) for at in range(MOST_SERIES)]
    fills = [each.attrib["fill"] for each in drawn(stacked(["a"], column, **told)).iter(f"{_SVG}rect")]
    assert len({fill for fill in fills if "one-" in fill}) == MOST_SERIES - 3
    stripes = [Series(str(at), [1, 2]) for at in range(MOST_LINES)]
    paths = list(drawn(lines(["a", "b"], stripes, **told)).iter(f"{_SVG}path"))
    assert len({each.get("stroke-dasharray") for each in paths if each.get("fill") == "none"}) == MOST_LINES
    for draw, most in ((stacked, column), (lines, stripes)):
        with pytest.raises(ValueError, match="told apart"):
            draw(["a", "b"], [*most, Series("one more", [1, 1])], **told)


def test_a_line_is_broken_where_nothing_is_known() -> None:
    broken = lines(["1", "2", "3"], [Series("m", [1, None, 2])], title="t", description="d", element_id="one")
    (path,) = [
        each.attrib["d"]
        for each in drawn(broken).iter(f"{_SVG}path")
        if each.get("fill") == "none" and "H8" not in each.attrib["d"]
    ]
    assert path.count("M") == 2


def test_a_circle_on_the_map_has_the_area_of_its_figure() -> None:
    root = drawn(
        graduated_map(
            {"ML05": 400, "ML01": 100, "ML20": None, "nowhere": 9},
            {"ML1902": 4},
            title="Où",
            description="d",
            element_id="map",
        )
    )
    radius = {
        title.text: float(circle.attrib["r"]) for circle in root.iter(f"{_SVG}circle") for title in circle
    }
    by_place = {(name or "").rpartition(":")[0]: size for name, size in radius.items()}
    assert len(by_place) == 3
    assert by_place["Kayes"] * 2 == pytest.approx(max(by_place.values()), rel=0.01)
    assert by_place["Koro"] * 10 == pytest.approx(max(by_place.values()), rel=0.01)


def test_thousands_are_parted_as_people_learnt_to_read_them() -> None:
    """At school that was French, in Bambara too: there "1,009" is hardly more than one."""
    assert spoken(1009, "en") == "1,009"
    assert spoken(1009, "bm") == spoken(1009, "fr") == "1\u202f009"
