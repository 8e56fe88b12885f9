"""Tokens that stand for the same person or number throughout a case, tolerant of spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workers.anonymise.marks import MarkedTokens
from workers.anonymise.mentions import Mention, can_be_same, name_parts, plain, plain_mention
from workers.anonymise.token_words import TOKEN, TOKEN_WORDS, parts_of
from workers.contracts import EntityLabel

__all__ = ["TOKEN", "TOKEN_WORDS", "TokenBook"]


@dataclass(slots=True)
class TokenBook:
    """Which token stands for what in one case; numbers seen in the text itself are never given out again.

    What earlier messages showed is known by its words, or where those can't be opened any more by their marks.
    """

    persons: dict[str, list[Mention]] = field(default_factory=dict)
    others: dict[tuple[EntityLabel, str], str] = field(default_factory=dict)
    highest: dict[EntityLabel, int] = field(default_factory=dict)
    marked: Sequence[MarkedTokens] = ()

    @classmethod
    def of_case(cls, text: str, known: Mapping[str, str], marked: Sequence[MarkedTokens] = ()) -> TokenBook:
        """A book that continues with what the case already knows."""
        book = cls(marked=marked)
        for match in TOKEN.finditer(text):
            book._reserve(*parts_of(match.group()))
        for each in marked:
            for token in each.tokens:
                book._reserve(*parts_of(token))
        for token, original in known.items():
            if TOKEN.fullmatch(token):
                label, number = parts_of(token)
                book._reserve(label, number)
                book._remember(label, original, token)
        return book

    def token_for(self, label: EntityLabel, original: str) -> str:
        """The token of this person or number, new if it was not met before."""
        is_person = label is EntityLabel.PERSON
        found = self._person(original) if is_person else self._other(label, original)
        if found is None:
            number = self.highest.get(label, 0) + 1
            self._reserve(label, number)
            found = f"[{TOKEN_WORDS[label]}-{number}]"
        self._remember(label, original, found)
        return found

    def _reserve(self, label: EntityLabel, number: int) -> None:
        self.highest[label] = max(number, self.highest.get(label, 0))

    def _remember(self, label: EntityLabel, original: str, token: str) -> None:
        if label is not EntityLabel.PERSON:
            self.others[label, plain(label, original)] = token
            return
        mentions = self.persons.setdefault(token, [])
        if (mention := plain_mention(name_parts(original))) not in mentions:
            mentions.append(mention)

    def _other(self, label: EntityLabel, original: str) -> str | None:
        found = self.others.get((label, plain(label, original)))
        marked = (each.others.get(each.marker.other(label, original)) for each in self.marked)
        return found or next(filter(None, marked), None)

    def _person(self, original: str) -> str | None:
        """The one person this mention can be; if it could be several, none."""
        compared = self._compared(name_parts(original))
        same = [token for token, pairs in compared.items() if any(mine == known for mine, known in pairs)]
        if same:
            return same[0]
        matching = [token for token, pairs in compared.items() if all(can_be_same(*pair) for pair in pairs)]
        return matching[0] if len(matching) == 1 else None

    def _compared(self, parts: frozenset[str]) -> dict[str, list[tuple[Mention, Mention]]]:
        """This mention beside each known one of every person, both in words or both in the same marks."""
        mine = plain_mention(parts)
        compared: dict[str, list[tuple[Mention, Mention]]] = {}
        for each in self.marked:
            mine_marked = each.marker.mention(parts)
            for token, mention in each.mentions.items():
                compared.setdefault(token, []).append((mine_marked, mention))
        for token, mentions in self.persons.items():
            compared.setdefault(token, []).extend((mine, mention) for mention in mentions)
        return compared
