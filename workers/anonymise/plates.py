"""Number plates: the series of 2024 (arrêté 2023-5150), the older ones, foreign ones where words announce a vehicle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.anonymise.digits import NUMBER_GATE
from workers.contracts import EntityLabel

_NEW = re.compile(
    r"(?<![^\W_])[A-Z]{2}[ .\-]?\d{3}[ .\-]?[A-Z]{2}(?:[ .\-]?(?:ML|[A-Z]?\d{1,2}|[A-Z]{1,2}\d))?(?![^\W_])"
)
_OLD = re.compile(r"(?<![^\W_])[A-Z]{1,2}[ .\-]?\d{4}[ .\-]?(?:MD|M\d|ML|[A-Z]{1,2}\d?)(?![^\W_])")
_CUE = re.compile(
    r"(?:plaque|immatricul\w{0,9}|\bplates?\b|licen[cs]e plate|num[eé]ro d[eu] (?:la )?(?:voiture|v[eé]hicule|moto)"
    r"|\bimmat\b|registr\w{2,9}"
    r"|voiture|v[eé]hicule|moto|pick-?up|camion|\bcar\b|taxi|land ?cruiser|toyota|hilux|djakarta|jakarta|mercedes"
    r"|sotrama|ambulance|pinasse|4x4|scooter|\bbus\b|\bquad\b|bajaj|kamyon|mobili|minibus|tricycle|truck"
    r"|\bn[°o]|num[eé]ro)",
    re.IGNORECASE,
)
_ANNOUNCING = re.compile(r"plaque|immat|plate|registr|num[eé]ro d", re.IGNORECASE)
_AFTER_CUE = re.compile(
    r"(?:[\s:.,#(«\"]{1,3}|n[°ºo]|num[eé]ro|est|is|sous le|[eé]tait|portant|de la|du|le|la|avec|number"
    r"|malienne?|burkinab[eèé]|burkina(?:\sfaso)?|nig[eé]rienne?|niger|s[eé]n[eé]galaise?|s[eé]n[eé]gal"
    r"|ivoirienne?|c[oô]te\sd[’' ]ivoire|guin[eé]enne?|guin[eé]e|mauritanienne?|mauritanie"
    r"|alg[eé]rienne?|alg[eé]rie|togolaise?|togo|[eé]trang[eè]re?){0,8}",
    re.IGNORECASE,
)
_TO_COLON = re.compile(r"[^\d.;!?:\n]{0,30}:\s?(?=[A-Z0-9])")
_ANY_SHAPE = re.compile(
    r"(?:[a-z]{1,3}[ .\-]?\d{2,5}(?:[ .\-]?[a-z]{1,2}\d?)?(?:[ .\-]?(?:ml|\d{1,2}))?"
    r"|\d{2,5}[ .\-]?[a-z]{1,3}(?:[ .\-]?\d{1,4})?(?:[ .\-]?[a-z]{1,2}\d?)?)(?![^\W_])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS_IN_CAPITALS = frozenset(
    [
        "LE",
        "LA",
        "DE",
        "DU",
        "EN",
        "ET",
        "A",
        "AU",
        "AN",
        "ON",
        "IL",
        "NI",
        "SI",
        "CE",
        "SE",
        "SA",
        "MA",
        "NE",
        "PAR",
        "EST",
        "OU",
        "UN",
        "MR",
    ]
)
_CUE_WINDOW = 45
_OLD_ENDING = "MD"


def find_plates(text: str) -> Iterator[Claim]:
    """Plates by shape, or by what announces them in any shape and case."""
    if not NUMBER_GATE.is_open(text):
        return
    for detector, pattern in (("series of 2024", _NEW), ("older series", _OLD)):
        for match in pattern.finditer(text):
            if not _is_date_in_capitals(match.group()):
                yield Claim(*match.span(), EntityLabel.PLATE, _confidence(text, match.start()), (detector,))
    yield from _announced(text)


def _confidence(text: str, start: int) -> float:
    return 0.97 if _CUE.search(text, max(0, start - _CUE_WINDOW), start) else 0.85


def _is_date_in_capitals(written: str) -> bool:
    """`EN 2023 LE…` in a shouted text has the shape of a plate; `AN 1998 MD` ends as only a plate does."""
    letters = re.findall(r"[A-Z]+", written)
    return bool(_YEAR.search(written)) and letters[0] in _WORDS_IN_CAPITALS and letters[-1] != _OLD_ENDING


def _announced(text: str) -> Iterator[Claim]:
    for cue in _CUE.finditer(text):
        between = _TO_COLON.match(text, cue.end()) or _AFTER_CUE.match(text, cue.end())
        match = _ANY_SHAPE.match(text, between.end() if between else cue.end())
        if match and match.start() > cue.end() and _is_plausible(cue.group(), match.group()):
            yield Claim(*match.span(), EntityLabel.PLATE, 0.85, ("announced",))


def _is_plausible(cue: str, written: str) -> bool:
    letters = "".join(letter for letter in written if letter.isalpha())
    digits = sum(letter.isdigit() for letter in written)
    if _ANNOUNCING.search(cue):
        return digits >= 3 and letters.upper() not in {"F", "FCFA", "CFA", "KM"}
    if _OLD.fullmatch(written.upper()) and written.upper().rstrip("0123456789").endswith(("MD", "M")):
        return True
    return (
        digits >= 4
        and letters.isupper()
        and letters not in {"F", "FCFA", "CFA", "KM"}
        and not _YEAR.match(written)
    )
