"""Finds the place names in a text, each with its cue and the places it may stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workers.contracts import Span
from workers.triage import place_cues
from workers.triage.folding import Word
from workers.triage.place_cues import AREAS, Cue, Role
from workers.triage.place_gazetteer import Gazetteer, Match, Place

MOST_WORDS, MOST_MENTIONS = 5000, 40
_TOWN, _SHORT = 5, 4
_POSTPOSITIONS = frozenset({"la", "na", "kono", "ro", "kan"})
_SENTENCE_ENDS = frozenset(".!?\n")
_FRENCH_ACCENTS = frozenset("éèêëîïôûç")
_SHARED_ROLES = frozenset({Role.IN, Role.NEAR, Role.ROUTE, Role.ORIGIN, Role.TOWARD, Role.OF, Role.HEADER})


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a text: words `first` to `last`, their span, what they may be."""

    first: int
    last: int
    span: Span
    candidates: tuple[Place, ...]
    match: Match
    cue: Cue
    written: str = ""
    is_doubtful: bool = False
    is_scene: bool = False
    told: int = 0  # how plainly it answers "where": see place_cues.answers_where

    @property
    def weight(self) -> int:
        """The weight of the weightiest place it may stand for."""
        return max(place.weight for place in self.candidates)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text being read: its words, the persons known in it, and whether it is Bambara."""

    text: str
    words: Sequence[Word]
    persons: Sequence[Span]
    is_bambara: bool
    gazetteer: Gazetteer

    def folded(self, first: int, last: int) -> str:
        """The folded words from `first` to `last`, separated by single spaces."""
        if first == last:
            return self.words[first].text
        return " ".join([word.text for word in self.words[first : last + 1]])

    def is_capitalised(self, first: int) -> bool:
        """Whether the word has a capital that neither a sentence's start nor a shouted text explains."""
        word = self.words[first]
        if not self.text[word.start].isupper() or self.text[word.start : word.end].isupper():
            return False
        before = self.text[: word.start].rstrip()[-1:]
        return before not in _SENTENCE_ENDS and bool(before)

    def is_written_as_name(self, first: int, last: int) -> bool:
        """Whether a capital or an accent tells the words from a common word of the same letters."""
        written = self.text[self.words[first].start : self.words[last].end]
        has_accent = any(character in _FRENCH_ACCENTS for character in written)
        return has_accent or self.is_capitalised(first)

    def goes_on(self, last: int) -> bool:
        """Whether a number or a capital follows at once: "san 2009" is a year, San Francisco a city."""
        if last + 1 >= len(self.words):
            return False
        following = self.words[last + 1]
        if self.text[self.words[last].end : following.start] != " ":
            return False
        return following.text.isdigit() or self.is_capitalised(last + 1)


def mentions(reading: Reading) -> list[Mention]:
    """The place names of a text in their order, never overlapping, at most `MOST_MENTIONS`."""
    found: list[Mention] = []
    for mention in _scan(reading):
        shared = _with_shared_cue(reading, found[-1], mention) if found else mention
        marked = _marked(reading, shared)
        if _is_believable(reading, shared) and not marked.is_doubtful:
            found.append(marked)
        if len(found) >= MOST_MENTIONS:
            break
    return found


def _scan(reading: Reading) -> Iterator[Mention]:
    position, end = 0, min(len(reading.words), MOST_WORDS)
    while position < end:
        mention = _longest_at(reading, position) if _may_begin(reading, position) else None
        if mention is not None and _is_acceptable(reading, mention):
            yield mention
            position = mention.last + 1
        else:
            position += 1


def _may_begin(reading: Reading, first: int) -> bool:
    """Whether a name may begin with a word; few do. Several words are taken for a misspelt name only in capitals."""
    word = reading.words[first]
    return reading.gazetteer.may_begin(word.text) or reading.text[word.start].isupper()


def _longest_at(reading: Reading, first: int) -> Mention | None:
    furthest = len(reading.words) - 1
    most = reading.gazetteer.most_words(reading.words[first].text)
    for last in range(min(first + most - 1, furthest), first - 1, -1):
        places = reading.gazetteer.exact(reading.folded(first, last))
        if places and _is_one_name(reading, first, last):
            return _mention(reading, first, last, places, Match.EXACT)
    longest = min(first + 2, furthest) if reading.is_capitalised(first) else first
    for last in range(longest, first - 1, -1):
        if _may_be_misspelt(reading, first, last) and _is_one_name(reading, first, last):
            found = _misspelt(reading, first, last)
            if found is not None:
                return found
    return None


def _is_one_name(reading: Reading, first: int, last: int) -> bool:
    """Words of one name are kept together by spaces, hyphens and apostrophes only."""
    if first == last:
        return True
    pairs = zip(reading.words[first:last], reading.words[first + 1 : last + 1], strict=True)
    return all(set(reading.text[left.end : right.start]) <= set(" -'’.") for left, right in pairs)


def _may_be_misspelt(reading: Reading, first: int, last: int) -> bool:
    """Several words, the first in capitals, are tried as one misspelt name only if the last is too and they're long."""
    if first == last:
        return True
    if not reading.is_capitalised(last):
        return False
    return sum(len(word.text) for word in reading.words[first : last + 1]) >= 7


def _misspelt(reading: Reading, first: int, last: int) -> Mention | None:
    folded = reading.folded(first, last)
    places = reading.gazetteer.by_spelling(folded)
    if places:
        return _mention(reading, first, last, places, Match.SPELLING)
    if not reading.gazetteer.is_long_and_free(folded):
        return None
    cue = place_cues.cue_at(reading.text, reading.words, first, last)
    if not cue.is_locative or (cue.is_weak and not reading.is_capitalised(first)):
        return None
    places = reading.gazetteer.nearly(folded)
    return _mention(reading, first, last, places, Match.NEAR) if places else None


def _mention(reading: Reading, first: int, last: int, places: tuple[Place, ...], match: Match) -> Mention:
    span = Span(reading.words[first].start, reading.words[last].end)
    cue = place_cues.cue_at(reading.text, reading.words, first, last)
    written = reading.folded(first, last).replace(" ", "")
    return Mention(first, last, span, places, match, cue, written)


def _with_shared_cue(reading: Reading, previous: Mention, mention: Mention) -> Mention:
    """ "entre X et Y", "à X, Y et Z": the later names keep the cue of the first."""
    if mention.cue.role not in (Role.BARE, Role.HEADER) or previous.cue.role not in _SHARED_ROLES:
        return mention
    if not place_cues.continues(reading.words, reading.text, previous.last, mention.first):
        return mention
    return replace(mention, cue=previous.cue)


def _is_acceptable(reading: Reading, mention: Mention) -> bool:
    """Whether the words may begin a place name at all; only what can be told without the other names."""
    if mention.last == mention.first and reading.words[mention.first].text.isdigit():
        return False
    return (
        mention.cue.role is not Role.NOT_A_PLACE
        or reading.gazetteer.reading(reading.folded(mention.first, mention.last)) is None
    )


def _is_believable(reading: Reading, mention: Mention) -> bool:
    """Weighs the cue against what else the words may be: a common word, a person's name."""
    if mention.cue.role is Role.NOT_A_PLACE:
        return False
    folded = reading.folded(mention.first, mention.last)
    known = reading.gazetteer.reading(folded)
    if known == "never":
        return False
    if known == "strict":
        return mention.cue.role in AREAS
    if known == "common":
        return _is_more_than_a_common_word(reading, mention)
    if known in ("word", "bambara") or (len(folded) < _SHORT and mention.weight < _TOWN):
        return _is_more_than_a_word(reading, mention, known)
    if known == "person" or mention.match is not Match.EXACT:
        return _is_more_than_a_name(reading, mention)
    return True


def _is_more_than_a_common_word(reading: Reading, mention: Mention) -> bool:
    """A word of every day ("dire") is a place only where it is written or introduced as one."""
    if mention.cue.role in AREAS:
        return True
    is_told = mention.weight >= _TOWN or mention.cue.is_locative
    return is_told and reading.is_written_as_name(mention.first, mention.last)


def _is_more_than_a_word(reading: Reading, mention: Mention, known: str | None) -> bool:
    cue, is_town = mention.cue, mention.weight >= _TOWN
    is_written_as_name = reading.is_written_as_name(mention.first, mention.last)
    if cue.role in AREAS or (is_written_as_name and (is_town or cue.is_locative)):
        return cue.role in AREAS or not reading.goes_on(mention.last)
    if reading.is_bambara:
        return is_town and not place_cues.has_bambara_letters(reading.text) and cue.phrase in _POSTPOSITIONS
    if cue.is_locative or cue.role is Role.HEADER:
        return is_town or (not cue.is_weak and known is None)
    stands_alone = len(reading.folded(mention.first, mention.last)) >= _SHORT or mention.first == 0
    return is_town and stands_alone and known == "bambara" and not reading.goes_on(mention.last)


def _is_more_than_a_name(reading: Reading, mention: Mention) -> bool:
    """A misspelt name, or one that persons bear too, asks for a cue, for fame, or for a capital."""
    is_capital, is_town = reading.is_capitalised(mention.first), mention.weight >= _TOWN
    if reading.is_bambara and mention.match is not Match.EXACT:
        return is_capital
    if mention.cue.is_weak:
        return is_town or is_capital
    return (
        mention.cue.is_locative or is_town or (is_capital and mention.weight >= 3 and _is_misspelt(mention))
    )


def _is_misspelt(mention: Mention) -> bool:
    return mention.match is Match.SPELLING


def _marked(reading: Reading, mention: Mention) -> Mention:
    """Marks a name that is part of a person's, said nowhere to be a place, and one told as the scene."""
    in_person = any(mention.span.overlaps(person) for person in reading.persons)
    beside = place_cues.looks_like_person(reading.words, reading.text, mention.first, mention.last)
    is_doubtful = (in_person or beside) and not mention.cue.is_locative
    is_scene = place_cues.follows_event(reading.words, mention.first)
    told = place_cues.answers_where(reading.text, mention.span.start)
    return replace(mention, is_doubtful=is_doubtful, is_scene=is_scene, told=told)
