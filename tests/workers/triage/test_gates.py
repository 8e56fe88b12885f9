"""A gate before costly rules hides nothing: what is read past it is what is read with every rule asked."""

from collections.abc import Callable, Iterator
from datetime import date
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.open_texts import MANNERS, in_turn
from tests.workers.triage.texts import message
from workers.gates import Gate
from workers.triage import actors, context
from workers.triage.dates_explicit import explicit_expressions
from workers.triage.dates_expressions import Expression, Pattern, found_by, patterns, relative_expressions
from workers.triage.dates_feasts import feast_expressions
from workers.triage.dates_vocabulary import runs_of_letters, time_tables, time_words
from workers.triage.folding import fold
from workers.triage.matching import Listing, Match, Occurrences
from workers.triage.patterns import Lexicon
from workers.triage.reading import Reading, read
from workers.triage.urgency_case import rules
from workers.triage.victims_vocabulary import victim_words
from workers.triage.violation_rules import violation_rules

TODAY = date(2026, 6, 10)
_DATE_READERS: tuple[Callable[[str, date], Iterator[Expression]], ...] = (
    explicit_expressions,
    feast_expressions,
)
_WORDS_OF_TIME = sorted(
    {
        *(phrase for phrases in time_words().words.values() for phrase in phrases),
        *time_words().days,
        *time_words().weekdays,
        *time_words().months,
        *time_words().units,
        *time_words().numbers,
        *time_words().night,
        *time_words().now,
        *time_words().parts_of_today,
        *time_words().bambara_units,
        *time_words().bambara_numbers,
        *(
            word
            for kind in ("feasts", "seasons")
            for each in time_tables()[kind].values()
            for word in each["words"]
        ),
    }
)
_BESIDE_TIMES = ["3", "12", "2025", "le", "la", "de", "12/03/2026", "premier mars"]
_TIMES = st.lists(
    st.sampled_from(_WORDS_OF_TIME) | st.sampled_from(_BESIDE_TIMES),
    min_size=1,
    max_size=6,
)


def _told(text: str) -> list[Expression]:
    folded = fold(text)
    told = [each for reader in _DATE_READERS for each in reader(folded, TODAY)]
    return [*told, *relative_expressions(folded, TODAY)]


def _told_ungated(text: str) -> list[Expression]:
    folded = fold(text)
    with patch.object(Gate, "is_open", lambda _gate, _text: True):
        told = [each for reader in _DATE_READERS for each in reader(folded, TODAY)]
    return [*told, *found_by(patterns(), folded, TODAY)]


def _listings() -> list[tuple[Listing[object], Lexicon]]:
    """Every list of patterns that texts are read by, with the words it is about."""
    context_lists = [context.patterns_of(name) for name in ("question", "advertising")]
    victims = victim_words()
    urgency = rules()
    return [
        actors.known_actors(),
        violation_rules(),
        (victims.statuses, victims.lexicon),
        (urgency.patterns, urgency.lexicon),
        *context_lists,
    ]


def _matches(reading: Reading, listed: Listing[object], known: Lexicon) -> list[Match]:
    occurrences = Occurrences(reading, known)
    return [match for _, pattern in occurrences.begun(listed) for match in occurrences.find(pattern)]


def _matches_ungated(reading: Reading, listed: Listing[object], known: Lexicon) -> list[Match]:
    occurrences = Occurrences(reading, known)
    entries = sorted((entry for listing in listed.values() for entry in listing), key=lambda entry: entry[0])
    return [match for _, _, pattern in entries for match in occurrences.find(pattern)]


def test_open_messages_tell_the_same_times_whatever_the_gates() -> None:
    texts = list(in_turn(every=4))
    assert [text for text in texts if _told(text) != _told_ungated(text)] == []
    assert len(texts) > 300


@settings(max_examples=200, deadline=None)
@given(_TIMES, st.sampled_from([" ", "-", ", ", "'"]), st.sampled_from(MANNERS))
def test_words_of_time_in_any_order_pass_the_gates(
    words: list[str], between: str, manner: Callable[[str], str]
) -> None:
    text = manner(between.join(words))
    assert _told(text) == _told_ungated(text)


_TYPED = st.characters(codec="ascii", categories=["Ll", "Nd"], include_characters=" '-")


@settings(max_examples=50, deadline=None)
@given(st.data(), st.sampled_from(patterns()))
def test_whatever_a_rule_of_time_matches_holds_a_word_it_needs(data: st.DataObject, pattern: Pattern) -> None:
    text = data.draw(st.from_regex(pattern.expression, alphabet=_TYPED))
    for found in pattern.expression.finditer(text):
        assert not pattern.needed.isdisjoint(runs_of_letters(text)), (pattern.rule, found.group())


def test_a_word_for_today_is_looked_for_as_it_is_read() -> None:
    assert all(word.isalpha() for word in time_words().bambara_today)


def test_patterns_are_asked_wherever_they_can_stand() -> None:
    texts = list(in_turn(every=25))
    for listed, known in _listings():
        for text in texts:
            reading = read(text)
            assert _matches(reading, listed, known) == _matches_ungated(reading, listed, known), text


@settings(max_examples=25, deadline=None)
@given(message)
def test_patterns_are_asked_in_any_order_of_words(text: str) -> None:
    reading = read(text)
    for listed, known in _listings():
        assert _matches(reading, listed, known) == _matches_ungated(reading, listed, known)
