"""What speaks for each word being part of a person's name: the weights of every voice, and what silences them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workers.anonymise.claims import MASK, noisy_or
from workers.anonymise.lexicon import Clarity, Lexicon, ListedName, load_lexicon
from workers.anonymise.local_names import NO_LOCAL_NAMES, LocalNames
from workers.anonymise.tagger import is_familiar
from workers.anonymise.words import Word, has_telling_case

_LONGEST_ACRONYM = 6
_FEW_UNKNOWN, _FEW_UNKNOWN_SHARE = 1, 0.06
_SHORTEST_INFLECTED = 7
# Endings of French inflection and derivation, folded, which names of Mali don't have: `agressee`, `convoques`.
_INFLECTED = re.compile(
    r"(?:ees?|ements?|ations?|[drstv]ait|aient|erent|ieres|[qg]ues|ises|stes|eurs?|euses?|ables?|istes?|antes?|ifs|ives?)$"
)
_PARTICIPLE = re.compile(r"(?:és|ée|ées|ÉS|ÉE|ÉES)$")
_READ_AS_FRENCH = frozenset({"fra", "fr", "und"})
_ENGLISH = frozenset({"eng", "en"})
_BAMBARA = frozenset({"bam", "bm", "dyu"})


@dataclass(slots=True)
class Evidence:
    """The strongest word of each voice about one word. A silenced word is no name, whatever is said."""

    weights: dict[str, float] = field(default_factory=dict)
    is_silenced: bool = False
    together: float = 0.0

    def add(self, detector: str, weight: float) -> None:
        """Let a voice speak; of its statements the strongest counts."""
        if weight > self.weights.get(detector, 0.0):
            self.weights[detector] = weight
            self.together = noisy_or(self.weights.values())

    @property
    def confidence(self) -> float:
        """All voices together."""
        return 0.0 if self.is_silenced else self.together


class Reading:
    """A text's words with what the lists know of them and the evidence gathered so far."""

    def __init__(self, words: Sequence[Word], language: str, local: LocalNames = NO_LOCAL_NAMES) -> None:
        self.words = words
        self.local = local
        self.is_french = language in _READ_AS_FRENCH
        self.is_bambara = language in _BAMBARA
        self.is_european = self.is_french or language in _ENGLISH
        self.lexicon: Lexicon = load_lexicon()
        self.case_tells = has_telling_case(words)
        self.case_is_mixed = not all(word.text.isupper() for word in words if len(word.text) > 1)
        self.evidence = [Evidence() for _ in words]
        self.names: list[ListedName | None] = [self._listed(word) for word in words]

    def _listed(self, word: Word) -> ListedName | None:
        if word.folded in self.local.names:
            return ListedName(Clarity.CLEAR, is_given=True, is_family=True)
        if word.folded in self.local.not_names:
            return None
        name = self.lexicon.name(word.folded, word.key, is_capital=word.is_capital)
        if name is None or name.is_exact or self.has_capital_inside(word):
            return name
        return None if is_familiar(word.folded, word.text) else name

    def has_capital_inside(self, word: Word) -> bool:
        """Whether the word has a capital that a sentence or a shouted text does not explain."""
        return self.case_tells and word.is_capital and not word.opens_sentence

    def is_name(self, index: int) -> bool:
        """Whether the evidence for a word suffices to mask it."""
        return 0 <= index < len(self.words) and self.evidence[index].confidence >= MASK

    def is_clear_name(self, index: int) -> bool:
        """Whether the list knows the word as a name and as little else."""
        name = self.names[index]
        return name is not None and name.clarity >= Clarity.RARE

    def is_ordinary(self, index: int) -> bool:
        """Whether the word is one of everyday language; `sow` is a name in French, houses in Bambara."""
        folded = self.words[index].folded
        if self.is_european and folded in self.lexicon.namesakes:
            return False
        return self.lexicon.is_ordinary(folded)

    def is_force(self, index: int) -> bool:
        """Whether the word names a force, a group or an institution."""
        return self.words[index].folded in self.lexicon.forces

    def is_said_no_name(self, index: int) -> bool:
        """Whether people of this installation said that the word is no name."""
        return self.words[index].folded in self.local.not_names

    def is_place(self, index: int) -> bool:
        """Whether the word is (part of) a place's name."""
        word = self.words[index]
        return self.lexicon.is_place(word.folded, word.key)

    def is_town(self, index: int) -> bool:
        """Whether the word belongs to the name of a commune or more, not only of a village."""
        return self.words[index].folded in self.lexicon.towns

    def is_unknown(self, index: int) -> bool:
        """Whether no list and no model has met the word."""
        word = self.words[index]
        return not (
            self.is_ordinary(index)
            or self.is_force(index)
            or self.is_place(index)
            or self.is_said_no_name(index)
            or is_familiar(word.folded, word.text)
            or (
                not word.is_capital
                and (self.lexicon.resembles_ordinary(word.folded) or self.is_inflected(index))
            )
        )

    def is_inflected(self, index: int) -> bool:
        """Whether a word ends as French words do and names of Mali don't."""
        word = self.words[index]
        if not self.is_european or len(word.folded) < _SHORTEST_INFLECTED:
            return False
        return bool(_INFLECTED.search(word.folded) or _PARTICIPLE.search(word.text))

    @cached_property
    def has_few_unknown(self) -> bool:
        """Whether unknown words are rare here: in SMS spelling they are common, and one of them says little."""
        unknown = sum(
            self.names[index] is None and len(self.words[index].text) > 1 and self.is_unknown(index)
            for index in range(len(self.words))
        )
        return unknown <= max(_FEW_UNKNOWN, _FEW_UNKNOWN_SHARE * len(self.words))

    def is_acronym(self, index: int) -> bool:
        """Whether the word is in capitals among others that are not, short, and no listed name: `FIDH`."""
        word = self.words[index]
        is_short = 1 < len(word.text) <= _LONGEST_ACRONYM
        return is_short and word.text.isupper() and self.case_tells and self.names[index] is None

    def stands_out(self, index: int) -> bool:
        """Whether the word at a place has such a capital."""
        return self.has_capital_inside(self.words[index])

    def has_capital(self, index: int) -> bool:
        """Whether the word has a capital in a text where capitals mean something."""
        return self.case_tells and self.words[index].is_capital

    def is_next_to_name(self, index: int) -> bool:
        """Whether a name already found stands closely before or after the word."""
        before = self.words[index].follows_closely and self.is_name(index - 1)
        after = (
            index + 1 < len(self.words) and self.words[index + 1].follows_closely and self.is_name(index + 1)
        )
        return before or after
