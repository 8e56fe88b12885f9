"""Draws the map of a case and the map of figures by region as inline SVG, styled by classes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from app.geography.projection import HEIGHT, WIDTH, project, region_paths
from app.reference import geography

_LEVELS = 4
_POINT_RADIUS = 6

_SVG = Markup(
    '<svg class="map" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc" '
    'xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{title}</title>'
    '<desc id="{id}-desc">{description}</desc>{drawing}</svg>'
)
_PATH = Markup('<path class="{classes}" d="{data}"/>')
_TITLED_PATH = Markup('<path class="{classes}" d="{data}"><title>{title}</title></path>')
_POINT = Markup('<circle class="map-point" cx="{x}" cy="{y}" r="{radius}"/>')


def draw_case_map(
    region_code: str | None,
    cercle_code: str | None,
    lat: float | None,
    lon: float | None,
    title: str,
    description: str,
    *,
    element_id: str = "map",
) -> Markup:
    """Mali with a case's region marked and a point at its place (degrees) or at its cercle's centre.

    Outlines are approximate: `description` should say so, in the reader's language. All text is escaped.
    """
    regions = (
        _PATH.format(classes=_case_classes(code, region_code), data=path)
        for code, path in region_paths().items()
    )
    return _svg(element_id, title, description, Markup().join((*regions, _point(cercle_code, lat, lon))))


def draw_region_map(
    values: Mapping[str, int], title: str, description: str, *, element_id: str = "map"
) -> Markup:
    """Mali with each region shaded by its count (by region code), in classes map-level-0 to -4.

    Each region's name and figure are its tooltip; regions without a figure count as 0.
    """
    return _svg(element_id, title, description, Markup().join(_shaded_regions(values)))


def _svg(element_id: str, title: str, description: str, drawing: Markup) -> Markup:
    return _SVG.format(
        width=WIDTH, height=HEIGHT, id=element_id, title=title, description=description, drawing=drawing
    )


def _case_classes(code: str, selected: str | None) -> str:
    return "map-region map-region-selected" if code == selected else "map-region"


def _point(cercle_code: str | None, lat: float | None, lon: float | None) -> Markup:
    if lat is None or lon is None:
        cercle = geography.cercle(cercle_code) if cercle_code else None
        lat, lon = (cercle.lat, cercle.lon) if cercle else (None, None)
    if lat is None or lon is None:
        return Markup()
    at = project(lat, lon)
    return _POINT.format(x=at[0], y=at[1], radius=_POINT_RADIUS) if at else Markup()


def _shaded_regions(values: Mapping[str, int]) -> Iterator[Markup]:
    highest = max(values.values(), default=0)
    for code, path in region_paths().items():
        value = values.get(code, 0)
        title = f"{geography.region_name(code) or code}: {value}"
        yield _TITLED_PATH.format(
            classes=f"map-region map-level-{_level(value, highest)}", data=path, title=title
        )


def _level(value: int, highest: int) -> int:
    """0 for nothing, then four equal steps up to the highest figure."""
    return 0 if value <= 0 or highest <= 0 else min(_LEVELS, 1 + (value * _LEVELS - 1) // highest)
