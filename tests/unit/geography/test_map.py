"""The small map of a case: understandable without seeing it, allowed by the CSP, light enough for 2G."""

from __future__ import annotations

import gzip
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geography.map import draw_case_map
from app.geography.projection import HEIGHT, WIDTH, project
from app.reference import geography

_SVG = "{http://www.w3.org/2000/svg}"


def _drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  (what our own code drew)


def _selected(svg: str) -> list[ElementTree.Element]:
    paths = _drawn(svg).iter(f"{_SVG}path")
    return [path for path in paths if "map-region-selected" in path.attrib["class"].split()]


def test_every_region_is_drawn_and_one_is_marked() -> None:
    svg = draw_case_map("ML19", "ML1902", 14.06, -3.08, "Koro", "Région de Bandiagara")
    assert len(list(_drawn(svg).iter(f"{_SVG}path"))) == len(geography.regions())
    assert len(_selected(svg)) == 1


def test_it_is_named_and_described_for_who_does_not_see_it() -> None:
    root = _drawn(draw_case_map("ML19", None, None, None, "Koro", "Région de Bandiagara", element_id="place"))
    assert root.attrib["role"] == "img"
    labels = {each.attrib["id"]: each.text for each in root if "id" in each.attrib}
    assert [labels[each] for each in root.attrib["aria-labelledby"].split()] == [
        "Koro",
        "Région de Bandiagara",
    ]


def test_text_is_escaped_and_nothing_needs_an_exception_from_the_policy() -> None:
    svg = draw_case_map("ML01", None, None, None, "<script>alert(1)</script>", '"><b>', element_id='a"b')
    assert "<script" not in svg
    assert "<b>" not in svg
    assert not re.search(r"\sstyle=|\son\w+=", svg)
    _drawn(svg)


def test_the_point_lies_within_the_outline_of_its_region() -> None:
    for region in geography.regions():
        svg = draw_case_map(region.code, None, region.lat, region.lon, "", "")
        (path,) = _selected(svg)
        numbers = [float(each) for each in re.findall(r"[\d.]+", path.attrib["d"])]
        point = project(region.lat, region.lon)
        assert point is not None
        assert min(numbers[0::2]) <= point[0] <= max(numbers[0::2]), region.name
        assert min(numbers[1::2]) <= point[1] <= max(numbers[1::2]), region.name


def test_without_a_place_of_its_own_the_point_is_the_cercle_s() -> None:
    own = draw_case_map("ML19", "ML1902", None, None, "", "")
    koro = geography.cercle("ML1902")
    assert koro is not None
    assert own == draw_case_map("ML19", "ML1902", koro.lat, koro.lon, "", "")


@pytest.mark.parametrize(("lat", "lon"), [(None, None), (48.85, 2.35), (math.nan, 0.0), (math.inf, 0.0)])
def test_no_point_where_the_place_is_unknown_or_off_the_map(lat: float | None, lon: float | None) -> None:
    assert "<circle" not in draw_case_map("ML19", None, lat, lon, "", "")


def test_it_is_light() -> None:
    svg = draw_case_map("ML19", "ML1902", None, None, "Koro", "Région de Bandiagara")
    assert len(gzip.compress(svg.encode())) < 5_000


@given(st.floats(), st.floats())
def test_what_is_projected_is_in_the_picture(lat: float, lon: float) -> None:
    point = project(lat, lon)
    assert point is None or (0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT)
