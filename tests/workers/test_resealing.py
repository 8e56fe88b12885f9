"""Once a report has settled, workers can't open it any more, its organisations can, and the machine goes on working."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.casework.masking import ask_unmasking, mask_words
from app.casework.tokens import MaskLabel
from app.clock import utcnow
from app.database import db, transaction
from app.intake import additions
from app.intake.erasing import erase_report
from app.intake.uploads import append, attach, begin
from app.models import (
    Arrival,
    Attachment,
    AttachmentState,
    AuditEntry,
    Case,
    Contact,
    CorrectionState,
    MaskCorrection,
    Message,
    Organisation,
    OrganisationKind,
    OwedWork,
    Referral,
    Report,
    ReportKey,
    ReportKeyShare,
    ReportState,
    RoutingRule,
    Upload,
    UploadPiece,
    User,
)
from app.queue import JobName
from app.safe.opening import open_bytes, open_mapping, ring, sealed_under
from app.safe.resealing import owe_backlog
from app.safe.returning import erase_returned, hand_back
from app.sealing import key_id, seal, seal_bytes
from app.settings import Settings
from tests.conftest import INTAKE_KEY
from tests.workers.attachments.arrived import framed
from tests.workers.safekeeping import DESK, make_safe, report_private
from tests.workers.test_processing import accept
from workers import resealing
from workers.opening import CannotOpen, open_sealed
from workers.processing import Keys, process_report
from workers.resealing import files, reseal_report

pytestmark = pytest.mark.slow
Work = Callable[[], None]
INTAKE = bytes(INTAKE_KEY.public_key)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Reports settle at once."""
    return replace(settings, reseal_after_minutes=0)


@pytest.fixture
def member(make_user: Callable[..., User]) -> User:
    """A monitor of the desk, which has a safe that they can open."""
    user = make_user()
    make_safe(user)
    return user


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def messages() -> list[Message]:
    fresh()
    return list(
        db.session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at))
    )


def sealed_values() -> Iterator[bytes]:
    """Every sealed value of what reporters gave, but their numbers."""
    fresh()
    for table in db.metadata.sorted_tables:
        if table.name in {"contact", "user_key", "organisation_key", "key_grant", "report_key_share"}:
            continue
        for row in db.session.execute(select(table)):
            yield from (bytes(value) for value in row if isinstance(value, bytes) and sealed_under(value))


def under_intake() -> list[bytes]:
    return [each for each in sealed_values() if sealed_under(each) == key_id(INTAKE)]


def test_a_settled_report_is_the_organisations_and_no_longer_the_workers(
    settings: Settings, keys: Keys, work: Work, member: User
) -> None:
    accept(settings)
    work()
    (message,) = messages()
    assert under_intake() == []
    for sealed in (message.sealed_content, message.sealed_tokens):
        with pytest.raises(CannotOpen):
            open_sealed(keys.workers, sealed or b"")
    opened = ring(report_private())
    content = open_mapping(opened, message.sealed_content or b"")
    assert "Amadou Traoré" in content["text"]
    assert "+22376999999" not in str(content)  # the number is the workers' alone, to answer
    assert open_mapping(opened, message.sealed_tokens or b"")["[PERSONNE-1]"] == "Amadou Traoré"
    contact = db.session.scalars(select(Contact)).one()
    assert open_sealed(keys.workers, contact.sealed_address) == {"address": "+22376999999"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "safe.report_resealed")).one()
    assert entry.detail == {"values": 2}


def test_a_second_run_changes_nothing(settings: Settings, keys: Keys, work: Work, member: User) -> None:
    accept(settings)
    work()
    before = sorted(sealed_values())
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    report = db.session.scalars(select(Report.id)).one()
    assert reseal_report(keys, report) is None
    assert reseal_report(keys, uuid.uuid4()) is None  # nor does one of what isn't there
    assert sorted(sealed_values()) == before
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_a_rule_that_more_consent_lets_through_needs_no_key(
    settings: Settings,
    keys: Keys,
    work: Work,
    member: User,
    make_organisation: Callable[..., Organisation],
) -> None:
    accept(settings)
    work()
    receiver = make_organisation(OrganisationKind.CNDH)
    with transaction() as session:
        session.add(RoutingRule(name="All", organisation_id=receiver.id, minimum_confidence=0.1))
    process_report(keys, db.session.scalars(select(Report.id)).one())
    fresh()
    assert db.session.scalars(select(Referral.organisation_id)).all() == [receiver.id]


def test_without_a_key_of_the_desk_all_stays_as_it_is_until_it_has_one(
    settings: Settings, keys: Keys, work: Work, make_user: Callable[..., User]
) -> None:
    partner = make_user(kind=OrganisationKind.CIVIL_SOCIETY)
    make_safe(partner)
    accept(settings)
    work()
    assert db.session.scalars(select(OwedWork).where(OwedWork.job == JobName.RESEAL_REPORT)).all() == []
    (message,) = messages()
    assert open_sealed(keys.workers, message.sealed_content or b"")
    make_safe(make_user(), member=DESK, private=DESK)
    resealing.tidy_up()
    work()
    assert under_intake() == []
    assert report_private()  # it is the desk's, and nobody else's
    assert db.session.scalar(select(func.count()).select_from(ReportKeyShare)) == 1
    with transaction() as session:
        assert owe_backlog(session) == 0


def test_until_it_has_settled_late_parts_still_find_it_open(
    settings: Settings, keys: Keys, work: Work, member: User, app: Flask
) -> None:
    app.extensions["seere_settings"] = replace(settings, reseal_after_minutes=60)
    receipt = accept(settings)
    work()
    (message,) = messages()
    assert open_sealed(keys.workers, message.sealed_content or b"")
    owed = db.session.scalars(select(OwedWork).where(OwedWork.job == JobName.RESEAL_REPORT)).one()
    assert timedelta(minutes=55) < owed.available_at - utcnow() <= timedelta(minutes=60)
    assert reseal_report(keys, receipt.report_id) is not None
    assert db.session.scalars(select(ReportKey)).all() == []


def test_what_could_not_be_made_safe_is_given_away_too(
    settings: Settings, keys: Keys, work: Work, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.understanding.understand", lambda *_, **__: 1 / 0)
    accept(settings)
    work()
    (message,) = messages()
    assert message.anonymised_text is None
    assert under_intake() == []
    assert "Amadou" in open_mapping(ring(report_private()), message.sealed_content or b"")["text"]


@pytest.mark.parametrize("mention", ["S. Koné", "Seydou Kone", "Koné Seydou"])
def test_later_messages_know_the_same_person_by_marks_alone(
    settings: Settings, keys: Keys, work: Work, member: User, mention: str
) -> None:
    receipt = accept(settings, text="Seydou Koné a été arrêté à Mopti, appelez 76 12 34 56")
    work()
    assert under_intake() == []
    additions.add(settings, receipt.report_id, f"{mention} est libre, son numéro est le 76123456", "t" * 20)
    work()
    assert under_intake() == []
    text = messages()[1].anonymised_text or ""
    assert ("[PERSONNE-1]" in text, "[PERSONNE-2]" in text, "[TELEPHONE-1]" in text) == (True, False, True)
    assert db.session.scalar(select(func.count()).select_from(ReportKey)) == 1  # one key for all of it


def test_a_mask_by_a_person_is_known_by_its_mark_too(settings: Settings, work: Work, member: User) -> None:
    receipt = accept(settings, text="zorbila et Amadou Traoré étaient au marché de Koro hier")
    work()
    with transaction() as session:
        case = session.scalars(select(Case)).one()
        message = session.scalars(select(Message)).one()
        token = mask_words(session, member, case.id, message.id, "zorbila", MaskLabel.PERSON).token
    work()
    assert under_intake() == []
    additions.add(settings, receipt.report_id, "Zorbila est revenu hier avec Amadou Traoré", "t" * 20)
    work()
    later = messages()[1].anonymised_text or ""
    assert token in later
    assert "[PERSONNE-1]" in later


def test_reading_again_what_was_given_away_leaves_it_as_it_is(
    settings: Settings, keys: Keys, work: Work, member: User
) -> None:
    receipt = accept(settings)
    work()
    before = messages()[0].anonymised_text
    process_report(keys, receipt.report_id)
    fresh()
    assert messages()[0].anonymised_text == before
    assert db.session.scalars(select(Report)).one().state != ReportState.NEEDS_PERSON


def test_handed_back_by_a_member_it_is_read_once_more_and_given_away_again(
    settings: Settings,
    keys: Keys,
    work: Work,
    make_user: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = make_user()
    opened = make_safe(user)
    accept(settings)
    work()
    monkeypatch.setattr("app.safe.returning.unlocked", lambda: opened)
    with transaction() as session:
        case, message = session.scalars(select(Case)).one(), session.scalars(select(Message)).one()
        asked = ask_unmasking(session, user, case.id, message.id, "[PERSONNE-1]", is_confirmed=True)
    assert db.session.scalars(select(ReportKey)).one().returned_by_id == user.id
    work()
    (message,) = messages()
    assert db.session.get_one(MaskCorrection, asked.id).state == CorrectionState.DONE
    assert "Amadou Traoré" in (message.anonymised_text or "")
    assert under_intake() == []
    key = db.session.scalars(select(ReportKey)).one()
    assert (key.returned_private, key.returned_until) == (None, None)
    assert "[PERSONNE-1]" not in str(message.token_marks)


def test_what_was_handed_back_is_erased_after_half_an_hour(
    settings: Settings, work: Work, make_user: Callable[..., User]
) -> None:
    user = make_user()
    opened = make_safe(user)
    receipt = accept(settings)
    work()
    with transaction() as session:
        hand_back(session, user, opened, receipt.report_id)
        assert erase_returned(session, utcnow() + timedelta(minutes=29)) == 0
        assert erase_returned(session, utcnow() + timedelta(minutes=31)) == 1
    assert db.session.scalars(select(ReportKey)).one().returned_private is None


def attached(settings: Settings, content: bytes, *, on_phone: bool, work: Work) -> uuid.UUID:
    """A picture's bytes that came in pieces with a report; the attachment's id."""
    accept(settings)
    work()
    sent = framed(content, 300_000) if on_phone else content
    new = begin(settings, len(sent), was_sealed_on_phone=on_phone)
    append(settings, new.token, 0, io.BytesIO(sent))
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        attach(session, settings, message, [new.token])
        file = session.scalars(select(Attachment)).one()
        file.state, file.content_type = AttachmentState.KEPT, "image/jpeg"
        file.sealed_copy = seal({"bytes": "eA==", "content_type": "image/jpeg"}, INTAKE)
        file.sealed_details, file.sealed_preview = seal({"place": "x"}, INTAKE), seal_bytes(b"small", INTAKE)
        session.execute(update(OwedWork).values(done_at=utcnow()))
        return file.id


@pytest.mark.parametrize("on_phone", [False, True])
def test_files_are_given_away_piece_by_piece_and_what_a_phone_sealed_is_opened_on_the_way(
    settings: Settings, keys: Keys, work: Work, member: User, on_phone: bool
) -> None:
    content = bytes(range(256)) * 3000
    attachment_id = attached(settings, content, on_phone=on_phone, work=work)
    before = db.session.get_one(Attachment, attachment_id).upload_id
    report = db.session.scalars(select(Report.id)).one()
    assert reseal_report(keys, report) is None
    assert under_intake() == []
    file = db.session.get_one(Attachment, attachment_id)
    opened = ring(report_private())
    pieces = db.session.scalars(
        select(UploadPiece).where(UploadPiece.upload_id == file.upload_id).order_by(UploadPiece.sequence)
    ).all()
    assert b"".join(open_bytes(opened, piece.sealed) for piece in pieces) == content
    assert open_mapping(opened, file.sealed_details or b"") == {"place": "x"}
    assert open_bytes(opened, file.sealed_preview or b"") == b"small"
    assert file.upload_id != before
    assert db.session.scalars(select(Upload.id)).all() == [file.upload_id]


def test_killed_in_the_middle_of_a_file_the_next_run_finishes(
    settings: Settings, keys: Keys, work: Work, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 3000
    attachment_id = attached(settings, content, on_phone=False, work=work)
    report = db.session.scalars(select(Report.id)).one()
    with monkeypatch.context() as patch:
        patch.setattr(files, "_take_its_place", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reseal_report(keys, report)
    fresh()
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 2
    reseal_report(keys, report)
    assert under_intake() == []
    file = db.session.get_one(Attachment, attachment_id)
    assert db.session.scalar(select(func.count()).where(UploadPiece.upload_id == file.upload_id)) == 3


def test_nothing_is_given_away_while_somebody_is_about_to_read_it(
    settings: Settings, keys: Keys, work: Work, member: User
) -> None:
    receipt = accept(settings)
    with transaction() as session:
        session.execute(update(OwedWork).values(claimed_until=utcnow() + timedelta(hours=1)))
    assert reseal_report(keys, receipt.report_id) is not None
    assert db.session.scalars(select(ReportKey)).all() == []


def test_what_a_gateway_handed_over_is_emptied(
    settings: Settings, keys: Keys, work: Work, member: User
) -> None:
    accept(settings)
    work()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        session.add(
            Arrival(
                gateway="twilio",
                kind="text",
                reference=b"r" * 32,
                received_at=utcnow(),
                outcome="added",
                message_id=message.id,
                done_at=utcnow(),
                sealed_content=seal({"text": "Amadou", "sender": "+22376999999"}, INTAKE),
            )
        )
    reseal_report(keys, db.session.scalars(select(Report.id)).one())
    assert under_intake() == []
    assert db.session.scalars(select(Arrival.sealed_content)).one() == b""


def test_an_erased_report_leaves_neither_marks_nor_shares_that_open_it(
    settings: Settings, keys: Keys, work: Work, member: User
) -> None:
    receipt = accept(settings)
    work()
    erase_report(receipt.report_id)
    (message,) = messages()
    assert (message.sealed_content, message.sealed_tokens, message.token_marks) == (None, None, None)
    assert reseal_report(keys, receipt.report_id) is None
    assert db.session.scalars(select(ReportKeyShare)).all() == []
