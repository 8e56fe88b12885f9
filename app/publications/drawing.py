"""A table of figures as a picture: a map where it is about places, lines over months, bars for all else."""

from __future__ import annotations

from markupsafe import Markup

from app.figures.charts import MOST_LINES, MOST_SERIES, Series, bars, graduated_map, lines, stacked
from app.publications.labels import column_label, heading, label, words
from app.publications.periods import Period
from app.publications.tables import Figure, FigureTable

DRAWN = ("received", "regions", "violations", "natures", "authors", "victims", "referrals")
MAP = "map"  # the regions and cercles once more, as a map
NAMES = (*DRAWN, MAP)
_MOST_BARS = 20


def draw(
    name: str,
    tables: dict[str, FigureTable],
    period: Period,
    language: str,
    *,
    threshold: int,
    element_id: str = "",
) -> Markup:
    """One picture of a period's figures, by its name. Raises KeyError for one that there isn't."""
    about = {
        "title": f"{picture_title(name, language)} – {period.label(language)}",
        "element_id": element_id or f"figure-{name}",
        "language": language,
    }
    legend = words("legend", language).format(threshold=threshold)
    if name == MAP:
        return _map(tables, f"{words('map_note', language)} {legend}", about)
    if name not in DRAWN:
        raise KeyError(name)
    return _drawn(tables[name], f"{described(tables[name], language)} {legend}", about)


def picture_title(name: str, language: str) -> str:
    """What a picture is called."""
    return words("map", language) if name == MAP else heading(name, language)


def map_legend(language: str) -> str:
    """What is to be read below a map of regions and cercles on paper."""
    return f"{words('map_colours', language)} {words('map_note', language)}"


def described(table: FigureTable, language: str) -> str:
    """What a picture shows, for whom doesn't see it: its figures one after the other."""
    parts = (f"{_row(table, row, language)} {_told(sum_of(table, row), language)}" for row in table.rows)
    return "; ".join(parts) + "."


def sum_of(table: FigureTable, row: str) -> Figure:
    """The figure of a row: its total where there are columns."""
    if table.row_totals:
        return table.row_totals[table.rows.index(row)]
    return table.figure(row, table.columns[0])


def _row(table: FigureTable, row: str, language: str) -> str:
    return label(table.row_dimension, row, language)


def _told(figure: Figure, language: str) -> str:
    return words("hidden", language) if figure is None else str(figure)


def _map(tables: dict[str, FigureTable], description: str, about: dict[str, str]) -> Markup:
    regions = {code: tables["regions"].figure(code) for code in tables["regions"].rows if code}
    cercles = tables.get("cercles")
    within = {code: cercles.figure(code) for code in cercles.rows if code} if cercles else {}
    return graduated_map(regions, within, description=description, **about)


def _drawn(table: FigureTable, description: str, about: dict[str, str]) -> Markup:
    language = about["language"]
    labels = [_row(table, row, language) for row in table.rows]
    series = [
        Series(
            column_label(table.column_dimension, column, language),
            [table.figure(row, column) for row in table.rows],
        )
        for column in table.columns
    ]
    if table.row_dimension == "month" and len(series) <= MOST_LINES and len(labels) > 1:
        return lines(labels, series, description=description, **about)
    if 1 < len(series) <= MOST_SERIES and len(labels) <= MOST_SERIES:
        return stacked(labels, series, description=description, **about)
    return _bars(table, description, about)


def _bars(table: FigureTable, description: str, about: dict[str, str]) -> Markup:
    """The highest first, and no row that nothing was counted in."""
    language = about["language"]
    figures = [(_row(table, row, language), sum_of(table, row)) for row in table.rows]
    shown = sorted((each for each in figures if each[1] != 0), key=lambda each: -(each[1] or 0))[:_MOST_BARS]
    return bars(
        [name for name, _ in shown], [figure for _, figure in shown], description=description, **about
    )
