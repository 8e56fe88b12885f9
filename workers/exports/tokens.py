"""References that hold for one copy alone: two exports can't be joined by them, and a copy is known again by its own.

Keyed under what only workers hold, and the export's id: whoever has the file and knows a case's number still can't say
which row it is.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

_PURPOSE = b"seere-export-reference-1"
_MARK = b"copy"  # never a letter and an id: marks and rows never share a digest
_DIGEST = "sha256"
MARK_BYTES = 3
_ROW_BYTES = 7  # 56 bits: two alike among a million rows in one copy of 140,000
_LETTERS = 16  # of mark and row in base32, which takes five bytes as eight letters


@dataclass(frozen=True, slots=True)
class CopyTokens:
    """Makes the references of one copy. They share a beginning, the copy's mark, by which a leaked row is traced."""

    _key: bytes = field(repr=False)
    mark: bytes  # what each reference begins with; it says nothing to who hasn't got the workers' key

    @classmethod
    def of(cls, pseudonym_key: bytes, export_id: uuid.UUID) -> CopyTokens:
        """The tokens of one export."""
        key = hmac.digest(pseudonym_key, _PURPOSE + export_id.bytes, _DIGEST)
        return cls(key, hmac.digest(key, _MARK, _DIGEST)[:MARK_BYTES])

    def token(self, letter: str, subject: object) -> str:
        """A reference for a thing by its number or id, that begins with the letter of its kind: `C-MFRGGZDFMZTWQ2LK`.

        An id is the same with and without hyphens: databases hand it over in either way.
        """
        return self.tokens(letter, [subject])[0]

    def tokens(self, letter: str, subjects: Iterable[object]) -> list[str]:
        """The same for many, which takes less time than one after the other."""
        named = f"\n{letter}:".join(["", *map(str, subjects)]).replace("-", "").encode().split(b"\n")[1:]
        keyed, mark = hmac.new(self._key, digestmod=_DIGEST), self.mark
        digests = [mark + _digest_of(each, keyed)[:_ROW_BYTES] for each in named]
        letters = base64.b32encode(b"".join(digests)).decode()
        return [f"{letter}-{letters[at : at + _LETTERS]}" for at in range(0, len(letters), _LETTERS)]


def _digest_of(subject: bytes, keyed: hmac.HMAC) -> bytes:
    """Under a key that was taken in once for all."""
    made = keyed.copy()
    made.update(subject)
    return made.digest()
