"""Where: the map, with every figure in the table beside it."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext

from app.figures.breakdowns import Breakdown
from app.figures.charts import graduated_map
from app.figures.periods import Period
from app.figures.sources import Figures
from app.figures.tables import Cell, Panel, Table
from app.languages import words_language
from app.reference import geography


def places(figures: Figures, period: Period) -> Panel:
    """Cases by region and cercle."""
    sums = figures.sums(Breakdown.PLACE, ("first", "second"), period)
    regions: Counter[str] = Counter()
    for (region, _), number in sums.items():
        regions[region] += number
    cercles = {cercle: number for (_, cercle), number in sums.items() if cercle}
    heading = gettext("Where")
    lead = gettext(
        "Pale circles: regions, at their chief town. Dark circles: cercles. A circle’s area is its number of cases. "
        "Outlines are approximate."
    )
    rows: list[list[Cell]] = [
        [
            geography.region_name(region) or gettext("Place unknown"),
            geography.cercle_name(cercle) or "",
            number,
        ]
        for (region, cercle), number in sorted(
            sums.items(), key=lambda pair: (-regions[pair[0][0]], -pair[1])
        )
    ]
    chart = graduated_map(
        regions,
        cercles,
        title=heading,
        description=lead,
        element_id="chart-places",
        language=words_language(),
    )
    return Panel(
        "places", heading, lead, Table([gettext("Region"), gettext("Cercle"), gettext("Cases")], rows), chart
    )
