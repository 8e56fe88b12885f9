"""What a token looks like: `[PERSONNE-1]`."""

from __future__ import annotations

import re

from workers.contracts import EntityLabel

TOKEN_WORDS = {
    EntityLabel.PERSON: "PERSONNE",
    EntityLabel.PHONE: "TELEPHONE",
    EntityLabel.EMAIL: "EMAIL",
    EntityLabel.ID: "IDENTITE",
    EntityLabel.PLATE: "PLAQUE",
    EntityLabel.ADDRESS: "ADRESSE",
    EntityLabel.COORD: "COORDONNEES",
    EntityLabel.DOB: "NAISSANCE",
}
"""The word inside a token, by label."""

TOKEN = re.compile(r"\[(" + "|".join(TOKEN_WORDS.values()) + r")-(\d{1,6})(?:: [^\]\n]{1,40})?\]")
"""A token as it stands in an anonymised text."""

_LABELS = {word: label for label, word in TOKEN_WORDS.items()}


def label_of(token: str) -> EntityLabel:
    """What a token stands for. Raises ValueError for what is none."""
    return parts_of(token)[0]


def parts_of(token: str) -> tuple[EntityLabel, int]:
    """A token's label and number. Raises ValueError for what is none."""
    found = TOKEN.fullmatch(token)
    if found is None:
        raise ValueError(token)
    return _LABELS[found.group(1)], int(found.group(2))
