"""The measured quality doesn't fall below what has been reached on the development set."""

import pytest

from tests.evaluation.evaluate_anonymise import KEEP, measure, read_messages
from workers.contracts import EntityLabel


@pytest.mark.slow
def test_quality_on_the_development_set() -> None:
    figures = measure(list(read_messages()))
    assert figures.recall(EntityLabel.PERSON) >= 0.95
    assert figures.precision(EntityLabel.PERSON) >= 0.95
    assert figures.found[KEEP] <= 0.02 * figures.wanted[KEEP]
    for label in set(EntityLabel) - {EntityLabel.PERSON}:
        assert figures.recall(label) >= 0.95, label
        assert figures.precision(label) >= 0.9, label
