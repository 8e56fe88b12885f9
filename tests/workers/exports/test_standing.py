"""Between making and taking somebody takes back what they said: the file goes, and nobody is told what changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from sqlalchemy import select, update

from app.audit import Action
from app.database import db, transaction
from app.exports import members
from app.exports.keeping import exports_root
from app.exports.standing import is_outdated
from app.models import (
    AuditEntry,
    Case,
    CaseConflict,
    CaseEvent,
    ExportPreview,
    ExportRecord,
    ExportState,
    Notification,
    OrganisationKind,
    PreviewState,
    Report,
    Role,
    User,
)
from app.settings import Settings
from tests.integration.casework.desk import KORO, PILLAGE, report_case
from tests.workers.exports.asked import report_of
from tests.workers.exports.test_making import VERIFIED, ask, record_of
from workers.exports import making, previewing, tidying
from workers.processing import Keys

Change = Callable[[Any, uuid.UUID, ExportRecord], None]


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """The workers' keys with one to sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=SigningKey(b"e" * 32)))


@pytest.fixture
def desk(
    app: Flask, make_user: Callable[..., User], sign_in: Callable[..., None]
) -> tuple[FlaskClient, User]:
    """An analyst of the desk, with a second factor given."""
    user, client = make_user(role=Role.ANALYST), app.test_client()
    sign_in(client, user)
    with client.session_transaction(path="/desk") as session:
        session["is_strong"] = True
    return client, user


def changed(**columns: Any) -> Change:
    return lambda session, case_id, _: session.execute(
        update(Case).where(Case.id == case_id).values(**columns)
    )


def concerned(session: Any, case_id: uuid.UUID, record: ExportRecord) -> None:
    organisation = record.recipient_organisation_id
    session.add(CaseConflict(case_id=case_id, organisation_id=organisation, source="person"))


def happened(kind: str) -> Change:
    return lambda session, case_id, _: session.add(CaseEvent(case_id=case_id, kind=kind))


def refused(session: Any, case_id: uuid.UUID, _: ExportRecord) -> None:
    session.execute(update(Report).where(Report.case_id == case_id).values(consent={"share_with": []}))


CHANGES: dict[str, Change] = {
    "withdrawn": changed(is_withdrawn=True),
    "found false": changed(verification="false"),
    "merged away": lambda session, case_id, _: session.execute(
        update(Case).where(Case.id == case_id).values(merged_into_id=case_id)
    ),
    "erased": lambda session, case_id, _: session.execute(
        update(Case).where(Case.id == case_id).values(number=999_999)
    ),
    "concerns the recipient": concerned,
    "consent taken back": refused,
    "one of its reports withdrawn": happened("report_withdrawn"),
    "words hidden": happened("words_masked"),
}


def test_a_file_goes_when_a_case_in_it_must_not_go_out_any_more(
    desk: tuple[FlaskClient, User], make_user: Callable[..., User], settings: Settings, keys: Keys
) -> None:
    client, user = desk
    recipient = make_user(kind=OrganisationKind.CNDH).organisation_id
    case = report_case(PILLAGE, KORO, **VERIFIED)
    case_id = case.id
    report_of(case_id, {"share_with": ["cndh"]})
    export_id, other_id = (ask(user, recipient_organisation_id=recipient) for _ in range(2))
    for each in (export_id, other_id):
        making.make(keys, each)
    report_case(PILLAGE, is_withdrawn=True, **VERIFIED)  # what was never in it changes nothing
    session = db.session()
    assert not is_outdated(session, record_of(export_id))
    for name, change in CHANGES.items():
        record = record_of(export_id)
        change(session, case_id, record)
        session.flush()
        assert is_outdated(session, record), name
        session.rollback()
    address = f"/desk/exports/{export_id}/file"
    begun = client.get(address, headers={"Range": "bytes=0-9"})
    assert begun.status_code == 206
    with transaction() as writing:
        changed(is_withdrawn=True)(writing, case_id, record_of(export_id))
    answer = client.get(address, headers={"Range": "bytes=10-"})  # not even the rest of it
    assert (answer.status_code, "Something in it has changed" in answer.text) == (422, True)
    assert "withdr" not in answer.text.lower()
    record = record_of(export_id)
    assert (record.state, record.failure, record.sealed_key) == (ExportState.CANCELLED, "outdated", None)
    assert "New export" in client.get(f"/desk/exports/{export_id}").text
    assert tidying.tidy(settings) == 1  # the other one goes without being asked for
    assert (record_of(other_id).state, record_of(other_id).members) == (ExportState.CANCELLED, None)
    assert list(exports_root(settings).iterdir()) == []
    told = select(Notification.kind).where(Notification.user_id == user.id)
    assert "export_outdated" in db.session.scalars(told).all()
    entry = select(AuditEntry).where(AuditEntry.action == Action.EXPORT_CANCELLED)
    assert [each.detail for each in db.session.scalars(entry)] == [{"reason": "outdated"}] * 2


def test_what_kills_its_worker_three_times_is_given_up(
    desk: tuple[FlaskClient, User], settings: Settings, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, user = desk
    report_case(PILLAGE, **VERIFIED)
    export_id = ask(user)

    def killed(*_: object) -> None:
        raise SystemExit

    with transaction() as session:
        wanted = {"period": "verified"}
        preview = ExportPreview(user_id=user.id, level="cndh", asked=wanted)
        session.add(preview)
        session.flush()
        preview_id = preview.id
    with monkeypatch.context() as patch:
        patch.setattr(making, "_release", killed)
        patch.setattr(previewing, "release_for", killed)
        for _ in range(3):
            for make, each in ((making.make, export_id), (previewing.work_out_preview, preview_id)):
                with pytest.raises(SystemExit):
                    make(keys, each)
                db.session.rollback()
    making.make(keys, export_id)
    previewing.work_out_preview(keys, preview_id)
    record = record_of(export_id)
    assert (record.state, record.failure) == (ExportState.FAILED, "given_up")
    assert list(exports_root(settings).iterdir()) == []
    assert "broke off three times" in client.get(f"/desk/exports/{export_id}").text
    found = db.session.get_one(ExportPreview, preview_id)
    assert (found.state, found.result["refusal"]) == (PreviewState.DONE, "given_up")


def test_damaged_members_are_told() -> None:
    assert list(members.unpacked(members.packed([3, 1, 2]))) == [1, 2, 3]
    with pytest.raises(ValueError, match="damaged"):
        members.unpacked(b"nothing")
