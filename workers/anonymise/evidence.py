"""What speaks for each word being part of a person's name: the weights of every voice, and what silences them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workers.anonymise.claims import MASK, noisy_or
from workers.anonymise.common_words import inflects_common_english, is_common, sounds_common
from workers.anonymise.cues import cue_words
from workers.anonymise.frames import FrameMatch, find_frames
from workers.anonymise.lexicon import Clarity, Lexicon, ListedName, load_lexicon
from workers.anonymise.local_names import NO_LOCAL_NAMES, LocalNames
from workers.anonymise.tagger import is_familiar
from workers.anonymise.words import Word, has_telling_case

_LONGEST_ACRONYM = 6
_FEW_UNKNOWN, _FEW_UNKNOWN_SHARE = 1, 0.06
_FEW_HEARD, _HEARD_SHARE = 2, 0.12
_SHORTEST_INFLECTED = 7
# Endings of French inflection and derivation, folded, which names of Mali don't have: `agressee`, `convoques`.
_INFLECTED = re.compile(
    r"(?:ees?|ements?|ations?|[drstv]ait|aient|erent|ieres|[qg]ues|ises|stes|eurs?|euses?|ables?|istes?|antes?|ifs|ives?)$"
)
# Bambara: who does, owns or suffers it, plurals and participles; hardly a name written in lower case ends so.
_BAMBARA_FORM = re.compile(r"(?:tigi|muso|baga|mogo|[nɲ]y?ogon|yoro|kela|baa|len|nen|[aeiou]w)w?$")
_BAMBARA_ENDING = re.compile(r"(?:[rln]a|[ln]en|to|[ln]i|ya|ma)$")
_SHORTEST_BAMBARA_FORM = 6
_SHORTEST_UNCOMMON = 3
_PARTICIPLE = re.compile(r"(?:és|ée|ées|ÉS|ÉE|ÉES)$")
_READ_AS_FRENCH = frozenset({"fra", "fr", "und"})
_ENGLISH = frozenset({"eng", "en"})
_BAMBARA = frozenset({"bam", "bm", "dyu"})


@dataclass(slots=True)
class Evidence:
    """The strongest word of each voice about one word. A silenced word is no name, whatever is said."""

    weights: dict[str, float] = field(default_factory=dict)
    is_silenced: bool = False
    confidence: float = 0.0  # all voices together

    def add(self, detector: str, weight: float) -> None:
        """Let a voice speak; of its statements the strongest counts."""
        if weight > self.weights.get(detector, 0.0):
            self.weights[detector] = weight
            self.confidence = 0.0 if self.is_silenced else noisy_or(self.weights.values())

    def silence(self) -> None:
        """Let no voice be heard any more."""
        self.is_silenced, self.confidence = True, 0.0


class Reading:
    """A text's words with what the lists know of them and the evidence gathered so far."""

    def __init__(self, words: Sequence[Word], language: str, local: LocalNames = NO_LOCAL_NAMES) -> None:
        self.words = words
        self.local = local
        self.is_french = language in _READ_AS_FRENCH
        self.is_bambara = language in _BAMBARA
        self.is_english = language in _ENGLISH
        self.is_european = self.is_french or language in _ENGLISH
        self.lexicon: Lexicon = load_lexicon()
        self.case_tells = has_telling_case(words)
        self.case_is_mixed = not all(word.text.isupper() for word in words if len(word.text) > 1)
        self.keys = [word.key for word in words]
        self.evidence = [Evidence() for _ in words]
        self.names: list[ListedName | None] = [
            self._listed(word, key) for word, key in zip(words, self.keys, strict=True)
        ]
        self._ordinary = [self._is_ordinary(word.folded) for word in words]
        self._forces = [word.folded in self.lexicon.forces for word in words]
        self._places = [
            self.lexicon.is_place(word.folded, key) for word, key in zip(words, self.keys, strict=True)
        ]
        self._towns = [word.folded in self.lexicon.towns for word in words]
        self._unknown: list[bool | None] = [None] * len(words)
        # What place_context found out about each word is noted here.
        self.after_place_cue: list[bool | None] = [None] * len(words)

    @cached_property
    def frames(self) -> tuple[FrameMatch, ...]:
        """Every announcement in the text."""
        return tuple(find_frames(self.words, case_tells=self.case_tells))

    def _listed(self, word: Word, key: str) -> ListedName | None:
        if word.folded in self.local.names:
            return ListedName(Clarity.CLEAR, is_given=True, is_family=True)
        if word.folded in self.local.not_names:
            return None
        name = self.lexicon.name(word.folded, key, is_capital=word.is_capital)
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
        return self._ordinary[index]

    def _is_ordinary(self, folded: str) -> bool:
        if self.is_european and folded in self.lexicon.namesakes:
            return False
        return self.lexicon.is_ordinary(folded)

    def is_force(self, index: int) -> bool:
        """Whether the word names a force, a group or an institution."""
        return self._forces[index]

    def is_said_no_name(self, index: int) -> bool:
        """Whether people of this installation said that the word is no name."""
        return self.words[index].folded in self.local.not_names

    def is_place(self, index: int) -> bool:
        """Whether the word is (part of) a place's name."""
        return self._places[index]

    def is_town(self, index: int) -> bool:
        """Whether the word belongs to the name of a commune or more, not only of a village."""
        return self._towns[index]

    def is_unknown(self, index: int) -> bool:
        """Whether no list and no model has met the word."""
        known = self._unknown[index]
        if known is None:
            known = self._unknown[index] = self._is_unknown(index)
        return known

    def _is_unknown(self, index: int) -> bool:
        word = self.words[index]
        return not (
            self.is_ordinary(index)
            or self.is_force(index)
            or self.is_place(index)
            or self.is_said_no_name(index)
            or is_familiar(word.folded, word.text)
            or self.is_cut_short(index)
            or (not word.is_capital and self._is_spelt_otherwise(index))
        )

    def is_uncommon(self, index: int) -> bool:
        """Whether a word is everyday and common nowhere; the model may have met it, as it has met many names."""
        is_listed = self.is_ordinary(index) or self.is_force(index) or self.is_place(index)
        is_short = len(self.words[index].text) < _SHORTEST_UNCOMMON
        return not (is_listed or is_short or self.is_said_no_name(index) or self._is_spelt_otherwise(index))

    def _is_spelt_otherwise(self, index: int) -> bool:
        """Whether a word is another form or spelling of one that is known."""
        resembles = self.lexicon.resembles_ordinary(self.words[index].folded)
        return resembles or self.is_inflected(index) or self.is_common(index)

    def is_common(self, index: int) -> bool:
        """Whether a word, or what it sounds like, is a common one of French or English and no listed name."""
        if self.names[index] is not None:
            return False
        folded = self.words[index].folded
        if is_common(folded) or sounds_common(folded):
            return True
        return self.is_english and inflects_common_english(folded)

    def is_cut_short(self, index: int) -> bool:
        """Whether a dot cuts off a longer everyday word: `Popul. avertie`, `prélèv. demandé`."""
        after = index + 1
        if after >= len(self.words) or not self.words[after].gap.startswith("."):
            return False
        is_dotted = not self.words[after].is_capital or self.words[after].gap == "."
        return is_dotted and self.lexicon.begins_ordinary(self.words[index].folded)

    def is_inflected(self, index: int) -> bool:
        """Whether a word ends as words of French or Bambara do and names of Mali don't."""
        word = self.words[index]
        if self.is_bambara and len(word.folded) >= _SHORTEST_BAMBARA_FORM:
            return bool(_BAMBARA_FORM.search(word.folded)) or self._inflects_bambara(word.folded)
        if not self.is_european or len(word.folded) < _SHORTEST_INFLECTED:
            return False
        return bool(_INFLECTED.search(word.folded) or _PARTICIPLE.search(word.text))

    def _inflects_bambara(self, folded: str) -> bool:
        """Whether an ending of Bambara stands on an everyday word: `datugura`, `bosilen`."""
        ending = _BAMBARA_ENDING.search(folded)
        return ending is not None and self.lexicon.is_ordinary(folded[: ending.start()])

    @cached_property
    def has_few_unknown(self) -> bool:
        """Whether unknown words are rare here: in SMS spelling they are common, and one of them says little."""
        unknown = sum(
            self.names[index] is None and len(self.words[index].text) > 1 and self.is_unknown(index)
            for index in range(len(self.words))
        )
        return unknown <= max(_FEW_UNKNOWN, _FEW_UNKNOWN_SHARE * len(self.words))

    @cached_property
    def is_spelt_by_sound(self) -> bool:
        """Whether the text is written as it sounds (`lé zom armé on pri`): unknown words are then no news."""
        heard = sum(self._is_heard(index) for index in range(len(self.words)))
        return heard >= _FEW_HEARD and heard >= _HEARD_SHARE * len(self.words)

    def _is_heard(self, index: int) -> bool:
        """Whether one word is spelt by sound: `é`, `ki`, `vilaj`."""
        word = self.words[index]
        if word.text.lower() in cue_words("spelling", "heard"):
            return True
        is_known = self.names[index] is not None or is_common(word.folded) or self.is_place(index)
        return len(word.text) > 3 and not is_known and sounds_common(word.folded)

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
