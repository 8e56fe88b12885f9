"""How long things took, kept as a histogram whose buckets grow with the time: medians of years out of few rows.

Each bucket is a twentieth longer than the one before, and stands for its geometric middle: what is read from it is
within 2.5 % of the exact nearest-rank percentile, from one second up to years (about 350 buckets).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

GROWTH = 1.05
MEDIAN, MOST = 0.5, 0.9  # the shares that figures are read at: half of all, and nine of ten


class Measure(StrEnum):
    """What is waited for, from the moment a report came in (an answer of an organisation: since it was asked)."""

    TRIAGE = "triage"  # somebody first did something with the case
    FIRST_ANSWER = "first_answer"  # somebody first wrote to the reporter
    VERIFICATION = "verification"  # it was said to be verified, not substantiated or false, as it stands now
    REFERRAL_ANSWER = "referral_answer"  # an organisation took it up, declined it, or was done


def bucket(waited: timedelta) -> int:
    """The bucket of a time; whatever took less than a second is in the first."""
    return int(math.log(max(1.0, waited.total_seconds())) / math.log(GROWTH))


def percentile(histogram: Mapping[int, int], share: float) -> timedelta | None:
    """Within how long so large a share (0 to 1) was done, of what was done; None where nothing was."""
    wanted, reached = share * sum(histogram.values()), 0
    for each in sorted(histogram):
        reached += histogram[each]
        if reached >= wanted:
            return timedelta(seconds=GROWTH ** (each + 0.5))
    return None
