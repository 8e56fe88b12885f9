"""The measured quality doesn't fall below what has been reached on the sets that may be tuned on."""

from collections.abc import Sequence

import pytest

from tests.evaluation.anonymise_figures import Marked, marked_messages, old_messages, share
from tests.evaluation.evaluate_anonymise import measure
from tests.evaluation.reading import KEEP, MASKED


@pytest.mark.slow
@pytest.mark.parametrize(
    "listed", [list(old_messages()), marked_messages("development")], ids=["first", "independent"]
)
def test_quality_on_the_development_sets(listed: Sequence[Marked]) -> None:
    counts = measure(listed)
    assert share(counts, "found", "wanted", "PERSON") >= 0.95
    assert share(counts, "right", "claimed", "PERSON") >= 0.92
    assert share(counts, "found", "wanted", KEEP) <= 0.02
    for label in MASKED - {"PERSON"}:
        assert share(counts, "found", "wanted", label) >= 0.95, label
        assert share(counts, "right", "claimed", label) >= 0.85, label
