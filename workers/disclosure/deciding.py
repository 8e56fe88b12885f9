"""Which rows go out, and how coarse: the search, the comparison with earlier releases, figures, a second opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.differencing import Partition, hold_back
from workers.disclosure.grouping import Violations, group
from workers.disclosure.hierarchy import Codes, Hierarchy
from workers.disclosure.lattice import Found, Search, loss
from workers.disclosure.limits import Limits, NotReleasable, Why
from workers.disclosure.risks import confirm, of_rows, risks_of
from workers.exports.release import Risks


@dataclass(frozen=True, slots=True)
class Decided:
    """What may be released.

    `levels`: by column, the form it takes. `kept`: by row, whether it goes out. `values`: by column, what stands in
    each row, empty where the row doesn't go out. `members` and `classes`: of the rows that go out, for the ledger.
    `withheld`: rows held back for being rare; `held_back`: those that only an earlier release made recognisable.
    """

    levels: Mapping[str, str]
    kept: NDArray[np.bool_]
    values: Mapping[str, Sequence[str]]
    members: Codes
    classes: Codes
    risks: Risks
    withheld: int
    held_back: int


def decide(
    columns: Mapping[str, Hierarchy],
    violations: Sequence[Sequence[str]],
    members: Sequence[int],
    limits: Limits,
    earlier: Sequence[Partition] = (),
) -> Decided:
    """Decide on a release of rows.

    `columns` are the quasi-identifiers, `violations` the kinds that each row tells of, `members` the number of each
    row's case (each once), `earlier` what the same audience or a wider one has, the audience's own first. The same
    input gives the same outcome. Raises NotReleasable.
    """
    told = Violations.of(violations)
    numbers = np.asarray(members, np.int64)
    if len(np.unique(numbers)) != len(numbers):
        raise ValueError("a case stands in a release once")
    found = _search(list(columns.values()), told, numbers, limits, earlier)
    classes = group(list(columns.values()), found.node, told, _together(numbers)).of_row
    kept = hold_back(found.kept, classes, numbers, told, earlier, limits)
    decided = _decided(columns, told, numbers, found, kept, classes[kept])
    if decided.risks.mean > limits.highest_mean + 1e-9:
        raise NotReleasable(Why.TOO_CLOSE)
    confirm(_of_kept(decided), of_rows(told, kept), limits)
    return decided


def _search(
    columns: Sequence[Hierarchy],
    told: Violations,
    numbers: Codes,
    limits: Limits,
    earlier: Sequence[Partition],
) -> Found:
    """With what the audience has in mind; where that leaves too little, without, and the comparison takes rows out."""
    if not len(numbers):
        raise NotReleasable(Why.TOO_FEW)
    alone = _together(numbers)
    apart = earlier[0].groups_of(numbers) if earlier else alone
    found = Search(columns, told, limits, apart).best() or Search(columns, told, limits, alone).best()
    if found is None:
        raise NotReleasable(_why_not(columns, told, limits, alone))
    return found


def _why_not(columns: Sequence[Hierarchy], told: Violations, limits: Limits, alone: Codes) -> Why:
    top = tuple(column.heights - 1 for column in columns)
    groups = group(columns, top, told, alone)
    if int(groups.sizes.max()) < max(limits.k, 1 / limits.highest_mean):
        return Why.TOO_FEW
    return Why.TOO_ALIKE if int(groups.diversity.max()) < limits.l else Why.TOO_RISKY


def _decided(
    columns: Mapping[str, Hierarchy],
    told: Violations,
    numbers: Codes,
    found: Found,
    kept: NDArray[np.bool_],
    classes: Codes,
) -> Decided:
    if not kept.any():
        raise NotReleasable(Why.TOO_CLOSE)
    heights = dict(zip(columns, found.node, strict=True))
    levels = {name: column.steps[heights[name]].name for name, column in columns.items()}
    labels = {name: column.labels_at(heights[name]) for name, column in columns.items()}
    shown = kept.tolist()
    values = {name: _where(column, shown) for name, column in labels.items()}
    held_back = int(found.kept.sum()) - int(kept.sum())
    lost = loss(list(columns.values()), found.node, kept)
    return Decided(
        levels=levels,
        kept=kept,
        values=values,
        members=numbers[kept],
        classes=classes,
        risks=risks_of(classes, of_rows(told, kept), levels, lost),
        withheld=len(numbers) - int(found.kept.sum()),
        held_back=held_back,
    )


def _together(numbers: Codes) -> Codes:
    return np.zeros(len(numbers), np.int64)


def _where(column: Sequence[str], shown: Sequence[bool]) -> list[str]:
    return [label if is_shown else "" for label, is_shown in zip(column, shown, strict=True)]


def _of_kept(decided: Decided) -> dict[str, list[str]]:
    shown = decided.kept.tolist()
    return {
        name: [label for label, is_shown in zip(column, shown, strict=True) if is_shown]
        for name, column in decided.values.items()
    }
