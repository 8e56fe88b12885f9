"""A web report with ticks, from its sealing to the case page."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.intake.consent import chosen
from app.intake.service import NewReport, submit
from app.intake.submission import Answer, Submission
from app.models import (
    Case,
    Channel,
    Message,
    Organisation,
    OrganisationKind,
    Referral,
    Report,
    ReportState,
    Role,
    RoutingRule,
    User,
)
from app.settings import Settings
from workers import processing
from workers.processing import Keys

pytestmark = pytest.mark.slow

Work = Callable[[], None]
SHARED = chosen(may_ask=True, share_with=["cndh", "civil_society", "institution"], with_identity=False)


def report(settings: Settings, text: str, **answers: Answer) -> None:
    content = Submission(text=text, when="hier", where="Koro", answers=answers).as_content()
    submit(settings, NewReport(Channel.WEB, uuid.uuid4().hex, content, utcnow(), consent=SHARED))


def only_case() -> Case:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Case)).one()


def test_ticks_become_findings_and_codes_and_the_case_page_shows_them(
    settings: Settings,
    work: Work,
    keys: Keys,
    client: FlaskClient,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> None:
    report(
        settings,
        "mon frère Amadou Traoré n'est plus là",
        danger="yes",
        what=["abduction"],
        harm=["abducted"],
        abducted="2",
        women="unknown",
    )
    work()
    case = only_case()
    assert case.urgency == 3
    assert [act.violation_code for act in case.acts if act.is_main] == ["abduction"]
    message = db.session.scalars(select(Message)).one()
    given = {"danger": "yes", "what": ["abduction"], "harm": ["abducted"], "abducted": 2, "women": "unknown"}
    assert message.answers == {"version": 0, "given": given}
    assert "Victimes, selon ce qui a été coché : 2 personnes emmenées" in case.anonymised_text
    ticked = [finding for finding in case.findings if finding.rule == "reporter's answer"]
    assert ticked
    assert all("ticked it in the form" in finding.explanation["en"] for finding in ticked)
    for finding in ticked:
        assert all(0 <= start < end <= len(message.anonymised_text or "") for start, end in finding.evidence)
    processing.process_report(keys, db.session.scalars(select(Report.id)).one())
    assert only_case().urgency == 3
    sign_in(client, make_user(role=Role.MONITOR))
    page = client.get(f"/desk/cases/{case.id}").text
    panel = page.split('id="ticked"', 1)[1].split("</section>", 1)[0]
    for words in (
        "How many people taken away",
        "People kidnapped",
        "I don’t know",
        "May be asked more",
        "CNDH",
    ):
        assert words in panel, words


def test_who_is_named_by_kind_is_kept_from_everybody_of_that_kind(settings: Settings, work: Work) -> None:
    with transaction() as session:
        for name, conflicts in (("Police inspection", ["police"]), ("Herders", ["company"])):
            organisation = Organisation(id=uuid.uuid4(), name=name, kind=OrganisationKind.INSTITUTION)
            organisation.conflict_actors = conflicts
            session.add(organisation)
            session.flush()
            session.add(RoutingRule(name=name, organisation_id=organisation.id, violations=["torture"]))
    report(settings, "ils ont frappé les gens", what=["torture"], who=["state"])
    work()
    only_case()
    referred = db.session.scalars(select(Organisation.name).join(Referral)).all()
    assert referred == ["Herders"]


def test_answers_are_gone_from_the_page_with_the_report(
    settings: Settings,
    work: Work,
    client: FlaskClient,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> None:
    report(settings, "on a volé les boeufs", what=["pillage"])
    work()
    case_id = only_case().id
    with transaction() as session:
        session.scalars(select(Report)).one().state = ReportState.WITHDRAWN
    sign_in(client, make_user(role=Role.MONITOR))
    assert 'id="ticked"' not in client.get(f"/desk/cases/{case_id}").text
