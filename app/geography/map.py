"""Draws the map of a case as inline SVG, styled by classes only. That of figures is app/figures/region_map.py."""

from __future__ import annotations

from markupsafe import Markup

from app.geography.projection import HEIGHT, WIDTH, project, region_paths
from app.reference import geography

_POINT_RADIUS = 6

_SVG = Markup(
    '<svg class="map" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc" '
    'xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{title}</title>'
    '<desc id="{id}-desc">{description}</desc>{drawing}</svg>'
)
_PATH = Markup('<path class="{classes}" d="{data}"/>')
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
