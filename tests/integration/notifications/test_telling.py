"""Who hears of what, through the services that people and workers call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.casework import service
from app.casework.conclusions import Understanding, take_in_answer
from app.casework.telling import tell
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Case,
    Message,
    Notification,
    Organisation,
    OrganisationKind,
    ReferralState,
    Role,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.notifications.kinds import NoticeKind
from app.notifications.service import READ_KEPT, erase_old, forget_case, mark_read
from tests.integration.casework.desk import GENDARMES, PILLAGE, TEXT, refer, report_case

MakeUser = Callable[..., User]
CIVIL = OrganisationKind.CIVIL_SOCIETY


def waiting(user: User) -> list[str]:
    """The kinds that wait unread for a person."""
    db.session.rollback()
    statement = select(Notification.kind).where(
        Notification.user_id == user.id, Notification.read_at.is_(None)
    )
    return sorted(db.session.scalars(statement))


def colleague_of(make_user: MakeUser, user: User, role: Role = Role.MONITOR) -> User:
    """Another person of the same organisation."""
    return make_user(role=role, organisation=user.organisation)


def assign(by: User, case: Case, to: User) -> None:
    """Give a case to a colleague."""
    with transaction() as session:
        service.assign(session, session.get_one(User, by.id), case.id, to.id)


def test_whoever_is_given_a_case_hears_of_it_and_whoever_takes_one_does_not(make_user: MakeUser) -> None:
    supervisor = make_user(role=Role.SUPERVISOR)
    monitor = colleague_of(make_user, supervisor)
    case = report_case(PILLAGE)
    assign(supervisor, case, monitor)
    assign(supervisor, case, monitor)  # the same thing waits once
    assert waiting(monitor) == ["assigned"]
    assign(supervisor, case, supervisor)
    assert waiting(supervisor) == []


def test_an_urgent_case_reaches_the_desk_once_and_nobody_else(make_user: MakeUser) -> None:
    monitor, administrator = make_user(), make_user(role=Role.ADMINISTRATOR)
    partner = make_user(kind=CIVIL)
    report_case()
    assert [waiting(each) for each in (monitor, administrator, partner)] == [["urgent_case"], [], []]
    report_case(PILLAGE)  # not urgent
    assert waiting(monitor) == ["urgent_case"]


def test_a_referral_is_told_to_its_organisation_and_its_answer_to_whoever_sent_it(
    make_user: MakeUser,
) -> None:
    sender, bystander, partner = make_user(role=Role.SUPERVISOR), make_user(), make_user(kind=CIVIL)
    case = report_case(PILLAGE)
    with transaction() as session:
        user = session.get_one(User, sender.id)
        referral = service.refer(session, user, case.id, partner.organisation_id)
    assert waiting(partner) == ["referral_waiting"]
    with transaction() as session:
        user = session.get_one(User, partner.id)
        service.answer_referral(session, user, referral.id, ReferralState.ACCEPTED)
    assert (waiting(sender), waiting(bystander)) == (["referral_accepted"], [])


def test_an_organisation_that_a_case_names_hears_nothing_and_its_system_neither(
    make_user: MakeUser, make_organisation: Callable[..., Organisation]
) -> None:
    home = make_organisation(OrganisationKind.INSTITUTION, conflict_actors=["gendarmerie"])
    accused, desk = make_user(organisation=home), make_user()
    with transaction() as session:
        session.add(endpoint_of(home, accused))
    case = report_case(PILLAGE, GENDARMES)
    refer(case, accused)  # as if it had slipped through
    with transaction() as session:
        known = session.get_one(Case, case.id)
        for kind in NoticeKind:
            tell(session, kind, known, organisation=session.get_one(Organisation, home.id))
            tell(session, kind, known, user=session.get_one(User, accused.id))
        tell(session, NoticeKind.REFERRAL_OVERDUE, known)
    assert (waiting(accused), waiting(desk)) == ([], ["referral_overdue"])
    assert db.session.scalars(select(WebhookDelivery)).all() == []


def endpoint_of(home: Organisation, by: User) -> WebhookEndpoint:
    """An endpoint that hears of new referrals and answers."""
    return WebhookEndpoint(
        organisation_id=home.id,
        url="https://hooks.example/",
        kinds=["referral_waiting", "reporter_answered"],
        sealed_secret=b"sealed",
        created_by_id=by.id,
    )


def answer(case: Case) -> None:
    """A reporter's further message, as a worker takes it in."""
    with transaction() as session:
        known = session.get_one(Case, case.id)
        message = Message(direction="in", state="received", channel="sms", report_id=known.reports[0].id)
        session.add(message)
        session.flush()
        take_in_answer(session, known, message, None, Understanding(TEXT, "fra", b"sealed"))


def test_a_reporters_answer_reaches_who_works_on_the_case_and_who_accepted_it(make_user: MakeUser) -> None:
    supervisor, partner, other = make_user(role=Role.SUPERVISOR), make_user(kind=CIVIL), make_user(kind=CIVIL)
    with transaction() as session:
        session.add(endpoint_of(partner.organisation, supervisor))
    case = report_case(PILLAGE)
    refer(case, partner, ReferralState.ACCEPTED)
    refer(case, other, ReferralState.DECLINED)
    answer(case)
    assert [waiting(each) for each in (supervisor, partner, other)] == [
        ["reporter_answered"],
        ["reporter_answered"],
        [],
    ]
    monitor = colleague_of(make_user, supervisor)
    assign(supervisor, case, monitor)
    answer(case)
    assert waiting(monitor) == ["assigned", "reporter_answered"]
    delivery = db.session.scalars(select(WebhookDelivery)).first()
    assert delivery is not None
    assert delivery.kind == "reporter_answered"


def test_reading_frees_the_topic_and_deleting_a_case_forgets_what_waited(
    make_user: MakeUser,
) -> None:
    monitor = make_user()
    case = report_case()
    with transaction() as session:
        assert mark_read(session, session.get_one(User, monitor.id), case_id=case.id) == 1
    with transaction() as session:
        tell(session, NoticeKind.URGENT_CASE, session.get_one(Case, case.id))
    assert waiting(monitor) == ["urgent_case"]
    with transaction() as session:
        forget_case(session, case.id)
    assert db.session.scalars(select(Notification)).all() == []


def test_what_was_read_long_ago_is_deleted(make_user: MakeUser) -> None:
    monitor = make_user()
    report_case()
    with transaction() as session:
        mark_read(session, session.get_one(User, monitor.id))
    report_case()
    with transaction() as session:
        erase_old(session, utcnow() + READ_KEPT + timedelta(minutes=1))
    db.session.rollback()
    assert waiting(monitor) == ["urgent_case"]
    assert len(db.session.scalars(select(Notification)).all()) == 1
