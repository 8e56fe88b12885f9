"""By what cases are counted, and which of them are counted at all."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from app.models import SPAM, Case


class Breakdown(StrEnum):
    """By what cases are counted; what the two values of a cell are."""

    CHANNEL = "channel"  # channel
    LANGUAGE = "language"  # language
    PLACE = "place"  # region, cercle
    VIOLATION = "violation"  # kind of violation: a case counts once for each that it has
    ACTOR = "actor"  # category of an alleged author, likewise
    RECEIVED = "received"  # on the day
    CLOSED = "closed"  # on the day it was last closed, of those that are closed
    REFERRAL = "referral"  # state, organisation: counts referrals
    FINDING = "finding"  # kind, what a person made of it, on the first of that month: counts findings


def is_counted() -> tuple[ColumnElement[bool], ...]:
    """Conditions on cases: not gone on in another one, not withdrawn, not spam."""
    return Case.merged_into_id.is_(None), Case.is_withdrawn.is_(False), Case.closed_as != SPAM
