"""From counts to the tables that may be read: which there are, and which are hidden together.

Tables of the same cases are given to the disclosure engine as one, or one would give back what another hides: months,
regions and their cercles; kinds by nature and kinds by region. Received cases are shown only where those that aren't
verified could be shown too: by subtraction they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.casework.settling import NO_VIOLATION
from app.publications.periods import Period
from app.publications.tables import Figure, FigureTable, PeriodFigures, one_dimension
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations
from workers.disclosure.cells import TOTAL, Dimension, Table
from workers.disclosure.tables import SuppressedTable, suppress, suppress_linked
from workers.publications.counting import Counts, Pairs

PUBLIC = ("received", "regions", "violations", "natures", "authors", "victims", "ages", "referrals")
_NATURES = ("violation", "abuse", "both", "open")
_SEXES, _AGES = ("female", "male", "unknown"), ("minor", "adult", "unknown")
_INSTITUTIONS = ("cndh", "institution", "civil_society")
_ANSWERS = ("sent", "accepted", "done", "declined", "revoked")
_NOWHERE = "nowhere"  # a region, or a cercle within one, that isn't known: engines need a name for it


def arrange(counts: Counts, period: Period, threshold: int, only: Collection[str] = ()) -> PeriodFigures:
    """Every table of a period (or `only` some) with what is fewer than `threshold`, and what gives it away, hidden.

    What is hidden doesn't depend on `only`: two papers about one period hide the same.
    """
    tables = (
        *_of_cases(counts, period, threshold),
        *_of_mentions(counts, threshold),
        *_of_people(counts, threshold),
    )
    wanted = {table.code: table for table in tables if not only or table.code in only}
    return PeriodFigures(period.code, threshold, wanted)


def _of_cases(counts: Counts, period: Period, threshold: int) -> tuple[FigureTable, ...]:
    months = _matrix(counts.verified, Dimension("month", period.month_codes))
    by_month, by_place = suppress_linked([months, _places(counts)], threshold)
    regions = _known(
        (each.code for each in geography.regions()), (region for region, _ in counts.places if region)
    )
    return (
        _received(counts, period, by_month, threshold),
        one_dimension("regions", "cases", "region", _at_regions(by_place, regions), by_place.shown(TOTAL)),
        one_dimension("cercles", "cases", "cercle", _at_cercles(counts, by_place), None, is_sum=False),
    )


def _places(counts: Counts) -> Table:
    """Cercles in which something is counted, and their regions; a region's cases without a cercle are a leaf too.

    A region of which there is one leaf only is that leaf: of two equal cells the engine would hide more than it must.
    """
    by_region: dict[str, dict[str, int]] = {}
    for (region, cercle), number in sorted(counts.places.items()):
        by_region.setdefault(region or _NOWHERE, {})[f"{region or _NOWHERE}/{cercle}"] = number
    figures: dict[str, int] = {} if by_region else {_NOWHERE: 0}
    for region, leaves in by_region.items():
        figures |= leaves if len(leaves) > 1 else {region: sum(leaves.values())}
    groups = {region: tuple(leaves) for region, leaves in by_region.items() if len(leaves) > 1}
    return _matrix(figures, Dimension("place", tuple(figures), groups))


def _at_regions(shown: SuppressedTable, regions: Sequence[str]) -> dict[str, Figure]:
    known = shown.table.dimensions[0].nodes
    figures = {region: shown.shown(region) if region in known else 0 for region in regions}
    if _NOWHERE in known and shown.shown(_NOWHERE) != 0:
        figures[""] = shown.shown(_NOWHERE)
    return figures


def _at_cercles(counts: Counts, shown: SuppressedTable) -> dict[str, Figure]:
    """Where a region has one cercle alone, its figure is the region's."""
    known = shown.table.dimensions[0].nodes
    return {
        cercle: shown.shown(
            leaf if (leaf := f"{region or _NOWHERE}/{cercle}") in known else region or _NOWHERE
        )
        for region, cercle in sorted(counts.places)
        if cercle
    }


def _received(counts: Counts, period: Period, verified: SuppressedTable, threshold: int) -> FigureTable:
    rest = {month: counts.received[month] - counts.verified[month] for month in period.month_codes}
    others = suppress(_matrix(rest, Dimension("month", period.month_codes)), threshold)
    places = (*period.month_codes, TOTAL)
    lines = [(_sum(verified.shown(place), others.shown(place)), verified.shown(place)) for place in places]
    return FigureTable(
        code="received",
        measure="cases",
        row_dimension="month",
        rows=period.month_codes,
        cells=tuple(lines[:-1]),
        column_dimension="status",
        columns=("received", "verified"),
        column_totals=lines[-1],
        has_total=False,
    )


def _of_mentions(counts: Counts, threshold: int) -> tuple[FigureTable, ...]:
    """Kinds are sensitive: where all that is told of a region is of one kind, its figure tells of each of them."""
    rows = _known(
        (kind for kind in violations() if kind != NO_VIOLATION), (kind for kind, _ in counts.natures)
    )
    kinds = Dimension("violation", tuple(rows), is_sensitive=True)
    regions = Dimension(
        "region", tuple(sorted({region or _NOWHERE for region, _ in counts.violations})) or (_NOWHERE,)
    )
    by_region = {(kind, region or _NOWHERE): number for (region, kind), number in counts.violations.items()}
    by = Dimension("nature", _NATURES)
    natures, places = _table(kinds, by, counts.natures), _table(kinds, regions, by_region)
    if not _is_dense(places, threshold):
        table = _shown("violations", "mentions", suppress(natures, threshold), kinds, by)
        return table, _margin("natures", table), _none("violations_by_region", "mentions", kinds, regions)
    shown, by_place = suppress_linked([natures, places], threshold)
    table = _shown("violations", "mentions", shown, kinds, by)
    return (
        table,
        _margin("natures", table),
        _shown("violations_by_region", "mentions", by_place, kinds, regions),
    )


def _is_dense(table: Table, threshold: int) -> bool:
    """Whether its cells hold enough on average: of a sparse one nearly all would be hidden, and much elsewhere."""
    used = [int((table.counts.sum(axis=axis) > 0).sum()) for axis in (0, 1)]
    return int(table.counts.sum()) >= threshold * used[0] * used[1] > 0


def _none(code: str, measure: str, rows: Dimension, columns: Dimension) -> FigureTable:
    """A table that isn't made at all."""
    return FigureTable(code, measure, rows.name, (), (), columns.name, (), has_total=False)


def _of_people(counts: Counts, threshold: int) -> tuple[FigureTable, ...]:
    sexes, ages = Dimension("sex", _SEXES), Dimension("age", _AGES)
    hidden = suppress(_table(sexes, ages, counts.victims), threshold)
    victims = _shown("victims", "victims", hidden, sexes, ages)
    asked = Dimension("institution", tuple(_known(_INSTITUTIONS, (kind for kind, _ in counts.referrals))))
    answers = Dimension("referral", _ANSWERS)
    hidden = suppress(_table(asked, answers, counts.referrals), threshold)
    referrals = _shown("referrals", "referrals", hidden, asked, answers)
    return _authors(counts, threshold), victims, _margin("ages", victims), referrals


def _authors(counts: Counts, threshold: int) -> FigureTable:
    """A case is under each category accused in it, so there is no total that would give one back."""
    rows = _known(actor_categories(), counts.authors)
    figures = {row: counts.authors.get(row, 0) for row in rows}
    shown = {row: None if 0 < figure < threshold else figure for row, figure in figures.items()}
    return one_dimension("authors", "cases", "author", shown, None, is_sum=False)


def _matrix(figures: Mapping[str, int], dimension: Dimension) -> Table:
    return Table((dimension,), np.array([figures.get(leaf, 0) for leaf in dimension.leaves], np.int64))


def _table(rows: Dimension, columns: Dimension, counts: Pairs) -> Table:
    """Without the rows and columns that nothing was counted in: they are shown as nought, and hide nothing."""
    counted = [pair for pair, number in counts.items() if number]
    down = _used(rows, {row for row, _ in counted})
    across = _used(columns, {column for _, column in counted})
    cells = [[counts.get((row, column), 0) for column in across.leaves] for row in down.leaves]
    return Table((down, across), np.array(cells, np.int64))


def _used(dimension: Dimension, codes: Collection[str]) -> Dimension:
    leaves = tuple(leaf for leaf in dimension.leaves if leaf in codes)
    return replace(dimension, leaves=leaves or dimension.leaves[:1])


def _shown(
    code: str, measure: str, made: SuppressedTable, rows: Dimension, columns: Dimension
) -> FigureTable:
    """A table of two dimensions with its totals, all their codes in it."""

    def at(row: str, column: str) -> Figure:
        down, across = made.table.dimensions
        return made.shown(row, column) if row in down.nodes and column in across.nodes else 0

    return FigureTable(
        code=code,
        measure=measure,
        row_dimension=rows.name,
        rows=rows.leaves,
        cells=tuple(tuple(at(row, column) for column in columns.leaves) for row in rows.leaves),
        column_dimension=columns.name,
        columns=tuple("" if column == _NOWHERE else column for column in columns.leaves),
        row_totals=tuple(at(row, TOTAL) for row in rows.leaves),
        column_totals=tuple(at(TOTAL, column) for column in columns.leaves),
        total=made.shown(TOTAL, TOTAL),
    )


def _margin(code: str, table: FigureTable) -> FigureTable:
    """The totals of a table's columns as one of their own, hidden as they are there."""
    figures = dict(zip(table.columns, table.column_totals, strict=True))
    return one_dimension(code, table.measure, table.column_dimension, figures, table.total)


def _known(order: Iterable[str], used: Iterable[str]) -> list[str]:
    """Codes in the order of lists, and what no list has any more."""
    listed = list(order)
    return listed + sorted(set(used) - set(listed))


def _sum(*figures: Figure) -> Figure:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None
