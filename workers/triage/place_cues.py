"""What the words around a place name say the place is: where it happened, where someone comes from, a person…

The phrases are in workers/vocabularies/place_cues.toml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from workers.triage.folding import Word
from workers.triage.place_gazetteer import cues_file

_LONGEST_CUE, _EVENT_REACH, _LEAVING_REACH = 6, 5, 5
_SENTENCE_ENDS = frozenset(".!?;\n")
_WEAK_A = "a"
_WEAK_SPELLINGS = frozenset({"o", "dan", "ds", "kote"})  # text-message for "au", "dans", "côté"
_BAMBARA_LETTERS = frozenset("ɛɔɲŋƐƆƝŊ")
_GENITIVES = frozenset({"de", "du", "d", "des", "of"})


class Role(StrEnum):
    """What a place is to the message; area roles also say which kind of place is meant."""

    REGION = "region"
    CERCLE = "cercle"
    COMMUNE = "commune"
    VILLAGE = "village"
    QUARTER = "quarter"
    IN = "in"
    NEAR = "near"
    OF = "of"
    ROUTE = "route"
    TOWARD = "toward"
    REPORTER = "reporter"
    DESTINATION = "destination"
    HELD = "held"
    ORIGIN = "origin"
    HEADER = "header"
    BARE = "bare"
    NOT_A_PLACE = "not_a_place"


AREAS = frozenset({Role.REGION, Role.CERCLE, Role.COMMUNE, Role.VILLAGE, Role.QUARTER})
_NOT_LOCATIVE = frozenset({Role.BARE, Role.OF, Role.HEADER, Role.NOT_A_PLACE})


@dataclass(frozen=True, slots=True)
class Cue:
    """The role of a name and the words that gave it; `is_weak` for a lone unaccented "a" (also a verb), "o" or "ds"."""

    role: Role
    phrase: str = ""
    is_weak: bool = False

    @property
    def is_locative(self) -> bool:
        """Whether the words say outright that a place follows."""
        return self.role not in _NOT_LOCATIVE


@cache
def _phrases(table: str) -> Mapping[str, Role]:
    return {phrase: Role(role) for role, phrases in cues_file()[table].items() for phrase in phrases}


@cache
def _longest_before() -> Mapping[str, int]:
    """How many words the longest phrase has that ends in a word; most words end none."""
    longest: dict[str, int] = {}
    for phrase in _phrases("before"):
        *others, last = phrase.split(" ")
        longest[last] = max(longest.get(last, 0), min(len(others) + 1, _LONGEST_CUE))
    return longest


@cache
def _begins_after() -> frozenset[str]:
    """The words that phrases after a name begin with."""
    return frozenset(phrase.split(" ")[0] for phrase in _phrases("after"))


@cache
def _listed(table: str, kind: str) -> frozenset[str]:
    return frozenset(cues_file()[table][kind])


def cue_at(text: str, words: Sequence[Word], first: int, last: int) -> Cue:
    """The cue of the name that runs from word `first` to word `last`, both included."""
    before, after = _before(text, words, first), _after(text, words, last)
    if after is not None and (after.role in AREAS or before is None or before.role is Role.OF):
        return after
    if before is not None:
        return before
    return Cue(Role.HEADER if _is_header(text, words, first, last) else Role.BARE)


def _before(text: str, words: Sequence[Word], first: int) -> Cue | None:
    for length in range(min(_longest_before().get(words[first - 1].text, 0), first), 0, -1):
        phrase = " ".join(word.text for word in words[first - length : first])
        role = _phrases("before").get(phrase)
        if role is not None and not _is_broken(text, words[first - length].start, words[first].start):
            if phrase in _listed("leaving", "toward") and _is_left_for(text, words, first - length):
                return Cue(Role.DESTINATION, phrase)
            return Cue(role, phrase, is_weak=_is_weak(phrase, text[words[first - 1].start]))
    return None


def _is_weak(phrase: str, letter: str) -> bool:
    return phrase in _WEAK_SPELLINGS or (phrase == _WEAK_A and letter in "aA")


def _is_left_for(text: str, words: Sequence[Word], before: int) -> bool:
    """Whether "vers" follows a verb of leaving or taking away: "partis avec eux vers …" is not "vers …, on a tiré"."""
    stems = tuple(_listed("leaving", "stems"))
    for word in reversed(words[max(0, before - _LEAVING_REACH) : before]):
        if _is_broken(text, word.end, words[before].start):
            return False
        if word.text.startswith(stems):
            return True
    return False


def _after(text: str, words: Sequence[Word], last: int) -> Cue | None:
    if last + 1 >= len(words) or words[last + 1].text not in _begins_after():
        return None
    for length in (2, 1):
        following = words[last + 1 : last + 1 + length]
        phrase = " ".join(word.text for word in following)
        role = _phrases("after").get(phrase)
        if role is None or text[words[last].end : following[-1].start].strip():
            continue
        if words[last + 1 + length : last + 2 + length] and words[last + 1 + length].text in _GENITIVES:
            continue  # "Mopti cercle de Koro": the cercle is Koro's
        return Cue(role, phrase)
    return None


def _is_broken(text: str, start: int, end: int) -> bool:
    return any(character in _SENTENCE_ENDS for character in text[start:end])


def _is_header(text: str, words: Sequence[Word], first: int, last: int) -> bool:
    """A name that opens the message or stands alone between marks: "Koro: …", "(Bankass)", "…, Mopti"."""
    following = text[words[last].end :].lstrip()[:1]
    if first == 0:
        return following == "" or not following.isalnum()
    preceding = text[: words[first].start].rstrip()[-1:]
    return preceding in set("(,:;/-.\n") and (following == "" or following in set("),:;.!?/-"))


def continues(words: Sequence[Word], text: str, previous_end: int, first: int) -> bool:
    """Whether only an "and", a comma or a dash stands between two names, so that they share a cue."""
    gap = words[previous_end + 1 : first]
    between = text[words[previous_end].end : words[first].start]
    if _is_broken(between, 0, len(between)):
        return False
    return not gap or " ".join(word.text for word in gap) in _listed("between", "words")


def looks_like_person(words: Sequence[Word], text: str, first: int, last: int) -> bool:
    """Whether a first or family name follows or precedes, with only a space between."""
    family, given = _listed("people", "family"), _listed("people", "given")
    after = words[last + 1 : last + 2]
    before = words[first - 1 : first] if first else []
    follows = (
        bool(after) and after[0].text in family | given and not text[words[last].end : after[0].start].strip()
    )
    precedes = bool(before) and before[0].text in family | given
    return follows or (precedes and not text[before[0].end : words[first].start].strip())


def follows_event(words: Sequence[Word], first: int) -> bool:
    """Whether one of the few words before a name tells what happened: "arrêté à", "attaqué"."""
    stems = tuple(_listed("events", "stems"))
    return any(word.text.startswith(stems) for word in words[max(0, first - _EVENT_REACH) : first])


def answers_where(text: str, start: int) -> int:
    """How plainly a name answers "where": 2 on the line of a place chosen from the list, 1 on that of the words given
    for it, 0 anywhere else. workers.pipeline writes these lines: `Lieu choisi : …`, `Lieu : …`.
    """
    line = text[text.rfind("\n", 0, start) + 1 : start].lower()
    labels = cues_file()["answers"]
    plainly = (2, labels["chosen"]), (1, labels["words"])
    return next((told for told, each in plainly if any(line.startswith(f"{label} :") for label in each)), 0)


def is_bambara(text: str, words: Sequence[Word]) -> bool:
    """Whether its letters, or two or more of its words (an eighth of the text), speak for Bambara."""
    if has_bambara_letters(text):
        return True
    met = [word.text for word in words if word.text in _listed("bambara", "words")]
    return len(set(met)) >= 2 and len(met) * 8 >= len(words)


def has_bambara_letters(text: str) -> bool:
    """Whether the text is written in the letters of Bambara, which gives names their capitals."""
    return not _BAMBARA_LETTERS.isdisjoint(text)
