"""Dates of birth: a date or a year that words say someone was born on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.contracts import EntityLabel
from workers.gates import Gate

_MONTH = (
    r"(?:janv(?:ier)?|f[eé]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[eé]c(?:embre)?"
    r"|jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|august|september|october|november|december|zanwuye|feburuye|marisi|awirili|m[ɛe]kalo|zuw[ɛe]n"
    r"|zuluye|uti|s[ɛe]tanburu|[ɔo]kut[ɔo]buru|nowanburu|desanburu)\.?"
)
_CUE = (
    r"\b(?:n[.°]?(?=\sle\s\d)|n[eé]\(e\)s?|n[eé](?:e|·e)?s?|date\s(?:et\slieu\s)?de\snaissance|naissance|date\s(?:de\s)?naiss\.?|naiss\.?|vu\sle\sjour|ddn|d\.\s?n\.?(?=[\s:]{1,2}\d)|dn(?=[\s:]{1,2}\d)|born|birth|dob|d\.o\.b\.?|date\sof\sbirth|birthday"
    r"|anniversaire|bangera|wolola|bange(?:\sdon)?)(?![^\W_])"
)
_BETWEEN = (
    r"(?:[ \t:.,=()\-]{1,3}|\bvers\b|\bun\b|\bune\b|\baux\senvirons\sde\b|\bautour\sde\b|\bcourant\b"
    r"|\bprésumée?\b|\ble(?![^\W\d_])|\ben\b|\bon\b|\bin\b|\bthe\b|\baround\b|\best\b|\bis\b|\bdu\b|\bau\b"
    r"|\bà\s[^\W\d_]{2,20}|\bin\s[^\W\d_]{2,20}"
    r"|\bdate\b|\bsan\b|\bkalo\b|\bye\b|\bof\b|\bdon\b){0,8}"
)
_DATE = (
    r"(?:\d{1,2}(?:er|st|nd|rd|th)?[ ]?[./\-– ][ ]?(?:\d{1,2}|" + _MONTH + r")[ ]?[./\-–, ][ ]?\d{2,4}"
    r"|(?:premier|\d{1,2}(?:er|st|nd|rd|th)?)[ ](?:of[ ])?" + _MONTH + r"(?:[ ,]{1,2}\d{2,4})?"
    r"|" + _MONTH + r"[ ]\d{1,2}(?:st|nd|rd|th)?,?[ ]\d{4}"
    r"|\d{4}[./\-]\d{1,2}[./\-]\d{1,2}|(?:0?[1-9]|1[0-2])[./\-](?:19|20)\d{2}|"
    + _MONTH
    + r"[ ]\d{4}|(?:19|20)\d{2}|\d{8}"
    r"|(?<=\ben )['’]?[3-9]\d(?![ ]?[^\W\d_]{3}))(?!\d)"
)
_BORN = re.compile(f"{_CUE}{_BETWEEN}(?P<date>{_DATE})", re.IGNORECASE)
_AND_ANOTHER = re.compile(rf"[ ]?(?:,|et|and)[ ](?:(?:le|on|en|in)[ ])?(?P<date>{_DATE})", re.IGNORECASE)


_GATE = Gate.on_digit("premier")  # no date is written without


def find_birth_dates(text: str) -> Iterator[Claim]:
    """Claims over the date alone, so that `né le` stays readable."""
    if not _GATE.is_open(text):
        return
    for match in _BORN.finditer(text):
        yield Claim(*match.span("date"), EntityLabel.DOB, 0.95, ("born",))
        yield from _others(text, match.end())


def _others(text: str, end: int) -> Iterator[Claim]:
    """Dates told with the first: `nés le 12/02/2008 et le 3 mai 2010`."""
    while match := _AND_ANOTHER.match(text, end):
        yield Claim(*match.span("date"), EntityLabel.DOB, 0.9, ("born with",))
        end = match.end()
