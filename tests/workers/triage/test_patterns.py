"""The little language of the vocabularies does what its description says."""

import pytest

from workers.triage.matching import Occurrences
from workers.triage.patterns import lexicon, parse
from workers.triage.reading import read

_CLASSES = {"CATTLE": ("boeuf*", "tetes de betail"), "NUMBERS": ("deux",)}


def _found(pattern: str, text: str) -> list[list[str]]:
    parsed, reading = parse(pattern), read(text)
    matches = Occurrences(reading, lexicon([parsed], _CLASSES)).find(parsed)
    return [[text[span.start : span.end] for span in match.evidence(reading)] for match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("pris", "ils ont PRIS", [["PRIS"]]),
        ("menac*", "des menaces", [["menaces"]]),
        ("menac*", "à Ménaka", []),
        ("enlev+", "on a enlever, enlevé, enlevées", [["enlever"], ["enlevé"], ["enlevées"]]),
        ("garde a vue", "en garde à vue", [["garde à vue"]]),
        ("garde a vue", "garde. A vue", []),
        ("CATTLE", "20 bœufs et 3 têtes de bétail", [["bœufs"], ["têtes de bétail"]]),
        ("pris > CATTLE", "pris vingt boeufs", [["pris", "boeufs"]]),
        ("pris > CATTLE", "boeufs pris", []),
        ("pris ~ CATTLE", "boeufs pris", [["boeufs", "pris"]]),
        ("pris >1 CATTLE", "pris à nous les boeufs", []),
        ("# morts", "12 morts, deux morts", [["12 morts"], ["deux morts"]]),
    ],
)
def test_a_pattern_finds_what_it_describes(pattern: str, text: str, found: list[list[str]]) -> None:
    assert _found(pattern, text) == found


@pytest.mark.parametrize("source", ["", "pris > ", " > pris"])
def test_a_pattern_without_a_phrase_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="phrase is missing"):
        parse(source)


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such class"):
        lexicon([parse("pris > GOATS")], _CLASSES)
