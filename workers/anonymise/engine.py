"""The way of a text: every voice is heard, claims are settled, tokens take the place of what identifies.

An error in any voice is let through to the caller: a text that was not read by all of them is not anonymised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from workers.anonymise.addresses import find_addresses
from workers.anonymise.birth_dates import find_birth_dates
from workers.anonymise.calibration import calibrated, load_calibration
from workers.anonymise.claims import Claim
from workers.anonymise.common_words import load_common_words
from workers.anonymise.coordinates import find_coordinates
from workers.anonymise.descriptions import described
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import load_frames
from workers.anonymise.identity_numbers import find_identity_numbers
from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.local_names import NO_LOCAL_NAMES, LocalNames
from workers.anonymise.marks import KnownWords, MarkedTokens, telling_words
from workers.anonymise.online import find_online
from workers.anonymise.overlaps import settle
from workers.anonymise.partial_phones import find_partial_phones
from workers.anonymise.persons import begin_reading, end_reading, find_persons
from workers.anonymise.phones import find_phones
from workers.anonymise.plates import find_plates
from workers.anonymise.review import find_review
from workers.anonymise.risk import risk_features, risk_of
from workers.anonymise.spelt_names import find_spelt_names
from workers.anonymise.spelt_phones import find_spelt_phones
from workers.anonymise.tagger import tagged_persons
from workers.anonymise.tokens import TOKEN, TokenBook
from workers.contracts import Anonymised, Entity, Span

PATTERN_VOICES: tuple[Callable[[str], Iterable[Claim]], ...] = (
    find_phones,
    find_spelt_phones,
    find_partial_phones,
    find_spelt_names,
    find_online,
    find_identity_numbers,
    find_plates,
    find_coordinates,
    find_addresses,
    find_birth_dates,
)
"""What reads a text by patterns alone: numbers, addresses, positions, dates of birth."""


def anonymise(
    text: str,
    language: str | None = None,
    *,
    known: Mapping[str, str] | None = None,
    marked: Sequence[MarkedTokens] = (),
    ours: Sequence[Span] = (),
    describe: bool = False,
    names: frozenset[str] = frozenset(),
    not_names: frozenset[str] = frozenset(),
) -> Anonymised:
    """Replace what identifies people by tokens; `known` maps tokens of the case to the words they stand for, `marked`
    are those of which only marks are left.

    Places above the address, forces, institutions, counts and money stay. Offsets are code points of `text`.
    `ours` are stretches that we wrote into the text ourselves, from lists: they are not read, and stay as they are.
    `names` are words to be taken for listed names, `not_names` words that no list makes a name of.
    With `describe` the tokens in the text carry sex and role where it says so: `[PERSONNE-1: femme, victime]`.
    """
    begun = _begin(text, language, known or {}, marked, ours, LocalNames.folded(names, not_names))
    return _end(begun, *tagged_persons([begun.question]), describe=describe)


def anonymise_all(texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Anonymised]:
    """Each text anonymised by itself; only the tagger, which then costs half as much, is asked for all of them at once.

    `languages`, where they are known, are those of the texts. An error in one of them is let through for all: ask
    again one by one.
    """
    begun = [_begin(*each) for each in zip(texts, languages or [None] * len(texts), strict=True)]
    answers = tagged_persons([each.question for each in begun])
    return [_end(each, tagged) for each, tagged in zip(begun, answers, strict=True)]


def read_claims(text: str, language: str) -> tuple[Reading, list[Claim]]:
    """The text as it was read, and what of it is to be masked, with the weight of evidence for each."""
    begun = _begin(text, language)
    return begun.reading, _claims(begun, *tagged_persons([begun.question]))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A text read as far as it goes without the tagger, `question` is what that is to be asked.

    `theirs` is the text without what we wrote into it, `case` and `marked` are what the case knows.
    """

    text: str
    theirs: str
    language: str
    case: Mapping[str, str]
    marked: Sequence[MarkedTokens]
    reading: Reading
    question: str


def _begin(
    text: str,
    language: str | None = None,
    case: Mapping[str, str] = MappingProxyType({}),
    marked: Sequence[MarkedTokens] = (),
    ours: Sequence[Span] = (),
    local: LocalNames = NO_LOCAL_NAMES,
) -> _Begun:
    theirs = without(text, ours)
    read_in = language or _identified(theirs)
    return _Begun(text, theirs, read_in, case, marked, *begin_reading(theirs, read_in, local))


def _end(begun: _Begun, tagged: Iterable[tuple[int, int]], *, describe: bool = False) -> Anonymised:
    claims = _claims(begun, tagged)
    tokens = _entities(begun.theirs, claims, TokenBook.of_case(begun.text, begun.case, begun.marked))
    entities = described(begun.reading, tokens, is_shown=describe)
    review = find_review(begun.reading, begun.theirs, entities)
    risk = risk_of(risk_features(begun.reading, begun.language, entities, review), review)
    return Anonymised(_replaced(begun.text, entities), begun.language, entities, review, risk)


def _claims(begun: _Begun, tagged: Iterable[tuple[int, int]]) -> list[Claim]:
    """What every voice claims, settled; `tagged` is what the tagger answered."""
    text, reading = begun.theirs, begun.reading
    end_reading(reading, tagged, KnownWords(_known_name_words(begun.case), begun.marked))
    voices = chain(find_persons(reading), *(voice(text) for voice in PATTERN_VOICES))
    return settle(_outside_tokens(voices, text), text)


def without(text: str, ours: Sequence[Span]) -> str:
    """`text` with blanks where stretches are ours: every other character stays in its place."""
    for span in ours:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def preload() -> None:
    """Load the lists and the language model now, so that the first report doesn't wait for them."""
    load_lexicon()
    load_frames()
    load_calibration()
    load_common_words()
    tagged_persons(["Koro"])  # with its first text the tagger is loaded whole


def token_table(text: str, anonymised: Anonymised) -> dict[str, str]:
    """What each token stands for, in its fullest form in `text`; identifying, so to be sealed where it is kept."""
    table: dict[str, str] = {}
    for entity in anonymised.entities:
        original = text[entity.start : entity.end]
        if len(original) > len(table.get(entity.token, "")):
            table[entity.token] = original
    return table


def _outside_tokens(claims: Iterable[Claim], text: str) -> Iterator[Claim]:
    """What does not touch a token that already stands in the text."""
    tokens = [match.span() for match in TOKEN.finditer(text)]
    return (
        claim for claim in claims if not any(claim.start < end and start < claim.end for start, end in tokens)
    )


def _known_name_words(known: Mapping[str, str]) -> frozenset[str]:
    persons = (original for token, original in known.items() if token.startswith("[PERSONNE-"))
    return frozenset().union(*map(telling_words, persons))


def _entities(text: str, claims: Sequence[Claim], book: TokenBook) -> tuple[Entity, ...]:
    """Entities in order of place, each with the token of what it names."""
    return tuple(
        Entity(
            claim.start,
            claim.end,
            claim.label,
            book.token_for(claim.label, text[claim.start : claim.end]),
            calibrated(claim.label, claim.confidence),
            claim.detectors,
        )
        for claim in claims
    )


def _replaced(text: str, entities: Sequence[Entity]) -> str:
    pieces: list[str] = []
    last_end = 0
    for entity in entities:
        pieces += (text[last_end : entity.start], entity.written)
        last_end = entity.end
    return "".join(pieces) + text[last_end:]


def _identified(text: str) -> str:
    from workers.triage.language import identify  # the language model is read only when it is needed

    return identify(text)[0]
