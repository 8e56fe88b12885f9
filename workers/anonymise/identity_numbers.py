"""Numbers of identity: NINA (law 06-040 of 2006: 14 digits and a letter), cards, passports, service numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.anonymise.digits import NUMBER_GATE
from workers.contracts import EntityLabel

_NINA = re.compile(r"(?<![^\W_])[12](?:[ .\-]?\d){13}[ .\-]?[^\W\d_](?![^\W_])")
_NINA_DIGITS = re.compile(r"(?<![^\W_])[12]\d{13}(?:\d)?(?![^\W_])")
_PASSPORT = re.compile(r"(?<![^\W_])[A-Z]{1,2}[ ]?\d{7}(?![^\W_])")
_ACCOUNT = re.compile(r"(?<![^\W_])ML\d{2}(?:[ ]?[A-Z0-9]{4}){5,7}(?:[ ]?[A-Z0-9]{1,3})?(?![^\W_])")
_REFERENCE = re.compile(
    r"(?<![\w/\-])[A-Z]{2,5}[\-/](?:[A-Z]{1,4}[\-/]\d{3,7}|\d{3,7}[\-/]\d{2,4})(?:[\-/](?:\d{2,4}|[A-Z]{2,5}))?(?![\w\-]|/\w)"
)
# A register's number, the office and often the year: `0217/TGI-MOP/2025`, `N° 88/PR/KTI`.
_REGISTER = re.compile(
    r"(?<![\w/\-])\d{1,6}[\-/][A-Z]{2,8}(?:[\-/.][A-Z]{1,8}){0,4}(?:[\-/.](?:19|20)?\d{2})?(?![\w]|[\-/]\w)"
    r"|(?<![\w/\-])(?:19|20)\d{2}[\-/]\d{1,6}[\-/][A-Z]{2,8}(?:[\-/][A-Z]{1,8}){0,4}(?![\w]|[\-/]\w)"
)
_CUE = re.compile(
    r"(?:\bnina\b|\bcni\b|\bcin\b|\bravec\b|carte\s(?:nina|nationale|d[’' ]?identit[eé]|biom[eé]tri\w{1,5}|consulaire"
    r"|d[’' ]?[eé]lecteur"
    r"|militaire|professionnelle|scolaire|de\ss[eé]jour|de\sr[eé]fugi[eé])|pi[eè]ce\sd[’' ]?identit[eé]|passe?ports?"
    r"|\bmatricules?\b|\bmle\b|permis"
    r"|\bacte\sde\snaissance|extrait\sde\snaissance|jugement\ssuppl[eé]tif|carnet\sde\sfamille|fiche\s(?:descriptive|individuelle|nina)"
    r"|\bid\s?card|identity\scard|\bid\s(?:number|no\b)|national\sid|service\snumber|driv\w{2,4}\slicen[cs]e|compte\sbancaire|\biban\b|\brib\b"
    r"|carte\sd[’' ]?[eé]leveur|carte\sde\s(?:membre|presse|service|p[eê]cheur|commer[cç]ant)"
    r"|dossier\s(?=n[°ºo]|[A-Z]{2})|n[°ºo]\s?(?:de\s)?titre|titre\sfoncier|\bpv\s(?=n|\d)"
    r"|r[eé]f(?:[eé]rence|\.)|r[eé]c[eé]piss[eé]|proc[eè]s[- ]verbal"
    r"|\b(?:plaintes?|affaire|mandats?|convocation|ordonnance|jugement|arr[eê]t|assignation|requ[eê]te|re[cç]u"
    r"|quittance|bulletin|[eé]crou|case\sfile|complaint|summons|receipt|voucher)\b[^\d\n.;]{0,20}?(?=\bn[°ºo]|\bnum|\bno\b)"
    r"|\br\.?[gp]\.?\s?(?=n|\d)|\bsim\s(?=n|\d)|\biccid\b|\bcompte\s(?=n[°ºo]|\d)|\bbadge\b|carte\s(?:du\s)?hcr|carte\s(?:bancaire|sim|de\scr[eé]dit|verte|grise)"
    r"|attestation|licence|agr[eé]ment|num[eé]ro\sd[’' ]?agent"
    r"|num[eé]ro\sd[’' ]?identi\w{2,10}|\bimei\b|dossier\sm[eé]dical|s[eé]curit[eé]\ssociale|\binps\b|\bamo\b)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[\s:.,#(=\-]{1,3}|n[°ºo]|n(?=[ :.])|num[eé]ro|nim[ɔo]r[ɔo]|num\b|no\b|number|est|is|ye|c[’']est"
    r"|portant|le\b|la\b|au\b|de\b|du\b|s[eé]rie|nationale?"
    r"|d[’' ]?identit[eé]|identity|biom[eé]trique|cedeao|mali\w{0,4}|militaire|ordinaire|diplomatique|son\b|mon\b"
    r"|sa\b|ma\b|avec|conduire|qui"
    r"|nina|num[eé]rot[eé]e?|holder|card|bearing|with){0,10}",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[^\W_](?:[^\W_]|[/\-.](?=[^\W_])|[ ](?=[A-Z0-9/\-]{0,12}\d)){2,30}")
_TAIL = re.compile(r"(?:[^\W_]|[/\-](?=[^\W_]))*(?:[ ][A-Z]{1,2}(?![^\W_]))?")
_FEWEST_DIGITS = 3
_DATE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})(?!\d)")
_OF_DATE = re.compile(r"\b(?:du|le|au|of|on)\s$")
_LONGEST_TAIL = 12


def find_identity_numbers(text: str) -> Iterator[Claim]:
    """Numbers recognised by their shape, or by the words that announce them."""
    if not NUMBER_GATE.is_open(text):
        return
    for detector, confidence, pattern in (
        ("nina", 0.97, _NINA),
        ("nina digits", 0.7, _NINA_DIGITS),
        ("passport", 0.8, _PASSPORT),
        ("account", 0.9, _ACCOUNT),
        ("reference", 0.7, _REFERENCE),
        ("register", 0.75, _REGISTER),
    ):
        for match in pattern.finditer(text):
            yield Claim(*match.span(), EntityLabel.ID, confidence, (detector,))
    yield from _announced(text)


def _announced(text: str) -> Iterator[Claim]:
    for cue in _CUE.finditer(text):
        lead = _LEAD.match(text, cue.end())
        value = _VALUE.match(text, lead.end() if lead else cue.end())
        if value and _is_long_enough(value) and not _is_its_date(text, value):
            yield Claim(value.start(), _trimmed_end(value), EntityLabel.ID, 0.95, ("announced",))


def _is_long_enough(value: re.Match[str]) -> bool:
    return sum(letter.isdigit() for letter in value.group()) >= _FEWEST_DIGITS


def _is_its_date(text: str, value: re.Match[str]) -> bool:
    """`la lettre du 12/03/2025`: when it was written, not its number."""
    return bool(_DATE.match(text, value.start()) and _OF_DATE.search(text, 0, value.start()))


def _trimmed_end(value: re.Match[str]) -> int:
    """End of the number, without a plain word that happened to follow it."""
    written = value.group()
    last_digit = value.start() + max(place for place, letter in enumerate(written) if letter.isdigit())
    tail = _TAIL.match(value.string, last_digit + 1, last_digit + _LONGEST_TAIL)
    return tail.end() if tail else last_digit + 1
