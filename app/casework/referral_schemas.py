"""What the forms about referrals may hold, checked once."""

from __future__ import annotations

from marshmallow import fields, validate

from app.casework.schemas import AnswerIn, FormIn, Optional, PlainText, ReferralIn, one_of
from app.models import Disclosure

__all__ = ["AnswerIn", "ConflictIn", "DisclosureIn", "OverrideIn", "ReferralIn", "RemovalIn"]

_LONGEST_REASON = 2000


def _reason() -> PlainText:
    return PlainText(load_default="", validate=validate.Length(max=_LONGEST_REASON, error="text_long"))


class DisclosureIn(FormIn):
    """How much the organisation is shown."""

    disclosure = one_of(Disclosure)


class OverrideIn(ReferralIn):
    """A referral against what the reporter allowed: on what ground, why in one's own words, and confirmed."""

    ground = fields.String(load_default="")
    reason = _reason()
    confirmed = fields.Boolean(load_default=False)


class ConflictIn(FormIn):
    """Whom a case concerns: an organisation or a person, and why."""

    organisation = Optional(fields.UUID())
    person = Optional(fields.UUID())
    reason = _reason()


class RemovalIn(FormIn):
    """Why a case doesn't concern somebody after all."""

    reason = _reason()
