"""A standing export goes from the form to the recipient's server, and stops when its maker may no longer make it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pysequoia
import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from sqlalchemy import select, update

from app.clock import BAMAKO, utcnow
from app.database import db, transaction
from app.deliveries.recurrence import next_after, period_before
from app.exports.signing_keys import minisign_text
from app.models import (
    AuditEntry,
    Case,
    DeliveryTarget,
    ExportDelivery,
    ExportRecord,
    ExportSchedule,
    Notification,
    Organisation,
    OrganisationKind,
    Role,
    User,
    Verification,
)
from app.settings import Settings
from tests.conftest import csrf_token
from tests.contracts.sftp_stand_in import PASSWORD, USER, SFTPStandIn, serving
from tests.integration.safe.conftest import with_key
from workers.deliveries.bringing import deliver_exports
from workers.deliveries.due import make_due_exports
from workers.exports.tokens import CopyTokens
from workers.exports.tracing import trace
from workers.exports.verifying import verify
from workers.processing import Keys

KEY = SigningKey(b"e" * 32)
TARGETS, SCHEDULES = "/desk/administration/deliveries", "/desk/exports/schedules"
Work = Callable[[], None]


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """Workers that sign exports, and may call this machine."""
    return replace(
        keys,
        settings=replace(keys.settings, demonstration=True),
        workers=replace(keys.workers, export_key=KEY),
    )


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Loopback is allowed in demonstrations only."""
    return replace(settings, demonstration=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SFTPStandIn]:
    (tmp_path / "server" / "drop").mkdir(parents=True)
    with serving(tmp_path / "server") as stand_in:
        yield stand_in


def browser(app: Flask, sign_in: Callable[[FlaskClient, User], None], user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


def place(server: SFTPStandIn, organisation: Organisation, certificate: str) -> dict[str, object]:
    """The form of an administrator."""
    return {
        "organisation": str(organisation.id),
        "name": "Serveur",
        "kind": "sftp",
        "host": "127.0.0.1",
        "port": server.port,
        "folder": "drop",
        "pinned": server.pinned + " somebody@somewhere",
        "user": USER,
        "password": PASSWORD,
        "certificate": certificate,
    }


def standing(organisation: Organisation, target: DeliveryTarget) -> dict[str, object]:
    """The form of an analyst."""
    return {
        "name": "Mensuel",
        "organisation": str(organisation.id),
        "purpose": "Suivi mensuel des violations",
        "level": "cndh",
        "file_format": "csv",
        "language": "fr",
        "recurrence": "month",
        "day": "5",
        "hour": "6",
        "targets": str(target.id),
    }


def post(client: FlaskClient, address: str, form: dict[str, object], page: str = "") -> int:
    answer = client.post(address, data={**form, "csrf_token": csrf_token(client, page or address)})
    db.session.remove()
    return answer.status_code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_standing_export_reaches_the_recipient_s_server_and_nobody_else(
    app: Flask,
    keys: Keys,
    work: Work,
    server: SFTPStandIn,
    make_user: Callable[..., User],
    make_organisation: Callable[..., Organisation],
    make_case: Callable[..., Case],
    sign_in: Callable[[FlaskClient, User], None],
    tmp_path: Path,
) -> None:
    recipient = make_organisation(OrganisationKind.CNDH)
    secret = pysequoia.Tsk.generate(user_id="Commission")
    analyst, administrator = make_user(role=Role.ANALYST), make_user(role=Role.ADMINISTRATOR)
    with_key(analyst)
    analyst_id, administrator_id, recipient_name = analyst.id, administrator.id, recipient.name
    in_charge = browser(app, sign_in, administrator)
    wrong = place(server, recipient, str(secret.extract_certificate())) | {"pinned": "ssh-ed25519"}
    assert post(in_charge, TARGETS, wrong) == 422
    assert post(in_charge, TARGETS, place(server, recipient, str(secret.extract_certificate()))) == 303
    work()
    target = db.session.scalars(select(DeliveryTarget)).one()
    assert (target.state, target.problem) == ("usable", "")
    assert target.fingerprint == secret.extract_certificate().fingerprint
    shown = in_charge.get(TARGETS).text
    assert target.fingerprint in shown
    assert PASSWORD not in shown

    desk = browser(app, sign_in, analyst)
    assert post(desk, f"{SCHEDULES}/new", standing(recipient, target) | {"day": "31"}) == 422
    assert post(desk, f"{SCHEDULES}/new", standing(recipient, target)) == 303
    schedule = db.session.scalars(select(ExportSchedule)).one()
    schedule_id = schedule.id
    address = f"{SCHEDULES}/{schedule_id}"
    first, _ = period_before(utcnow().astimezone(BAMAKO).date(), "month")
    moment = (utcnow() - timedelta(days=utcnow().day)).replace(hour=12)
    assert moment.date() >= first
    case = make_case(verification=Verification.VERIFIED, verified_at=moment, is_demonstration=True)
    case_number, case_reference = case.number, case.reference
    make_case(
        verification=Verification.VERIFIED, verified_at=utcnow(), is_demonstration=True
    )  # not of that month

    assert post(desk, address, {"do": "now"}) == 303
    make_due_exports(keys)
    work()
    made = db.session.scalars(select(ExportRecord)).unique().one()
    assert (made.state, made.failure, made.row_count) == ("ready", "", 1)
    reference, made_id = made.reference, made.id
    deliver_exports(keys)
    db.session.remove()
    [brought] = (server.root / "drop").iterdir()
    assert brought.name == f"{reference}.zip.pgp"
    opened = pysequoia.decrypt(decryptor=secret.decryptor(), bytes=brought.read_bytes()).bytes
    package = tmp_path / "copy.zip"
    package.write_bytes(bytes(opened or b""))
    verdict = verify(package, [minisign_text(bytes(KEY.verify_key))])
    assert verdict.is_right, verdict.in_words("en")
    assert verdict.manifest["recipient"] == recipient_name
    delivery = db.session.scalars(select(ExportDelivery)).unique().one()
    assert (delivery.state, delivery.token) == ("sent", "")
    assert list((keys.settings.var / "deliveries").iterdir()) == []
    assert {"export.delivered", "export_schedule.added", "delivery_target.added"} <= set(
        db.session.scalars(select(AuditEntry.action))
    )
    assert "delivered" in desk.get(address).text
    assert minisign_text(bytes(KEY.verify_key)) in desk.get(f"{SCHEDULES}/keys").text

    assert case_reference in _text_of(package)  # at this level cases keep their own reference
    leaked = CopyTokens.of(keys.workers.pseudonym_key, made_id).token("C", case_number)
    found = trace(db.session(), keys.workers.pseudonym_key, leaked.lower())
    assert found is not None
    assert (found.export.id, found.case) == (made_id, case_reference)
    assert trace(db.session(), keys.workers.pseudonym_key, "C-" + "A" * 16) is None

    with transaction() as session:  # what could not be brought is tried again, and the page says when
        waiting = session.scalars(select(ExportDelivery)).unique().one()
        waiting.state, waiting.failure, waiting.ended_at = "queued", "unreachable", None
    assert "not reached, tried again on" in desk.get(address).text
    with transaction() as session:  # what wasn't brought yet stays here, once it must not go out any more
        session.execute(update(Case).where(Case.number == case_number).values(is_withdrawn=True))
        waiting = session.scalars(select(ExportDelivery)).unique().one()
        waiting.failure, waiting.available_at = "", utcnow()
    deliver_exports(keys)
    db.session.remove()
    dropped = db.session.scalars(select(ExportDelivery)).unique().one()
    assert (dropped.state, dropped.failure) == ("cancelled", "outdated")

    with transaction() as session:
        session.get_one(User, analyst_id).is_active = False
        session.get_one(ExportSchedule, schedule_id).next_at = utcnow()
    make_due_exports(keys)
    db.session.remove()
    stopped = db.session.get_one(ExportSchedule, schedule_id)
    assert (stopped.is_enabled, stopped.stopped) == (False, "creator_closed")
    told = select(Notification.kind).where(Notification.user_id == administrator_id)
    assert "schedule_stopped" in set(db.session.scalars(told))


def _text_of(package: Path) -> str:
    with zipfile.ZipFile(package) as archive:
        return archive.read("cases.csv").decode("utf-8-sig")


def test_days_are_those_of_the_calendar() -> None:
    tuesday = next_after(utcnow().replace(year=2026, month=3, day=4), "week", 2, 6)
    assert (tuesday.isoweekday(), tuesday.day, tuesday.hour) == (2, 10, 6)
    quarter = next_after(utcnow().replace(year=2026, month=1, day=5, hour=7), "quarter", 5, 6)
    assert (quarter.month, quarter.day) == (4, 5)
    day = quarter.date()
    assert [str(each) for each in period_before(day, "quarter")] == ["2026-01-01", "2026-03-31"]
    assert [str(each) for each in period_before(day, "week")] == ["2026-03-23", "2026-03-29"]
    assert [str(each) for each in period_before(day, "month")] == ["2026-03-01", "2026-03-31"]
