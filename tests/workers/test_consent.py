"""What a reporter allows afterwards has its effect without anybody of the desk doing anything."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.clock import utcnow
from app.database import db
from app.intake import sharing
from app.intake.consent import LEAST, Consent
from app.intake.service import NewReport, submit
from app.models import Channel, Referral, ReferralState
from app.settings import Settings
from tests.workers.test_processing import add_rule

TEXT = "hier à Koro des hommes armés ont pris 20 boeufs et frappé un berger"


def test_allowing_it_later_has_the_rules_refer_the_case(settings: Settings, work: Callable[[], None]) -> None:
    organisation = add_rule("everything")
    receipt = submit(settings, NewReport(Channel.WEB, "one", {"text": TEXT}, utcnow(), consent=LEAST))
    work()
    assert db.session.scalars(select(Referral)).all() == []
    sharing.change(receipt.report_id, Consent(share_with=frozenset({organisation.kind})))
    work()
    states = db.session.execute(select(Referral.organisation_id, Referral.state)).all()
    assert [tuple(row) for row in states] == [(organisation.id, ReferralState.SENT)]
    sharing.change(receipt.report_id, LEAST)
    work()
    db.session.expire_all()
    assert db.session.scalars(select(Referral.state)).all() == [ReferralState.REVOKED]
