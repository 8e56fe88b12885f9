"""Presidio as it comes, with spaCy's French model, to be measured on the same texts. Needs the group `presidio`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.evaluation.anonymise_figures import Anonymiser, Found
from workers.benchmarks import presidio

LABELS: Mapping[str, str] = {
    "PERSON": "PERSON",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "URL": "COORD",
    "IBAN_CODE": "ID",
    "CREDIT_CARD": "ID",
}
"""Its entity types in our labels; places, organisations and dates are left out, as it can't tell a birth date."""


def load_presidio() -> Anonymiser:
    """Presidio's analyzer with its finds in our labels. Raises ImportError where it isn't installed."""
    analyze = presidio.load_presidio(LABELS)

    def masks(text: str) -> list[Found]:
        return [Found(start, end, LABELS[kind], score) for start, end, kind, score in analyze(text)]

    return masks
