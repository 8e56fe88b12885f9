"""Telephone numbers in any grouping, not money, dates or counts. Numbering: ITU plan of Mali (+223, 8 digits)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from workers.anonymise.claims import Claim
from workers.contracts import EntityLabel
from workers.gates import Gate

_NATIONAL_LENGTH = 8
_PREFIXES = (
    "002230",
    "00223",
    "2230",
    "223",
    "0",
)  # some write the trunk zero of other countries: +223 (0) 76…
_GROUP = re.compile(
    r"(?<![^\W_])[0-9OolISB]{0,12}\d[\dOolISB]{0,14}(?![^\W_]|\d)|(?<![^\W_])[Oo]{1,2}(?![^\W_])"
)
_SEPARATOR = re.compile(
    r"[ \t\u00a0\u202f]{0,2}[.\-/_‐‑–·*,()]{0,2}[ \t\u00a0\u202f]{0,2}\n?|[ ]?(?:puis|ensuite|then)[ ]"
)
_LOOKS_LIKE_DIGITS = str.maketrans("OolISB", "001158")
_CUE = re.compile(
    r"(?:\bt[eé]l|phone|\bappel|\bapl|\bnum[eé]ro|\bnum\b|\bn[°o]\s|whats?app|\bwa\.me|contact|joindre|joign|\bcall\b|\btext\b"
    r"|\bsms\b|\bwele\b|telefon[iu]|orange money|moov money|\bwave\b|\bsim\b|\bbip|\becri(?:re|vez)\b|\breach\b"
    r"|mobile|portable"
    r"|\bligne\b|\bnim[ɔo]r[ɔo]\b|\bcel\b)[^\d]{0,30}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s{0,2}(?:f\s?cfa|fcfa|cfa|francs?|frs?\b|f\b|€|euros?|\$|dollars?|millions?|mille|kg|kilos?|km|m[eè]tres?|tonnes?|litres?"
    r"|t[eê]tes?|b[oœ]eufs?|boeufs?|vaches?|moutons?|ch[eè]vres?|personnes?|habitants?|d[eé]plac[eé]s?|morts?|bless[eé]s?"
    r"|people|cattle|cows|sheep|families|m[eé]nages?|sacs?|hectares?|ha\b|%|ans\b|years?)",
    re.IGNORECASE,
)
_MONEY_CUE = re.compile(
    r"(?:somme|ran[cç]on|pay[eé]r?|montant|co[uû]te|prix|fcfa|amende|ransom|paid)\b[^\d]{0,15}$",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"\b(?:loi|d[eé]cret|arr[eê]t[eé]|ordonnance|r[eé]solution|law|decree)\b[^\d\n]{0,15}$", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[./\- ](?:0?[1-9]|1[0-2])[./\- ](?:19|20)\d\d"
    r"|(?:19|20)\d\d[./\-](?:0[1-9]|1[0-2])[./\-]\d\d"
)
_ABROAD = re.compile(r"(?:\+|(?<!\d)00)[ ]?\(?\d[\d \u00a0\u202f.\-/()]{6,22}\d")
_CUE_WINDOW = 50
_SEPARATORS = 6
_DIGIT_NEXT, _DIGIT_BEFORE = re.compile(r"\W*\d"), re.compile(r"\d\W*$")
_MOST_GROUPS = 24
_ANY_DIGIT = re.compile(r"\d")
_NOUGHTS = re.compile(r"[oO](?<![^\W_][oO])[oO]?(?![^\W_])")  # what may stand for them
_GATE = Gate(lambda text: _ANY_DIGIT.search(text) is not None or _NOUGHTS.search(text) is not None)


@dataclass(frozen=True, slots=True)
class _Group:
    start: int
    end: int
    digits: str


def find_phones(text: str) -> Iterator[Claim]:
    """Telephone numbers, each as one claim."""
    if not _GATE.is_open(text):
        return
    yield from _abroad(text)
    for chain in _chains(text):
        yield from _within_chain(text, chain)


def _abroad(text: str) -> Iterator[Claim]:
    """Numbers written with + or 00, whatever the country, checked by libphonenumber."""
    for match in _ABROAD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        digits = digits.removeprefix("00") if not match.group().startswith("+") else digits
        if end := _international_end(digits, match.group()):
            yield Claim(
                _start(text, match.start()), match.start() + end, EntityLabel.PHONE, 0.97, ("phonenumbers",)
            )


def _international_end(digits: str, written: str) -> int | None:
    for length in range(min(len(digits), 15), 7, -1):
        try:
            number = phonenumbers.parse("+" + digits[:length], None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return _end_of_digits(written, length + (2 if not written.startswith("+") else 0))
    return None


def _end_of_digits(written: str, count: int) -> int:
    """Where the `count`-th digit ends."""
    places = [place for place, letter in enumerate(written) if letter.isdigit()]
    return places[count - 1] + 1


def _chains(text: str) -> Iterator[list[_Group]]:
    """Groups of digits that stand close enough to be read as one number or several."""
    chain: list[_Group] = []
    for match in _GROUP.finditer(text):
        group = _Group(match.start(), match.end(), _as_digits(match.group()))
        if chain and (
            not _SEPARATOR.fullmatch(text, chain[-1].end, group.start) or len(chain) >= _MOST_GROUPS
        ):
            yield chain
            chain = []
        chain.append(group)
    if chain:
        yield chain


def _as_digits(written: str) -> str:
    return "".join(str(int(digit)) for digit in written.translate(_LOOKS_LIKE_DIGITS))


def _within_chain(text: str, chain: Sequence[_Group]) -> Iterator[Claim]:
    first = 0
    while first < len(chain):
        last = _number_from(text, chain, first)
        if last is None:
            first += 1
            continue
        yield _claim(text, chain[first : last + 1])
        first = last + 1


def _claim(text: str, groups: Sequence[_Group]) -> Claim:
    has_cue = _has_cue(text, groups[0].start)
    detectors = ("grouping", "cue") if has_cue else ("grouping",)
    return Claim(
        _start(text, groups[0].start), groups[-1].end, EntityLabel.PHONE, 0.97 if has_cue else 0.85, detectors
    )


def _start(text: str, start: int) -> int:
    return start - 1 if start and text[start - 1] in "(+" else start


def _number_from(text: str, chain: Sequence[_Group], first: int) -> int | None:
    """The last group of the number that begins at `first`, if one does."""
    digits = ""
    for last in range(first, len(chain)):
        digits += chain[last].digits
        if len(digits) > 15:
            return None
        if _is_number(text, chain[first : last + 1], digits):
            return _with_country(chain, last, digits)
    return None


def _with_country(chain: Sequence[_Group], last: int, digits: str) -> int:
    """The last group of `2 2 3 7 6 1 2 3 4 5 6`, whose first eight digits look like a number of their own."""
    whole = digits + "".join(group.digits for group in chain[last + 1 :])
    is_longer = whole != digits and whole.startswith(("223", "00223")) and _has_right_shape(whole)
    return len(chain) - 1 if is_longer else last


def _is_number(text: str, groups: Sequence[_Group], digits: str) -> bool:
    if _LAW.search(text, max(0, groups[0].start - _CUE_WINDOW), groups[0].start):
        return False
    if not _has_right_shape(digits):
        is_whole = len(digits) == _chain_length(groups)
        is_longer = is_whole and len(digits) > _NATIONAL_LENGTH and _is_called_abroad(text, groups)
        return is_longer or (is_whole and _is_mistyped(text, groups, digits))
    if _has_cue(text, groups[0].start):
        return not _UNIT.match(text, groups[-1].end) or len(groups) != 1
    return not _is_amount_or_date(text, groups, digits)


def _chain_length(groups: Sequence[_Group]) -> int:
    return sum(len(group.digits) for group in groups)


def _is_mistyped(text: str, groups: Sequence[_Group], digits: str) -> bool:
    """A digit too many or too few, in the grouping of a telephone number or right after `appelez`."""
    if abs(len(digits) - _NATIONAL_LENGTH) != 1 or digits[0] not in "25679" or _continues(text, groups):
        return False
    if _is_amount_or_date(text, groups, digits):
        return False
    in_pairs = len(groups) > 2 and len(groups[0].digits) == 2
    return in_pairs or _has_cue(text, groups[0].start)


def _continues(text: str, groups: Sequence[_Group]) -> bool:
    start, end = groups[0].start, groups[-1].end
    after, before = text[end : end + _SEPARATORS + 1], text[max(0, start - _SEPARATORS - 1) : start]
    return bool(_DIGIT_NEXT.match(after) or _DIGIT_BEFORE.search(before))


def _is_called_abroad(text: str, groups: Sequence[_Group]) -> bool:
    """A longer number that does not begin like a Malian one, right after `tel`, `appelez`…"""
    followed = text[groups[-1].end : groups[-1].end + 3]
    return not re.match(r"[ .\-]?\d", followed) and _has_cue(text, groups[0].start)


def _has_right_shape(digits: str) -> bool:
    national = digits
    for prefix in _PREFIXES:
        if len(digits) == len(prefix) + _NATIONAL_LENGTH and digits.startswith(prefix):
            national = digits.removeprefix(prefix)
    return len(national) == _NATIONAL_LENGTH and national[0] in "2456789"


def _has_cue(text: str, start: int) -> bool:
    return _CUE.search(text[max(0, start - _CUE_WINDOW) : start]) is not None


def _is_amount_or_date(text: str, groups: Sequence[_Group], digits: str) -> bool:
    start, end = groups[0].start, groups[-1].end
    if _UNIT.match(text, end) or _DATE.fullmatch(text, start, end) or digits.endswith("00000"):
        return True
    in_thousands = len(groups) == 3 and [len(group.digits) for group in groups] == [2, 3, 3]
    is_money = in_thousands and digits.endswith("000")
    return is_money or _MONEY_CUE.search(text[max(0, start - _CUE_WINDOW) : start]) is not None
