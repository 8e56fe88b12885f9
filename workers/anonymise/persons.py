"""Persons: all voices are heard, names found spread through the text, neighbouring words become one claim."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from workers.anonymise.claims import Claim, noisy_or
from workers.anonymise.clauses_voice import hear_clauses
from workers.anonymise.evidence import Reading
from workers.anonymise.frames_voice import hear_frames
from workers.anonymise.initials_voice import hear_initials
from workers.anonymise.institutions_voice import silence_institutions
from workers.anonymise.lists_voice import hear_lists, hear_unexplained_capitals
from workers.anonymise.local_names import NO_LOCAL_NAMES, LocalNames
from workers.anonymise.neighbours_voice import hear_enumerations, hear_neighbours, hear_repetitions
from workers.anonymise.slots_voice import hear_slots
from workers.anonymise.tagger_voice import hear_tagger, question
from workers.anonymise.words import split_words
from workers.contracts import EntityLabel


def begin_reading(text: str, language: str, local: LocalNames = NO_LOCAL_NAMES) -> tuple[Reading, str]:
    """The text read for names up to where the tagger is heard, and what it is to be asked; in `local` are the names of
    the house.
    """
    reading = Reading(split_words(text), language, local)
    hear_lists(reading)
    hear_unexplained_capitals(reading)
    silence_institutions(reading)
    return reading, question(reading, text)


def end_reading(reading: Reading, tagged: Iterable[tuple[int, int]], known: Container[str] = ()) -> None:
    """Hear the tagger's answer, then all other voices; in `known` are the phonetic keys of the case's names."""
    hear_tagger(reading, tagged)
    hear_frames(reading)
    hear_clauses(reading)
    hear_slots(reading)
    hear_initials(reading)
    hear_neighbours(reading)
    hear_enumerations(reading)
    hear_initials(reading)
    hear_repetitions(reading, known)
    hear_neighbours(reading)


def find_persons(reading: Reading) -> Iterator[Claim]:
    """Names of persons in a text that was read."""
    run: list[int] = []
    for index, word in enumerate(reading.words):
        if run and not (reading.is_name(index) and word.follows_closely):
            yield _claim(reading, run)
            run = []
        if reading.is_name(index):
            run.append(index)
    if run:
        yield _claim(reading, run)


def _claim(reading: Reading, run: Sequence[int]) -> Claim:
    """One claim over a run of words: as sure as its surest word, with every voice that spoke."""
    weights: dict[str, float] = {}
    for index in run:
        for detector, weight in reading.evidence[index].weights.items():
            weights[detector] = max(weight, weights.get(detector, 0.0))
    first, last = reading.words[run[0]], reading.words[run[-1]]
    confidence = min(noisy_or(weights.values()), 0.99)
    return Claim(first.start, last.end, EntityLabel.PERSON, confidence, tuple(sorted(weights)))
