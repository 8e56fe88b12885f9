"""From what was asked for to the file in the hands of who asked: made by a real worker, sealed, taken in parts."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from nacl.signing import SigningKey
from sqlalchemy import select

from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.exports import asking, previewing
from app.exports.asking import NewExport
from app.exports.keeping import exports_root
from app.exports.levels import Level
from app.models import (
    AuditEntry,
    ExportKind,
    ExportPreview,
    ExportRecord,
    ExportState,
    Notification,
    PreviewState,
    Role,
    User,
)
from app.safe import user_keys
from app.settings import Settings
from tests.conftest import csrf_token
from tests.integration.casework.desk import KORO, PILLAGE, report_case
from workers.exports import making, tidying
from workers.exports.formats import WRITERS
from workers.processing import Keys

VERIFIED: dict[str, Any] = {"verification": "verified", "verified_at": utcnow()}
Enter = Callable[[], tuple[FlaskClient, User]]


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """The workers' keys with one to sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=SigningKey(b"e" * 32)))


@pytest.fixture
def enter(app: Flask, make_user: Callable[..., User], sign_in: Callable[..., None]) -> Enter:
    """An analyst of the desk, whose sign-in gave a key pair; with a second factor given."""

    def make() -> tuple[FlaskClient, User]:
        user, client = make_user(role=Role.ANALYST), app.test_client()
        sign_in(client, user)
        with client.session_transaction(path="/desk") as session:
            session["is_strong"] = True
        return client, user

    return make


def ask(user: User, **changed: Any) -> uuid.UUID:
    new = {
        "kind": ExportKind.CASES,
        "level": Level.CNDH,
        "file_format": "csv",
        "language": "en",
        "purpose": "For the annual report",
        "recipient": "CNDH",
        "filters": {"period": "verified"},
        **changed,
    }
    with transaction() as session:
        return asking.ask(session, session.get_one(User, user.id), NewExport(**new)).id


def record_of(export_id: uuid.UUID) -> ExportRecord:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(ExportRecord, export_id)


def actions(export_id: uuid.UUID) -> list[str]:
    entries = select(AuditEntry.action).where(AuditEntry.subject == f"export:{export_id}")
    return list(db.session.scalars(entries.order_by(AuditEntry.sequence)))


def folders(settings: Settings) -> list[Path]:
    return sorted(exports_root(settings).iterdir())


def rows(package: bytes) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert {"manifest.json", "manifest.json.minisig"} < set(archive.namelist())
        text = archive.read("cases.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_export_is_made_sealed_taken_in_parts_and_erased(
    enter: Enter, settings: Settings, work: Callable[[], None]
) -> None:
    client, user = enter()
    cases = [report_case(PILLAGE, KORO, **VERIFIED) for _ in range(3)]
    report_case(PILLAGE)  # nobody verified it
    report_case(PILLAGE, KORO, needs_person="unsafe_addition", **VERIFIED)  # it waits to be read
    with transaction() as session:
        wanted = {
            "level": "cndh",
            "period": "verified",
            "verification": "verified",
            "view": None,
            "recipient_organisation": None,
        }
        preview_id = previewing.propose(session, session.get_one(User, user.id), wanted).id
    export_id = ask(user)
    work()
    preview = db.session.get_one(ExportPreview, preview_id, populate_existing=True)
    outlook = previewing.outlook_of(preview)
    assert (preview.state, outlook.rows, outlook.alone) == (PreviewState.DONE, 3, 0)
    assert [(each.violation, each.cases) for each in outlook.small] == [("pillage", 4)]
    assert outlook.withheld[0] == {"reason": "held", "count": 1, "field": ""}
    record = record_of(export_id)
    assert (record.state, record.row_count, record.failure) == (ExportState.READY, 3, "")
    waiting = select(Notification.kind).where(Notification.user_id == user.id)
    assert "export_ready" in db.session.scalars(waiting).all()
    (folder,) = folders(settings)
    assert [path.name for path in folder.iterdir()] == ["sealed"]  # and nothing plain
    assert folder.stat().st_mode & 0o777 == 0o700

    address = f"/desk/exports/{export_id}/file"
    other, _ = enter()
    assert other.get(address).status_code == 404
    broken = client.get(address, headers={"Range": "bytes=0-99"}, buffered=True)
    assert (broken.status_code, len(broken.data)) == (206, 100)
    assert record_of(export_id).state == ExportState.READY
    etag = {"If-Range": broken.headers["ETag"]}
    rest = client.get(address, headers={"Range": "bytes=100-", **etag}, buffered=True)
    assert rest.headers["Content-Range"].startswith("bytes 100-")
    whole = broken.data + rest.data
    assert hashlib.sha256(whole).digest() == record.sha256
    assert "no-store" in rest.headers["Cache-Control"]
    expected = [case.reference for case in cases]
    assert [row["Reference"] for row in rows(whole)] == expected
    changed = client.get(address, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, whole)
    assert client.get(address, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416

    taken = record_of(export_id)
    assert taken.state == ExportState.TAKEN
    assert taken.expires_at is not None
    assert taken.expires_at < utcnow() + timedelta(hours=25)
    assert actions(export_id).count(Action.EXPORT_TAKEN) == 3
    with transaction() as session:
        session.get_one(ExportRecord, export_id).expires_at = utcnow() - timedelta(seconds=1)
    assert client.get(address).status_code == 422  # already before the sweep
    assert tidying.tidy(settings) == 1
    assert folders(settings) == []
    assert (record_of(export_id).state, record_of(export_id).sealed_key) == (ExportState.TAKEN, None)
    assert actions(export_id)[-1] == Action.EXPORT_ERASED


def test_one_at_a_time_a_person_and_a_killed_worker_leaves_nothing(
    enter: Enter, settings: Settings, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, user = enter()
    report_case(PILLAGE, **VERIFIED)
    first, second = ask(user), ask(user)

    def killed(*_: object) -> None:
        raise SystemExit  # as when the process ends: nothing is caught, nothing is marked

    with monkeypatch.context() as patch:
        patch.setattr(making, "_sealed", killed)
        with pytest.raises(SystemExit):
            making.make(keys, first)
    (left,) = folders(settings)
    assert (left / "work" / "cases.csv").exists()
    assert record_of(first).state == ExportState.MAKING
    come_back = making.make(keys, second)
    assert come_back is not None
    assert come_back > utcnow()
    assert record_of(second).state == ExportState.ASKED
    assert making.make(keys, first) is None  # another worker begins anew
    assert record_of(first).state == ExportState.READY
    assert not left.exists()
    assert making.make(keys, second) is None
    assert len(folders(settings)) == 2
    before = record_of(first).sha256
    assert making.make(keys, first) is None  # a second run of a finished one does nothing
    assert record_of(first).sha256 == before


def test_one_that_fails_or_is_cancelled_leaves_nothing_and_can_be_tried_again(
    enter: Enter, settings: Settings, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, user = enter()
    nothing = ask(user)
    assert making.make(keys, nothing) is None
    assert (record_of(nothing).state, record_of(nothing).failure) == (ExportState.FAILED, "nothing_chosen")
    assert "Nothing would have gone out" in client.get(f"/desk/exports/{nothing}").text
    report_case(PILLAGE, **VERIFIED)
    token = csrf_token(client, f"/desk/exports/{nothing}")
    assert client.post(f"/desk/exports/{nothing}/again", data={"csrf_token": token}).status_code == 303
    making.make(keys, nothing)
    assert record_of(nothing).state == ExportState.READY

    cancelled = ask(user)
    write = WRITERS["csv"]

    def cancels_meanwhile(release: Any, folder: Path, progress: Any) -> Any:
        files = write(release, folder, progress)
        with client.application.app_context(), transaction() as session:
            assert asking.cancel(session, session.get_one(User, user.id), cancelled)
        return files

    with monkeypatch.context() as patch:
        patch.setattr(making, "WRITERS", {"csv": cancels_meanwhile})
        making.make(keys, cancelled)
    assert record_of(cancelled).state == ExportState.CANCELLED
    assert [folder.name for folder in folders(settings)] == [record_of(nothing).folder]
    assert Action.EXPORT_MADE not in actions(cancelled)


@pytest.mark.parametrize("how", ["left", "moved", "key", "role"])
def test_the_file_of_who_left_or_lost_their_key_is_erased(
    enter: Enter, make_organisation: Any, settings: Settings, keys: Keys, how: str
) -> None:
    client, user = enter()
    report_case(PILLAGE, **VERIFIED)
    export_id = ask(user)
    making.make(keys, export_id)
    assert tidying.tidy(settings) == 0
    elsewhere = make_organisation()
    with transaction() as session:
        person = session.get_one(User, user.id)
        if how == "left":
            person.is_active = False
        elif how == "moved":
            person.organisation_id = elsewhere.id
        elif how == "role":
            person.role = Role.MONITOR
        else:
            user_keys.forget(session, person, actor="command")
    answer = client.get(f"/desk/exports/{export_id}/file")
    assert answer.status_code in {302, 303, 422}
    assert tidying.tidy(settings) == 1
    assert folders(settings) == []
    assert record_of(export_id).state == ExportState.EXPIRED
    assert actions(export_id)[-1] == Action.EXPORT_EXPIRED


def test_what_no_record_names_goes_after_an_hour(
    settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = exports_root(settings) / ("x" * 32)
    leftover.mkdir(parents=True)
    (leftover / "package").write_bytes(b"plain")
    tidying.tidy(settings)
    assert leftover.exists()
    monkeypatch.setattr(tidying, "LEFT_OVER_SECONDS", -1)
    tidying.tidy(settings)
    assert not leftover.exists()


def test_the_register_is_exported_in_the_same_way_and_without_a_second_factor_nothing_opens(
    enter: Enter, app: Flask, make_user: Any, sign_in: Any, keys: Keys
) -> None:
    _, analyst = enter()
    ask(analyst, recipient="=cmd()", purpose="A purpose with “quotes”, and commas")
    auditor, client = make_user(role=Role.AUDITOR), app.test_client()
    sign_in(client, auditor)
    export_id = ask(auditor, kind=ExportKind.REGISTER, filters={})
    making.make(keys, export_id)
    address = f"/desk/exports/{export_id}/file"
    weak = client.get(address)
    assert (weak.status_code, "second factor" in weak.text) == (422, True)
    with client.session_transaction(path="/desk") as session:
        session["is_strong"] = True
    package = client.get(address).data
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        text = archive.read("exports.csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["Reference"], row["Level"], row["State"]) == (
        "E-000001",
        "Commission (CNDH)",
        "Waits for a worker",
    )
    assert row["Recipient"] == "'=cmd()"
    with client.session_transaction(path="/desk") as session:
        session.pop("safe")
    locked = client.get(address)
    assert locked.headers["Location"].startswith("/desk/safe/unlock")
    assert client.get(locked.headers["Location"]).status_code == 200


@pytest.fixture
def ready(enter: Enter, keys: Keys, settings: Settings) -> tuple[FlaskClient, str, bytes]:
    """Somebody's finished export: their browser, its address, and all of it."""
    client, user = enter()
    for _ in range(2):
        report_case(PILLAGE, **VERIFIED)
    export_id = ask(user)
    making.make(keys, export_id)
    address = f"/desk/exports/{export_id}/file"
    return client, address, client.get(address).data


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_is_that_part_of_the_file(
    ready: tuple[FlaskClient, str, bytes], data: st.DataObject
) -> None:
    client, address, whole = ready
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start, len(whole) + 100))
    answer = client.get(address, headers={"Range": f"bytes={start}-{end}"})
    assert (answer.status_code, answer.data) == (206, whole[start : end + 1])
    last = data.draw(st.integers(1, len(whole)))
    assert client.get(address, headers={"Range": f"bytes=-{last}"}).data == whole[-last:]
