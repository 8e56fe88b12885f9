"""Loads the engines whole, so that the first report that is read waits for nothing.

Much is made ready only when a text first asks for it: expressions of time and place, the library that reads dates, what
the lists say of common words. A process that never reads a report does not come here.
"""

from __future__ import annotations

from functools import cache

from app.clock import utcnow
from app.garbage import spare_what_is_loaded
from workers import anonymise
from workers.triage import triage
from workers.triage.dates_explicit import parsed_by_library
from workers.triage.encoder import Whole
from workers.triage.training import own_examples

_TEXTS = 400
_RARE = (
    "Né le 1er mars 1990 à Koro, quartier Hippodrome rue 12, avant la veille de Tabaski, pendant l'hivernage, "
    "tel +223 76 12 34 56 et +33 6 12 34 56 78, treize virgule cinq nord quatre virgule deux ouest"
)
"""What hardly a text tells, and what takes long to make ready."""


@cache
def load_anonymiser() -> None:
    """Load all that the anonymiser reads by."""
    anonymise.preload()
    anonymise.anonymise(_RARE)
    spare_what_is_loaded()


@cache
def load_triage() -> None:
    """Load all that triage reads by."""
    now = utcnow()
    parsed_by_library("3 of march 2020", now.date())
    triage(_RARE, received_at=now)
    spare_what_is_loaded()


@cache
def load_engines() -> None:
    """Load both, and let them read `first_texts`: two seconds, after which they know most words that people use."""
    load_anonymiser()
    load_triage()
    now = utcnow()
    for text in first_texts():
        anonymise.anonymise(text)
        triage(text, received_at=now, whole=Whole(text, None))  # the encoder keeps no words
    spare_what_is_loaded()


def first_texts() -> list[str]:
    """What the engines read while they are loaded: some of the texts that the second voice learns from."""
    texts = list(dict.fromkeys(example.text for example in own_examples()))
    return texts[:: max(1, len(texts) // _TEXTS)]
