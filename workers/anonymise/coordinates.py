"""Exact positions: decimal degrees, degrees-minutes-seconds, map links, plus codes, MGRS and UTM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from workers.anonymise.claims import Claim
from workers.anonymise.numerals import number_words
from workers.contracts import EntityLabel
from workers.gates import Gate

_FINE = r"[-+−]?\d{1,3}[.,]\d{4,15}"
_DECIMAL = r"[-+−]?\d{1,3}[.,]\d{2,15}"
_NEGATIVE = r"[-−]\d{1,3}[.,]\d{2,15}"
_COMPASS = r"[NSEWO](?:ord|ud|st|uest|orth|outh|ast|est)?\b"
_SIDE = rf"[ ]?°?[ ]?{_COMPASS}"
_MAYBE_SIDE = rf"(?:[ ]?°)?(?:[ ]?{_COMPASS})?"
_NAME = (
    r"\b(?:lat(?:itude)?|lon(?:g(?:itude)?)?|lng|gps|coord(?:onn[eé]es?|inates)?(?: gps)?|position|géolocalisation)"
    r"(?![^\W\d_])[ ]?[:=]?[ ]?(?:est |is )?"
)
_BETWEEN = r"[ ]?(?:[,;/|\n]|\b(?:et|and|puis|x|par|by)\b)?[ ]{0,3}"
_MINUTES = r"\d{1,2}(?:[.,]\d{1,6})?[ ]?['’′´][ ]?"
_SECONDS = r"(?:\d{1,2}(?:[.,]\d{1,6})?[ ]?(?:\"|”|″|''|’’)?[ ]?)?"
_DMS = rf"\d{{1,3}}[ ]?[°º][ ]?{_MINUTES}{_SECONDS}"
_DEGREES = rf"\d{{1,3}}(?:[.,]\d{{1,15}})?[ ]?[°º][ ]?(?:{_MINUTES}{_SECONDS})?"
_SPELT = (
    r"\b\d{1,3}(?:[.,]\d{1,6})?[ ]?deg(?:r[eé]s?|rees?)?\b[ ]?(?:\d{1,2}[ ]?(?:minutes?|min|')?[ ]?)?"
    rf"(?:\d{{1,2}}[ ]?(?:secondes?|seconds?|sec)?[ ]?)?(?:de[ ])?(?:latitude[ ]|longitude[ ])?{_COMPASS}"
)
_ROUND = r"\d{1,3}[.,]\d{3,15}"
_SECONDS_SIGN = r"(?:\"|”|″|''|’’)?"
_SIXTIETHS = r"\d{1,2}(?:[.,]\d{1,6})?[ ]?"
_LOOSE = rf"\d{{1,3}}[ ]?[°º:][ ]?{_SIXTIETHS}['’′´]?[ ]?(?:{_SIXTIETHS}{_SECONDS_SIGN})?[ ]?"
_SPACED = r"\d{1,3}[ ]\d{1,2}(?:[.,]\d{1,6}|[ ]\d{1,2}(?:[.,]\d{1,6})?)"
_LETTERED = rf"\d{{1,3}}[ ]?d(?:eg)?[ ]?{_SIXTIETHS}m(?:in|n)?(?:[ ]?{_SIXTIETHS}s(?:ec)?)?[ ]?"
_READ_OUT = r"(?:moins[ ])?\d{1,2}[ ](?:virgule|point)[ ]\d{2,6}"
_NAMED = rf"{_NAME}[ ]?[:=]?[ ]?(?:nord|sud|est|ouest|north|south|east|west)?[ ]?[:=]?[ ]?"
_SIGNED = rf"[-+−]?(?:{_DMS}|{_SPACED}|{_DECIMAL})(?:[ ]?{_COMPASS})?"
_THREE_WORDS = r"[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}"
_PLUS = "[23456789CFGHJMPQRVWX]"
_CASE_BLIND = (
    (
        "decimal",
        "decimal pair",
        0.95,
        rf"(?<![\w.,])(?:{_NAME})?{_FINE}{_MAYBE_SIDE}{_BETWEEN}(?:{_NAME})?{_FINE}{_MAYBE_SIDE}(?!\w)",
    ),
    ("decimal", "decimal pair", 0.9, rf"(?<![\w.,]){_DECIMAL}(?![\d−-]){_BETWEEN}{_NEGATIVE}(?![\w.,]\d)"),
    ("decimal", "decimal pair", 0.95, rf"(?<![\w.,]){_DECIMAL}{_SIDE}{_BETWEEN}{_DECIMAL}{_SIDE}"),
    ("decimal", "decimal pair", 0.95, rf"(?<!\w)[NS][ ]?{_DECIMAL}°?{_BETWEEN}[EWO][ ]?{_DECIMAL}°?"),
    (
        "decimal",
        "announced pair",
        0.95,
        rf"{_NAME}{_DECIMAL}{_MAYBE_SIDE}(?:{_BETWEEN}(?:{_NAME})?{_DECIMAL}{_MAYBE_SIDE})?",
    ),
    ("degree", "degrees and minutes", 0.95, rf"(?<!\w){_DMS}{_COMPASS}(?:{_BETWEEN}{_DMS}{_COMPASS})?"),
    ("degree", "degrees and minutes", 0.95, rf"(?<!\w)[NS][ ]?{_DEGREES}{_BETWEEN}[EWO][ ]?{_DEGREES}"),
    ("degree", "degrees", 0.9, rf"(?<!\w){_DEGREES}{_COMPASS}{_BETWEEN}{_DEGREES}{_COMPASS}"),
    ("decimal", "decimal pair", 0.9, rf"(?<![\w.,]){_ROUND}{_MAYBE_SIDE}{_BETWEEN}{_ROUND}{_SIDE}"),
    ("degree", "degrees and minutes", 0.9, rf"(?<!\w){_LOOSE}{_COMPASS}{_BETWEEN}{_LOOSE}{_COMPASS}"),
    (
        "lettered",
        "degrees and minutes",
        0.9,
        rf"(?<![\w.,])(?:{_LETTERED}{_COMPASS}{_BETWEEN}{_LETTERED}{_COMPASS}"
        rf"|[NS][ ]?{_LETTERED}{_BETWEEN}[EWO][ ]?{_LETTERED})",
    ),
    ("named", "announced pair", 0.95, rf"{_NAMED}{_SIGNED}{_BETWEEN}{_NAMED}{_SIGNED}"),
    ("read out", "decimal pair", 0.85, rf"(?<![\w.,]){_READ_OUT}[ ,;]{{1,2}}(?:et[ ])?{_READ_OUT}\b"),
    (
        "spaced",
        "degrees and minutes",
        0.9,
        rf"(?<![\w.,]){_SPACED}[ ]?{_COMPASS}{_BETWEEN}{_SPACED}[ ]?{_COMPASS}",
    ),
    ("spaced", "degrees and minutes", 0.9, rf"(?<!\w)[NS][ ]?{_SPACED}{_BETWEEN}[EWO][ ]?{_SPACED}(?!\w)"),
    ("deg", "degrees in words", 0.9, rf"{_SPELT}{_BETWEEN}{_SPELT}"),
    (
        "link",
        "map link",
        0.97,
        r"(?:https?://)?(?:www\.)?(?:maps?\.app\.goo\.gl|goo\.gl/maps|maps?\.google\.[a-z.]{2,6}|google\.[a-z.]{2,6}/maps"
        r"|openstreetmap\.org|osm\.org|maps\.apple\.com|waze\.com|w3w\.co|what3words\.com)[^\s,;<>\"']{0,300}"
        r"(?:,[-+]?\d[^\s,;<>\"']{0,60}){0,3}",
    ),
    ("geo", "geo link", 0.97, r"\bgeo:[-+]?\d{1,3}(?:\.\d{1,15})?,[-+]?\d{1,3}(?:\.\d{1,15})?"),
    ("slashes", "three words", 0.85, rf"(?<![\w/:])///{_THREE_WORDS}"),
    ("words", "three words", 0.85, rf"\b(?:w3w|what[ ]?(?:3|three)[ ]?words?)\b[^\w\n]{{0,4}}{_THREE_WORDS}"),
    ("plus", "plus code", 0.9, rf"(?<![\w+])(?:{_PLUS}{{4}}[ ])?{_PLUS}{{4,8}}\+{_PLUS}{{2,4}}(?![\w+])"),
    (
        "equals",
        "utm",
        0.9,
        r"\bx[ ]?[=:][ ]?\d{5,7}[^\w\n]{1,4}y[ ]?[=:][ ]?\d{6,7}"
        r"(?:[^\w\n]{1,3}utm\b)?(?:[ ]?zone)?(?:[ ]?\d{2}[A-Z]?\b)?",
    ),
    (
        "metres",
        "utm",
        0.9,
        r"(?<!\w)(?:[EX][ ]?[:=]?[ ]?\d{6}m?[ ,;/]{1,3}[NY][ ]?[:=]?[ ]?\d{6,7}"
        r"|[NY][ ]?[:=]?[ ]?\d{7}m?[ ,;/]{1,3}[EX][ ]?[:=]?[ ]?\d{6})m?(?!\w)",
    ),
    (
        "zone",
        "grid reference",
        0.9,
        r"(?<!\w)(?:2[89]|3[01])[ ]?[P-R][ ]?[A-HJ-NP-Z]{2}[ ]?\d{3,5}[ ]?\d{3,5}(?!\w)",
    ),
    (
        "zone",
        "utm",
        0.9,
        r"(?<!\w)(?:2[89]|3[01])[ ]?[P-RN][ ]?0?\d{6}(?:[.,]\d{1,3})?m?E?[ ,;]{1,3}\d{7}(?:[.,]\d{1,3})?m?N?(?!\w)",
    ),
)
_PATTERNS = tuple(
    (sign, name, confidence, re.compile(pattern, re.IGNORECASE))
    for sign, name, confidence, pattern in _CASE_BLIND
)
_LINK, _UNIT = r"goo|maps|osm|\.org|waze|w3w|what", r"virgule|point|comma|degr|minute|second"
# What stands in every stretch that a pattern of this sign matches, and in few texts that hold no position.
_GATES = {
    sign: Gate.on(pattern)
    for sign, pattern in (
        ("decimal", r"\d[.,]\d\d"),
        ("degree", r"\d[ ]?[°º:]"),
        ("spaced", r"\d[ ]\d"),
        ("deg", r"\d[ ]?deg"),
        ("link", _LINK),
        ("geo", r"geo:"),
        ("slashes", r"///"),
        ("words", r"w3w|what"),
        ("plus", r"\+"),
        ("equals", r"x[ ]?[=:]"),
        ("zone", r"2[89]|3[01]"),
        ("unit", _UNIT),
        ("lettered", r"\d[ ]?d"),
        ("named", r"lat|lon|lng|gps|coord|position|g[eé]olocalisation"),
        ("read out", r"\d[ ](?:virgule|point)"),
        ("metres", r"[enxy][ ]?[:=]?[ ]?\d{6}"),
    )
}
# Patterns of these signs match without a digit; of the others each needs one of the shapes that open the second gate.
_WITHOUT_DIGIT = frozenset({"link", "slashes", "words", "plus", "unit"})
_ANY_WITHOUT_DIGIT = Gate.on(rf"{_LINK}|{_UNIT}|///|\+")
_ANY_WITH_DIGIT = Gate.on(
    r"\d(?:[.,]\d\d|[ ]?[°º:d]|[ ]\d|[ ](?:virgule|point)|\d{4})|geo:|(?:2[89]|3[01])[ ]?[np-r]"
)


def _signs(text: str) -> set[str]:
    """The signs of which a pattern may match."""
    with_digit, without = _ANY_WITH_DIGIT.is_open(text), _ANY_WITHOUT_DIGIT.is_open(text)
    if not (with_digit or without):
        return set()
    return {
        sign
        for sign, gate in _GATES.items()
        if (without if sign in _WITHOUT_DIGIT else with_digit) and gate.is_open(text)
    }


@cache
def _in_number_words() -> re.Pattern[str]:
    """`seize virgule deux sept nord … quatre ouest`, `quatorze degrés vingt-deux minutes nord …`."""
    words = sorted(number_words(), key=lambda word: (-len(word), word))
    number = rf"(?:(?:{'|'.join(words)}|z[ée]ro|\d{{1,3}})s?(?:[ \-]et)?[ \-]){{1,6}}"
    unit = r"(?:virgule|point|comma|degr[ée]s?|degrees?|minutes?|secondes?|seconds?)[ ]"
    fraction = rf"{unit}(?:{number}(?:{unit})?){{0,2}}"
    part = rf"(?:moins[ ]|minus[ ])?{number}{fraction}(?:de[ ])?(?:latitude[ ]|longitude[ ])?"
    return re.compile(rf"\b{part}{_COMPASS}(?:[ ,;]|et\b|and\b){{1,6}}{part}{_COMPASS}", re.IGNORECASE)


def find_coordinates(text: str) -> Iterator[Claim]:
    """Claims for positions exact enough to single out a house or a camp."""
    signs = _signs(text)
    if not signs:
        return
    if "unit" in signs:
        for match in _in_number_words().finditer(text):
            yield Claim(*match.span(), EntityLabel.COORD, 0.9, ("degrees in words",))
    for detector, confidence, pattern in (each[1:] for each in _PATTERNS if each[0] in signs):
        for match in pattern.finditer(text):
            end = match.start() + len(match.group().rstrip())
            yield Claim(match.start(), end, EntityLabel.COORD, confidence, (detector,))
