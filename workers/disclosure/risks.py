"""How alike the rows of a release are, computed once by us and once by an independent library.

`highest` is the prosecutor's risk, the chance to pick the right row for somebody known to be in the file out of the
smallest group; `mean` the same over all rows (the marketer's risk), which is groups / rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.grouping import Violations, diversity, relabelled
from workers.disclosure.hierarchy import Codes
from workers.disclosure.limits import Limits, NotReleasable, Why
from workers.exports.release import Risks

_SENSITIVE = "violations of the row"
_EVERYBODY = "everybody"


def risks_of(
    groups: Codes, violations: Violations, generalised: Mapping[str, str], information_loss: float
) -> Risks:
    """The figures of the rows that go out. `groups` has a number for each of them, at least one."""
    groups = relabelled(groups)
    sizes = np.bincount(groups)
    smallest = int(sizes.min())
    return Risks(
        k=smallest,
        l=int(diversity(groups, sizes, violations).min()),
        highest=1 / smallest,
        mean=len(sizes) / len(groups),
        rows=len(groups),
        groups=len(sizes),
        generalised=dict(generalised),
        information_loss=information_loss,
    )


def confirm(values: Mapping[str, Sequence[str]], violations: Violations, limits: Limits) -> None:
    """Let pycanon measure k and l on what will be written; raises NotReleasable if they are below the limits.

    It is given the labels, not our numbers, so that a mistake in our own grouping can't hide itself.
    """
    # Two heavy libraries that a worker that makes no release never needs.
    import pandas as pd  # type: ignore[import-untyped]
    from pycanon import anonymity  # type: ignore[import-untyped]

    frame = pd.DataFrame({name: np.asarray(column, dtype=object) for name, column in values.items()})
    frame[_EVERYBODY] = 0  # pycanon groups by a list, which pandas doesn't like with one name in it
    columns = list(frame.columns)
    frame[_SENSITIVE] = violations.combination
    if anonymity.k_anonymity(frame, columns) < limits.k:
        raise NotReleasable(Why.UNCONFIRMED)
    if anonymity.l_diversity(frame, columns, [_SENSITIVE]) < limits.l:
        raise NotReleasable(Why.UNCONFIRMED)


def of_rows(violations: Violations, kept: NDArray[np.bool_]) -> Violations:
    """The violations of some of the rows."""
    place = np.cumsum(kept) - 1
    inside = kept[violations.row_of]
    return Violations(
        violations.combination[kept],
        place[violations.row_of[inside]],
        violations.kind[inside],
        violations.kinds,
    )
