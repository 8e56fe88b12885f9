"""A judicial file: two people, one recipient, and nobody else ever reads a name of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pysequoia
import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from sqlalchemy import select

from app.clock import utcnow
from app.database import Base, db, transaction
from app.models import (
    AuditEntry,
    Case,
    CaseEvent,
    ExportRecord,
    ExportState,
    JudicialFile,
    JudicialState,
    Notification,
    Opening,
    OrganisationKind,
    OwedWork,
    Report,
    ReportState,
    Role,
    User,
)
from app.safe import strength
from app.settings import Settings
from tests.conftest import csrf_token
from tests.integration.openings.given_away import give_away, grant, make_safe
from tests.integration.openings.sealed import NUMBER, case_with_phone
from workers.exports.judicial.tidying import tidy
from workers.processing import Keys

NAME = "Amadou Traoré"
REASON = "Le juge d’instruction demande le dossier par écrit."
Work = Callable[[], None]


@dataclass
class Desk:
    """Two colleagues who can open, signed in, and a case whose reporter lets justice know who they are."""

    asker: User
    second: User
    first_browser: FlaskClient
    second_browser: FlaskClient
    case: Case
    secret: pysequoia.Tsk

    @property
    def certificate(self) -> str:
        """What the recipient gave."""
        return str(self.secret.extract_certificate())


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody gave a second factor when they signed in."""
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: True)


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """With a key to sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=SigningKey(b"\x05" * 32)))


@pytest.fixture
def desk(app: Flask, make_user: Callable[..., User], sign_in: Callable[[FlaskClient, User], None]) -> Desk:
    """See Desk."""
    asker = make_user(Role.SUPERVISOR)
    second = make_user(Role.MONITOR, organisation=asker.organisation)
    browsers = [app.test_client(), app.test_client()]
    for browser, user in zip(browsers, (asker, second), strict=True):
        sign_in(browser, user)
    case, _ = case_with_phone(channel="web")
    key = make_safe(asker)
    with transaction():
        grant(second, key)
    give_away(case, key)
    consent(case, {"share_with": ["institution"], "with_identity": True})
    return Desk(asker, second, browsers[0], browsers[1], case, pysequoia.Tsk.generate(user_id="Greffe"))


def consent(case: Case, record: dict[str, object] | None) -> None:
    """What the reporter allowed."""
    with transaction() as session:
        session.scalars(select(Report).where(Report.case_id == case.id)).one().consent = record


def ask(desk: Desk, **changed: object) -> tuple[int, str]:
    """Ask as the form does; the status, and where it led or what the page said."""
    page = f"/desk/cases/{desk.case.id}/judicial-file"
    data: dict[str, object] = {
        "csrf_token": csrf_token(desk.first_browser, "/desk/account"),
        "recipient_name": "Aïssata Diallo",
        "recipient_function": "juge d’instruction",
        "recipient_court": "Tribunal de Mopti",
        "certificate": desk.certificate,
        "ground": "judge_asks",
        "reason": REASON,
        "parts": ["tokens", "messages", "numbers", "evidence"],
        "language": "fr",
        **changed,
    }
    answer = desk.first_browser.post(page, data=data)
    return answer.status_code, answer.location or answer.text


def step(client: FlaskClient, page: str, verb: str, **fields: str) -> tuple[int, str]:
    """Send one of the forms of a judicial file's page."""
    token = csrf_token(client, "/desk/account")
    answer = client.post(f"{page}/{verb}", data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def decide(client: FlaskClient, page: str, decision: str = "approve") -> tuple[int, str]:
    """Decide as the second person does."""
    fields = {"decision": decision, "confirmed": "1", "reason": "vu avec le greffe"}
    return step(client, page, "decision", **fields)


def the_file() -> JudicialFile:
    """The only judicial file, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(JudicialFile)).unique().one()


def fresh_rows(statement: Any) -> list[Any]:
    """What a query finds now: requests wrote since this test read last."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(statement).unique())


def up_to_waiting(desk: Desk, work: Work) -> str:
    """Asked for, certificate looked at, fingerprint compared; the page."""
    status, page = ask(desk)
    assert status == 303, page
    work()
    assert step(desk.first_browser, page, "confirmation", compared="1")[0] == 303
    return page


def everything_stored(folder: Path) -> bytes:
    """Every byte of the installation's files, and every value of its tables."""
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


def test_two_people_open_one_case_for_one_judge(desk: Desk, work: Work, settings: Settings) -> None:
    status, page = ask(desk)
    assert status == 303, page
    assert "being checked" in desk.first_browser.get(page).text
    work()
    file = the_file()
    assert file.state == JudicialState.UNCONFIRMED
    assert file.fingerprint == desk.secret.extract_certificate().fingerprint
    assert decide(desk.second_browser, page)[0] == 422  # nobody has compared the fingerprint
    assert step(desk.first_browser, page, "confirmation")[0] == 422  # nor does a click alone do
    assert step(desk.second_browser, page, "confirmation", compared="1")[0] == 403
    assert step(desk.first_browser, page, "confirmation", compared="1")[0] == 303
    told = fresh_rows(select(Notification).where(Notification.kind == "judicial_waiting"))
    assert [each.user_id for each in told] == [desk.second.id]

    status, text = decide(desk.first_browser, page)  # the same person twice
    assert (status, "somebody else of the desk has to decide" in text) == (422, True)
    shown = desk.second_browser.get(page).text
    assert "Aïssata Diallo" in shown
    assert "Approve and open" in shown
    assert decide(desk.second_browser, page)[0] == 303
    waiting = the_file()
    assert waiting.sealed_payload is not None
    counted = fresh_rows(select(Opening))
    assert {(each.user_id, each.subject) for each in counted} == {
        (desk.second.id, subject) for subject in ("message", "token", "contact")
    }
    assert decide(desk.second_browser, page)[0] == 422  # once
    work()

    done = the_file()
    assert (done.state, done.failure, done.sealed_payload) == (JudicialState.MADE, "", None)
    assert done.export is not None
    assert done.export.state == ExportState.READY
    answer = desk.first_browser.get(f"/desk/exports/{done.export_id}/file")
    assert desk.second_browser.get(f"/desk/exports/{done.export_id}/file").status_code == 404
    pdf, names = opened(bytes(answer.data), desk.secret)
    assert {"manifest.json", "manifest.json.minisig", "judicial-file.pdf"} <= names
    assert all(
        part in pdf for part in (NAME, NUMBER, "[PERSONNE-1]", "Aïssata Diallo", done.export.reference)
    )

    stored = everything_stored(settings.var)
    assert not any(secret.encode() in stored for secret in (NAME, "Amadou", NUMBER, NUMBER[1:]))
    actions = set(fresh_rows(select(AuditEntry.action)))
    steps = {"asked", "confirmed", "approved", "made"}
    assert {f"judicial_file.{each}" for each in steps} <= actions
    kinds = set(db.session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == desk.case.id)))
    assert {f"judicial_{each}" for each in steps} <= kinds
    assert "Judicial file of" in desk.first_browser.get(f"/desk/cases/{desk.case.id}").text
    assert desk.case.reference in desk.second_browser.get("/desk/judicial-files").text

    assert tidy(settings) == 0
    with transaction() as session:  # taken back before the recipient got it: it can't be fetched again
        session.scalars(select(Report)).one().state = ReportState.WITHDRAWN
    assert tidy(settings) == 1
    assert not list((settings.var / "exports").rglob("sealed"))


def opened(package: bytes, secret: pysequoia.Tsk) -> tuple[str, set[str]]:
    """The text of the PDF that only the recipient's key opens, and the names of what lies beside it."""
    with zipfile.ZipFile(io.BytesIO(package)) as outer:
        sealed = next(name for name in outer.namelist() if name.endswith(".pgp"))
        whole = pysequoia.decrypt(decryptor=secret.decryptor(), bytes=outer.read(sealed)).bytes or b""
    with zipfile.ZipFile(io.BytesIO(whole)) as inner:
        assert "judicial-file.pdf" in inner.namelist(), inner.namelist()
        with pypdfium2.PdfDocument(inner.read("judicial-file.pdf")) as document:  # type: ignore[no-untyped-call]
            text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        return text.replace("\r\n", " "), set(inner.namelist())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_stands_in_the_way(
    desk: Desk, work: Work, make_user: Callable[..., User], sign_in: Callable[[FlaskClient, User], None]
) -> None:
    assert desk.certificate not in desk.first_browser.get(f"/desk/cases/{desk.case.id}/judicial-file").text
    status, text = ask(desk, certificate=str(desk.secret))  # a private key is neither kept nor shown again
    assert (status, "It was not kept" in text, "PRIVATE KEY" in text) == (422, True, False)
    assert ask(desk, parts=[])[0] == 422
    assert ask(desk, reason="trop court")[0] == 422
    consent(desk.case, {"share_with": ["cndh"], "with_identity": True})
    status, text = ask(desk)
    assert (status, "never overruled" in text) == (422, True)
    consent(desk.case, None)  # as by SMS: only with a ground, and a reason
    assert ask(desk)[0] == 422
    assert ask(desk, override_ground="legal_obligation", override_reason="court")[0] == 422
    assert db.session.scalars(select(JudicialFile)).first() is None
    consent(desk.case, {"share_with": ["institution"], "with_identity": True})

    page = up_to_waiting(desk, work)
    partner = make_user(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)
    elsewhere = desk.first_browser.application.test_client()
    sign_in(elsewhere, partner)
    assert elsewhere.get(page).status_code == 403
    assert decide(elsewhere, page)[0] == 404
    colleague = make_user(Role.MONITOR, organisation=desk.asker.organisation)
    sign_in(keyless := desk.first_browser.application.test_client(), colleague)
    status, text = decide(keyless, page)  # of the same desk, but nobody has let them into the safe
    assert (status, the_file().state) == (422, JudicialState.WAITING)

    assert decide(desk.second_browser, page)[0] == 303
    with transaction() as session:  # between the approval and the worker
        report = session.scalars(select(Report).where(Report.case_id == desk.case.id)).one()
        report.state = ReportState.WITHDRAWN
    work()
    failed = the_file()
    assert (failed.state, failed.sealed_payload) == (JudicialState.FAILED, None)
    assert failed.failure == "judicial_changed"
    record = db.session.scalars(select(ExportRecord)).unique().one()
    assert (record.state, record.folder) == (ExportState.FAILED, None)
    assert REASON not in record.purpose, "the register is read by more people than the case"
    assert "left it since" in desk.first_browser.get(page).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_refused_taken_back_or_left_it_opens_nothing(desk: Desk, work: Work, settings: Settings) -> None:
    for end in ("refuse", "withdrawal", "time"):
        page = up_to_waiting(desk, work)
        if end == "refuse":
            assert decide(desk.second_browser, page, "refuse")[0] == 303
        elif end == "withdrawal":
            assert step(desk.first_browser, page, "withdrawal")[0] == 303
        else:
            with transaction() as session:
                waiting = select(JudicialFile).where(JudicialFile.state == JudicialState.WAITING)
                session.scalars(waiting).unique().one().expires_at = utcnow() - timedelta(minutes=1)
            assert decide(desk.second_browser, page)[0] == 422  # before any sweep
            assert tidy(settings) == 1
        assert decide(desk.second_browser, page)[0] == 422
    states = sorted(each.state for each in fresh_rows(select(JudicialFile)))
    assert states == [JudicialState.EXPIRED, JudicialState.REFUSED, JudicialState.WITHDRAWN]
    assert fresh_rows(select(Opening)) == []
    assert fresh_rows(select(ExportRecord)) == []
    owed = select(OwedWork).where(OwedWork.job == "workers.jobs.make_judicial_file")
    assert fresh_rows(owed) == []

    status, page = ask(desk, certificate=desk.certificate[:200])  # cut off where somebody copied it
    assert status == 303, page
    work()
    [useless] = fresh_rows(select(JudicialFile).where(JudicialFile.state == JudicialState.KEY_REFUSED))
    assert useless.certificate == b""
    [entry] = fresh_rows(select(AuditEntry).where(AuditEntry.action == "judicial_file.key_refused"))
    assert (entry.actor, entry.subject) == ("worker", f"judicial_file:{useless.id}")
    assert entry.detail == {"judicial_file": str(useless.id), "code": "unreadable"}
