"""Addresses: street, door, lot, villa, post box, with the quarter written before them. A quarter alone is a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from workers.anonymise.claims import Claim
from workers.anonymise.lexicon import load_lexicon, quarters
from workers.anonymise.words import split_words
from workers.contracts import EntityLabel
from workers.gates import Gate, small

_SIGN = r"(?:(?:n[°ºo]\.?|num[eé]ro|num|nr|no\.?|[:.#])\s{0,2}){0,3}"
_NUMBER = rf"{_SIGN}\d{{1,4}}(?:[ ]?(?:bis|ter)\b|[ ]?[A-Z](?![^\W_]))?(?!\d)"
_LOT_LETTERS = r"(?:(?:[/\-][A-Z\d]{1,4}|[A-Z]{1,2}|[ ][A-Z])(?![^\W_]))?"
_LOT_NUMBER = rf"{_SIGN}(?:[A-Z]{{1,2}}[ /\-]?\d{{1,4}}|\d{{1,4}}{_LOT_LETTERS})(?!\d)"
_NAME = r"(?:[A-ZÀ-Þ][\w'’\-]{1,25}|[IVX]{1,4}\b)"
_OF = r"(?i:de la|du|des|de|d['’]|la|les|le|l['’])\s?"
_STREET_NAME = rf"(?:{_OF}){{0,2}}{_NAME}(?:\s(?:{_OF})?{_NAME}){{0,3}}"
_NUMBERED = (
    r"rue|porte|pte|avenue|av|boulevard|bd|street|st|road|door|house|maison|appartement|appt|apt|apartment|chambre|room|villa"
    r"|all[eé]e|impasse|ruelle|[eé]tage|flat"
)
_LETTERED = (
    r"lot|parcelle|concession|carr[eé]|[iî]lot|plot|bloc|block|logement|b[aâ]timent|b[aâ]t|immeuble|imm|cour|tente"
    r"|magasin|boutique|tf"
)
_STREETS = r"rue|avenue|av\.|boulevard|bd\.?|impasse|all[eé]e|ruelle|immeuble"
_PART = "|".join(
    (
        r"(?i:\brue)\s\d{1,4}\s{0,2}[,\-]?\s{0,2}(?i:p\.?)\s?\d{1,4}\b",
        r"(?i:\b(?:\d{1,2}\s?(?:er|[eè]me|nd|e|[eè])|premier|deuxi[eè]me|troisi[eè]me|quatri[eè]me)\s[eé]tage)\b",
        rf"(?i:\b(?:{_NUMBERED}))\b\.?\s{{0,2}}{_NUMBER}",
        rf"(?i:\bvilla)\s{{1,2}}{_LOT_NUMBER}",
        rf"(?i:\b(?:{_LETTERED})\b\.?\s{{0,2}}{_LOT_NUMBER})",
        rf"(?:\d{{1,4}}\s?,?\s)?(?i:\b(?:{_STREETS}))\s{_STREET_NAME}",
        rf"\d{{1,4}}\s{_NAME}(?:\s{_NAME})?\s(?:Street|Road|Avenue|St)\b",
        r"(?i:\bb\.?\s?p\.?\s?(?:e\.?)?\s{0,2}[:n°]{0,3}\s{0,2}\d{2,5}\b)",
        r"(?i:\bR\s?[/.]\s?\d{1,4}\s{0,2}[,\-]?\s{0,2}P\s?[/.]\s?\d{1,4}\b)",
    )
)
_BETWEEN = r"(?:\s{0,2}[,;/\-–]?\s{0,2}|\s(?i:x|et|and|à|à la|au|sur|de la|du)\s)"
_QUARTER_NAME = r"(?:[A-ZÀ-Þ][\w'’\-]{1,25}|\d{1,3})(?:\s[A-ZÀ-Þ][\w'’\-]{1,25}){0,2}(?:\s\d{1,4})?"
_QUARTER = rf"(?:(?i:\b(?:quartier|secteur|cit[eé]))\s{_QUARTER_NAME}{_BETWEEN})"
_ADDRESS = re.compile(rf"{_QUARTER}?(?:{_PART})(?:{_BETWEEN}(?:{_PART})){{0,5}}")
_COUNT = re.compile(r"\s{0,2}(?:personnes|chambres|maisons|cases|t[eê]tes|boutiques|portes)\b", re.IGNORECASE)


_CAPITALS = re.compile(
    r"(?<![^\W_])[A-ZÀ-Þ][\w'’\-]{2,25}(?:\s(?:[A-ZÀ-Þ][\w'’\-]{1,25}|\d{1,4})){0,3}(?:,\s?|\s)$"
)
_BEFORE = 60


def _written_out(words: str) -> Iterator[str]:
    """The words of an expression of words, those with a letter of two (`all[eé]e`) in both spellings."""
    for word in words.replace("\\.", "").replace("?", "").split("|"):
        before, _, choice = word.partition("[")
        letters, _, after = choice.partition("]")
        yield from (before + letter + after for letter in letters or [""])


_WORDS = frozenset(_written_out(f"{_NUMBERED}|{_LETTERED}|{_STREETS}|[eé]tage"))
_WORD = re.compile(r"\w+")
_BOX_OR_SIGN = re.compile(r"\bb\.?\s?p|\br\s?[/.]")
# A word of an address, or the letters of a post box or of a street's sign.
_GATE = Gate(lambda text: _has_address_word(small(text)))


def _has_address_word(text: str) -> bool:
    return not _WORDS.isdisjoint(_WORD.findall(text)) or _BOX_OR_SIGN.search(text) is not None


def find_addresses(text: str) -> Iterator[Claim]:
    """Claims over street, door, lot and the like, joined where they follow each other, with the quarter before them."""
    if not _GATE.is_open(text):
        return
    for match in _ADDRESS.finditer(text):
        if not _COUNT.match(text, match.end()):
            start = _with_quarter(text, match.start())
            yield Claim(start, match.end(), EntityLabel.ADDRESS, 0.9, ("address words",))


def _with_quarter(text: str, start: int) -> int:
    """Where the quarter begins that is written right before a street or a door; a town before it stays readable."""
    before = max(0, start - _BEFORE)
    if known := _known_quarter().search(text, before, start):
        return known.start()
    name = _CAPITALS.search(text, before, start)
    return name.start() if name and _may_be_quarter(text, name) else start


def _may_be_quarter(text: str, name: re.Match[str]) -> bool:
    words = split_words(name.group())
    lexicon = load_lexicon()
    is_place_above = any(word.folded in lexicon.towns or lexicon.is_ordinary(word.folded) for word in words)
    is_person = any(lexicon.is_clear_name(word.folded) for word in words)
    is_in_sentence = "," in name.group() or text[: name.start()].rstrip()[-1:].isalpha()
    return is_in_sentence and not is_place_above and not is_person


@cache
def _known_quarter() -> re.Pattern[str]:
    """A listed quarter at the end of a text, with what is added to it (`ACI 2000`, `Sud`) and `à la`."""
    names = sorted(quarters(), key=lambda name: (-len(name), name))
    added = r"(?:\s(?:aci|sud|nord|est|ouest|extension|coura|koura|\d{1,4})){0,2}"
    return re.compile(
        rf"(?<![^\W_])(?:{'|'.join(map(re.escape, names))}){added}[,\s\-]{{1,3}}(?:(?:[àa]\s)?la\s)?$",
        re.IGNORECASE,
    )
