"""Telephone numbers that are not whole: masked in part (`76 12 xx 34`), an older one of six or seven digits, a link.

Half a number with a name beside it finds a person in a village. Before 2006 numbers in Mali had six digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.anonymise.digits import NUMBER_GATE
from workers.contracts import EntityLabel

_LINK = re.compile(
    r"(?:https?://)?(?:wa\.me/|(?:api|chat|web)\.whatsapp\.com/send/?\?phone=|whatsapp://send/?\?phone=|tel:)\+?\d{6,15}"
    r"(?:[?&][^\s,;<>\"']{0,200})?",
    re.IGNORECASE,
)
_HIDDEN = r"[xX*•#?_…]"
_PARTLY = re.compile(
    rf"(?<![\w+])(?:(?:\+|00)?223[ .\-]?)?[2-9]\d(?:[ .\-/]{{0,2}}(?:\d|{_HIDDEN})){{5,6}}(?![\w*])"
)
_FEWEST_SHOWN, _FEWEST_HIDDEN = 3, 2
_CUE = re.compile(
    r"(?:\bt[eé]l(?:[eé]phones?|[eé]fon\w{0,2})?|\bnum[eé]ros?|\bnum|\bnim[ɔo]r[ɔo]|\bappel\w{0,5}|\bwhats?app|\bcontact\w{0,4}"
    r"|\bjoindre|\bphone|\bcall|\bcel|\bligne|\bpuce|\d[ .\-]?\d\d\s(?:ou|et|or))\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"[^\w\n]{0,3}(?:(?:est|[eé]tait|is|was|c['’ ]?est|c['’ ]?[eé]tait|le|la|au|sur|mon|bien|l['’ ]?ancien"
    r"|ancienne?|num[eé]ro|du|de|at|on|commence par|finit par|se termine par)[^\w\n]{1,3}){0,4}",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"[2-9]\d(?:[ .\-/]?\d{2}){2}\d?(?![\w]|[ .\-/,]?\d)|[2-9]\d{2}[ .\-]\d{2}[ .\-]\d{2}(?![\w]|[ .\-/,]?\d)"
)
_OLD_AFTER = re.compile(r"[^\n]{0,40}?\b(?:ancien|old|autre)\w{0,4}\b[^\d\n]{0,20}", re.IGNORECASE)
_UNIT = re.compile(
    r"\s{0,2}(?:f\b|f?cfa\b|francs?|frs?\b|€|euros?|kg|km|m[eè]tres?|tonnes?|t[eê]tes|personnes|habitants|d[eé]plac|sacs|%|fois)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{2}[ .\-/](?:0[1-9]|1[0-2])[ .\-/]\d{2}")


def find_partial_phones(text: str) -> Iterator[Claim]:
    """Links that hold a number, numbers with letters or stars for digits, older numbers that words announce."""
    if not NUMBER_GATE.is_open(text):
        return
    for match in _LINK.finditer(text):
        yield Claim(*match.span(), EntityLabel.PHONE, 0.97, ("link",))
    for match in _PARTLY.finditer(text):
        if _is_partly_hidden(match.group()):
            yield Claim(*match.span(), EntityLabel.PHONE, 0.8, ("partly hidden",))
    yield from _old_numbers(text)


def _is_partly_hidden(written: str) -> bool:
    hidden = len(re.findall(_HIDDEN, written))
    return hidden >= _FEWEST_HIDDEN and sum(letter.isdigit() for letter in written) >= _FEWEST_SHOWN


def _old_numbers(text: str) -> Iterator[Claim]:
    for cue in _CUE.finditer(text):
        for lead in (_LEAD.match(text, cue.end()), _OLD_AFTER.match(text, cue.end())):
            number = _OLD.match(text, lead.end()) if lead else None
            if number and not _DATE.fullmatch(number.group()) and not _UNIT.match(text, number.end()):
                yield Claim(*number.span(), EntityLabel.PHONE, 0.75, ("older number",))
