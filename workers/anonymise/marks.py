"""Marks of the words behind tokens: what lets the machine know a name or number again that it can no longer open.

A mark is a keyed digest, under a key that only workers hold and a salt of its message. With the key, a word of a new
text can be tested against it; without the key it tells nothing, and equal names of two messages have unequal marks.
Marks are kept in the order of their own digits, so that their order spells no name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.mentions import Mention, Part, name_parts, plain, plain_mention
from workers.anonymise.phonetics import fold, phonetic_key
from workers.anonymise.token_words import TOKEN, label_of
from workers.anonymise.words import split_words
from workers.contracts import EntityLabel

MARK_BYTES = 16
SALT_BYTES = 16
_SHORTEST_KEY = 16


class UnreadableMarks(ValueError):
    """The stored marks are damaged."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes the marks of one message. The same word has the same mark, however often it is asked for."""

    key: bytes = field(repr=False)
    salt: bytes
    _made: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def mark(self, kind: str, value: str) -> str:
        """The mark of a value of one kind, in base64. Raises ValueError where the key is too short."""
        if (kind, value) not in self._made:
            self._made[kind, value] = self._digest(kind, value)
        return self._made[kind, value]

    def _digest(self, kind: str, value: str) -> str:
        if len(self.key) < _SHORTEST_KEY:
            raise ValueError("the key of the marks is too short")
        said = (
            b"token-mark\x00" + self.salt + kind.encode() + b"\x00" + value.encode("utf-8", "surrogatepass")
        )
        return base64.b64encode(hmac.digest(self.key, said, hashlib.sha256)[:MARK_BYTES]).decode("ascii")

    def mention(self, parts: Iterable[str]) -> Mention:
        """The marks of a name's parts."""
        return frozenset(self._part(part) for part in plain_mention(parts))

    def _part(self, part: Part) -> Part:
        sound = self.mark("sound", part.sound) if part.sound else ""
        return Part(sound, self.mark("letter", part.letter))

    def other(self, label: EntityLabel, original: str) -> str:
        """The mark of a number, an address or whatever else is no name."""
        return self.mark(str(label), plain(label, original))

    def word(self, key: str) -> str:
        """The mark of one word of a name, by its phonetic key."""
        return self.mark("word", key)


@dataclass(frozen=True, slots=True)
class MarkedTokens:
    """The marked tokens of one message."""

    marker: Marker
    mentions: Mapping[str, Mention]
    words: frozenset[str]
    others: Mapping[str, str]  # token by mark

    @property
    def tokens(self) -> Iterator[str]:
        """Every token that has a mark."""
        yield from self.mentions
        yield from self.others.values()

    def names(self, key: str) -> bool:
        """Whether a word with this phonetic key stood in one of the names."""
        return bool(self.words) and self.marker.word(key) in self.words


def make_marks(
    tokens: Mapping[str, str],
    key: bytes,
    new_salt: Callable[[], bytes],
    kept: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What is stored beside a message for these tokens and their words, and for those in `kept`, marked before.

    Raises UnreadableMarks when what was kept is damaged.
    """
    salt = _salt(kept) if kept else new_salt()
    marker = Marker(key, salt)
    before = dict(kept["tokens"]) if kept else {}
    made = {token: _marked(marker, token, words) for token, words in tokens.items() if TOKEN.fullmatch(token)}
    return {"salt": base64.b64encode(salt).decode("ascii"), "tokens": before | made}


def _marked(marker: Marker, token: str, original: str) -> dict[str, Any]:
    label = label_of(token)
    if label is not EntityLabel.PERSON:
        return {"value": marker.other(label, original)}
    parts = sorted(list(part) for part in marker.mention(name_parts(original)))
    return {"parts": parts, "words": sorted({marker.word(key) for key in telling_words(original)})}


def telling_words(original: str) -> frozenset[str]:
    """The phonetic keys of a name's words that are not everyday words too."""
    is_ordinary = load_lexicon().is_ordinary
    words = (word.text for word in split_words(original))
    return frozenset(phonetic_key(word) for word in words if not is_ordinary(fold(word)))


def read_marks(stored: Mapping[str, Any], key: bytes) -> MarkedTokens:
    """The marks of a message as `make_marks` gave them. Raises UnreadableMarks."""
    try:
        tokens: Mapping[str, Any] = stored["tokens"]
        named = {token: marks for token, marks in tokens.items() if "parts" in marks}
        return MarkedTokens(
            marker=Marker(key, _salt(stored)),
            mentions={
                token: frozenset(Part(*part) for part in marks["parts"]) for token, marks in named.items()
            },
            words=frozenset(word for marks in named.values() for word in marks["words"]),
            others={marks["value"]: token for token, marks in tokens.items() if "value" in marks},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise UnreadableMarks from error


def _salt(stored: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(stored["salt"], validate=True)
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise UnreadableMarks from error


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The words of names that a case knows: those it can read, and those of which it has marks only."""

    keys: frozenset[str] = frozenset()
    marked: Sequence[MarkedTokens] = ()

    def __contains__(self, key: object) -> bool:
        return key in self.keys or any(each.names(str(key)) for each in self.marked)
