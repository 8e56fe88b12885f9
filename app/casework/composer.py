"""What the form for a question to the reporter says before anything is sent: may one write, when, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.starters import Starter, starters
from app.clock import utcnow
from app.languages import page_language
from app.messaging.contacts import Never, NotBefore, may_write
from app.messaging.policy import current_policy
from app.models import Case, Channel, Contact, Gateway, Report, ReportState


@dataclass(frozen=True, slots=True)
class Composer:
    """The form as it stands for one case.

    `refusal` is a code of why nothing may be written (`stopped`, `never`, `hours`), empty if one may;
    `not_before` when the person's hours begin; `price` is for one SMS in `currency`, 0 where nobody stated one.
    """

    is_by_phone: bool
    refusal: str = ""
    not_before: datetime | None = None
    has_cover: bool = False
    price: float = 0.0
    currency: str = ""
    starters: Sequence[Starter] = field(default=())


def composer(session: Session, case: Case) -> Composer | None:
    """How a question to the reporter of this case would go out; None when no report is left to answer to."""
    report = _report_to_answer(case)
    if report is None:
        return None
    begin = starters(report.language, page_language())
    if not Channel(report.channel).is_by_phone:
        return Composer(is_by_phone=False, starters=begin)
    contact = session.get(Contact, report.contact_id) if report.contact_id else None
    permission = may_write(contact, utcnow()) if contact else None
    return Composer(
        is_by_phone=True,
        refusal=permission.reason if isinstance(permission, Never) else "",
        not_before=permission.moment if isinstance(permission, NotBefore) else None,
        has_cover=contact.has_cover if contact else False,
        price=_price(session, report),
        currency=current_policy(session).currency,
        starters=begin,
    )


def _report_to_answer(case: Case) -> Report | None:
    """The latest report that was not withdrawn: the one `ask_reporter` answers to."""
    return next((each for each in reversed(case.reports) if each.state != ReportState.WITHDRAWN), None)


def _price(session: Session, report: Report) -> float:
    """What one SMS costs by the gateway the report came in by, else by the one that is preferred."""
    sending = select(Gateway).where(Gateway.is_enabled, Gateway.is_sending).order_by(Gateway.preference)
    found = session.scalars(sending).all()
    chosen = next((each for each in found if each.slug == report.gateway), None)
    if chosen is None and not report.gateway and found:
        chosen = found[0]
    return chosen.price_per_segment if chosen else 0.0
