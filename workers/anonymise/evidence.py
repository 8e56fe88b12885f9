"""What speaks for each word being part of a person's name: the weights of every voice, and what silences them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.anonymise.claims import MASKING_THRESHOLD, noisy_or
from workers.anonymise.lexicon import Clarity, Lexicon, ListedName, load_lexicon
from workers.anonymise.tagger import is_familiar
from workers.anonymise.words import Word, has_telling_case

_READ_AS_FRENCH = frozenset({"fra", "fr", "und"})
_ENGLISH = frozenset({"eng", "en"})


@dataclass(slots=True)
class Evidence:
    """The strongest word of each voice about one word. A silenced word is no name, whatever is said."""

    weights: dict[str, float] = field(default_factory=dict)
    is_silenced: bool = False

    def add(self, detector: str, weight: float) -> None:
        """Let a voice speak; of its statements the strongest counts."""
        self.weights[detector] = max(weight, self.weights.get(detector, 0.0))

    @property
    def confidence(self) -> float:
        """All voices together."""
        return 0.0 if self.is_silenced else noisy_or(self.weights.values())


class Reading:
    """A text's words with what the lists know of them and the evidence gathered so far."""

    def __init__(self, words: Sequence[Word], language: str) -> None:
        self.words = words
        self.is_french = language in _READ_AS_FRENCH
        self.is_european = self.is_french or language in _ENGLISH
        self.lexicon: Lexicon = load_lexicon()
        self.case_tells = has_telling_case(words)
        self.evidence = [Evidence() for _ in words]
        self.names: list[ListedName | None] = [self._listed(word) for word in words]

    def _listed(self, word: Word) -> ListedName | None:
        name = self.lexicon.name(word.folded, word.key, is_capital=word.is_capital)
        if name is None or name.is_exact or self.has_capital_inside(word):
            return name
        return None if is_familiar(word.folded, word.text) else name

    def has_capital_inside(self, word: Word) -> bool:
        """Whether the word has a capital that a sentence or a shouted text does not explain."""
        return self.case_tells and word.is_capital and not word.opens_sentence

    def is_name(self, index: int) -> bool:
        """Whether the evidence for a word suffices to mask it."""
        return 0 <= index < len(self.words) and self.evidence[index].confidence >= MASKING_THRESHOLD

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
            or is_familiar(word.folded, word.text)
            or (not word.is_capital and self.lexicon.resembles_ordinary(word.folded))
        )

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
