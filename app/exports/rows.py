"""The columns of an export and what each holds of a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.casework.wording import violation_label, word
from app.clock import BAMAKO
from app.models import Act, Case, FindingState
from app.reference import geography

Value = str | int | date | None
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what stands under it, and how wide it is in a spreadsheet (in characters)."""

    heading: LazyString
    value: Callable[[Case], Value]
    width: int = 16


def plain(text: str | None) -> str:
    """Text without what no file format can hold: control characters, halves of characters."""
    return _UNWRITABLE.sub(" ", (text or "").replace("\r\n", "\n").replace("\r", "\n"))


def _acts(case: Case) -> list[Act]:
    return sorted(case.acts, key=lambda act: (not act.is_main, act.violation_code))


def _violations(case: Case) -> list[str]:
    """Each kind of violation once, however many acts of it there were."""
    return list(dict.fromkeys(act.violation_code for act in _acts(case)))


def _codes(case: Case) -> str:
    return "; ".join(_violations(case))


def _labels(case: Case) -> str:
    return "; ".join(violation_label(code) for code in _violations(case))


def _actors(case: Case) -> str:
    codes = {
        str(found.current_value.get("code", ""))
        for found in case.findings
        if found.kind == "actor" and found.state != FindingState.REJECTED
    }
    return "; ".join(sorted(codes - {""}))


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(BAMAKO).date() if moment else None


def _precision(case: Case) -> str:
    return word(case.occurred_precision, "precision") if case.occurred_precision else ""


COLUMNS = (
    Column(lazy_gettext("Reference"), lambda case: case.reference, 11),
    Column(lazy_gettext("Violation codes"), _codes, 24),
    Column(lazy_gettext("Violations"), _labels, 36),
    Column(lazy_gettext("Region"), lambda case: geography.region_name(case.region_code) or ""),
    Column(lazy_gettext("Cercle"), lambda case: geography.cercle_name(case.cercle_code) or ""),
    Column(lazy_gettext("Place"), lambda case: plain(case.place_name)),
    Column(lazy_gettext("Occurred from"), lambda case: case.occurred_from, 12),
    Column(lazy_gettext("Occurred to"), lambda case: case.occurred_to, 12),
    Column(lazy_gettext("Precision of the date"), _precision, 12),
    Column(lazy_gettext("Urgency"), lambda case: word(case.urgency, "urgency"), 11),
    Column(lazy_gettext("Alleged authors (codes)"), _actors, 24),
    Column(lazy_gettext("Channel"), lambda case: word(case.channel, "channel"), 9),
    Column(lazy_gettext("Received on"), lambda case: _day(case.received_at), 12),
    Column(lazy_gettext("Verified on"), lambda case: _day(case.verified_at), 12),
    Column(
        lazy_gettext("Anonymised account"),
        lambda case: "" if case.is_held else plain(case.anonymised_text),
        80,
    ),
)
