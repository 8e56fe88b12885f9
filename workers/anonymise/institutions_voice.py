"""Names of forces, groups and institutions that hold several words silence every claim on those words."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading


def silence_institutions(reading: Reading) -> None:
    """Keep `Dan Na Ambassagou`, `Katiba Macina`, `hôpital Gabriel Touré` readable."""
    for first, word in enumerate(reading.words):
        for form in reading.lexicon.institutions.get(word.folded, ()):
            if _stands_at(reading, first, form):
                _silence(reading, first, len(form))
                break
        if word.folded in cue_words("institution", "nouns"):
            _silence_namesake(reading, first + 1)


def _silence_namesake(reading: Reading, index: int) -> None:
    """`lycée Michel Allaire`, `stade Modibo Keïta`: a name carried by a public place is no report about a person."""
    while index < len(reading.words) and reading.words[index].follows_closely and reading.has_capital(index):
        reading.evidence[index].silence()
        index += 1


def _stands_at(reading: Reading, first: int, form: tuple[str, ...]) -> bool:
    found = reading.words[first : first + len(form)]
    return len(found) == len(form) and all(
        word.folded == part for word, part in zip(found, form, strict=True)
    )


def _silence(reading: Reading, first: int, length: int) -> None:
    for evidence in reading.evidence[first : first + length]:
        evidence.silence()
