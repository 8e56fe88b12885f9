"""The trail as a worker signs it and an auditor takes it away: what is exported can be checked by the file alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from nacl.signing import SigningKey
from sqlalchemy import func, select, text

from app import audit
from app.audit import Action
from app.audit.checking import Problem, check
from app.audit.wording import ACTIONS
from app.clock import utcnow
from app.commands.audit import audit_commands
from app.database import db, transaction
from app.models import AuditCheck, AuditEntry, Notification, OrganisationKind, Role, SignedHead, User
from app.notifications.kinds import NoticeKind
from app.notifications.wording import KINDS
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address, refer, report_case
from tests.workers.conftest import keys as keys
from workers.processing import Keys
from workers.signing import sign_head

KEY = SigningKey(b"\x31" * 32)
PUBLIC = bytes(KEY.verify_key)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def signer(keys: Keys) -> Keys:
    """Workers with the key of the trail."""
    return replace(keys, workers=replace(keys.workers, audit_key=KEY))


def write(count: int = 3) -> None:
    with transaction() as session:
        for number in range(count):
            audit.record(session, Action.CASE_READ, f"case:{number}", actor="command", detail={"n": number})


def heads() -> list[SignedHead]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(SignedHead).order_by(SignedHead.number)))


def signed_for_days(signer: Keys, days: int) -> None:
    for day in range(days):
        with time_machine.travel(utcnow() + timedelta(days=day), tick=False):
            write()
            sign_head(signer)
            sign_head(signer)


def take_out(enter: Enter) -> list[str]:
    client, _ = enter(Role.AUDITOR)
    answer = client.post(
        "/desk/audit/file", data={"csrf_token": csrf_token(client, "/desk/audit/signatures")}
    )
    assert answer.status_code == 200
    return answer.text.splitlines()


def test_a_head_is_signed_once_a_day_and_the_file_holds(signer: Keys, enter: Enter) -> None:
    signed_for_days(signer, 3)
    assert [head.number for head in heads()] == [1, 2, 3]
    lines = take_out(enter)
    outcome = check(lines, [PUBLIC])
    assert outcome.holds, outcome.problems
    assert outcome.heads == 3
    assert outcome.entries == db.session.scalar(select(func.count()).select_from(AuditEntry))
    write()
    assert check(take_out(enter), [PUBLIC], lines).holds


def test_a_trail_that_was_tampered_with_is_not_signed_and_administrators_are_told(
    signer: Keys, make_user: Callable[..., User]
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    signed_for_days(signer, 1)
    with transaction() as session:
        session.execute(text("UPDATE audit_entry SET actor = 'user:2' WHERE sequence = 2"))
    with time_machine.travel(utcnow() + timedelta(days=1), tick=False):
        sign_head(signer)
    assert len(heads()) == 1
    told = db.session.scalars(select(Notification)).one()
    assert (told.user_id, told.kind) == (administrator.id, NoticeKind.AUDIT_BROKEN)
    assert NoticeKind.AUDIT_BROKEN in KINDS
    assert db.session.scalars(select(AuditCheck.problems).order_by(AuditCheck.checked_at.desc())).first()


@sqlite_only
def test_a_chain_that_was_written_anew_is_found_by_the_heads(signer: Keys, enter: Enter) -> None:
    signed_for_days(signer, 2)
    with transaction() as session:
        session.execute(text("DELETE FROM audit_entry"))
        for number in range(20):
            audit.record(session, Action.CASE_READ, f"case:{number}", actor="worker")
    client, _ = enter(Role.AUDITOR)
    assert "The trail does not hold" in client.get("/desk/audit?check=1").text
    assert Problem.HEAD_ELSEWHERE in {found.problem for found in check(take_out(enter), [PUBLIC]).problems}


@sqlite_only
def test_without_the_key_nothing_is_signed(app: Flask, keys: Keys) -> None:
    write()
    sign_head(keys)
    assert heads() == []


@sqlite_only
def test_the_command_checks_a_file_without_any_settings(
    signer: Keys, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_for_days(signer, 2)
    lines = take_out(enter)
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    whole.write_text("\n".join(lines) + "\n", "ascii")
    cut.write_text("\n".join(lines[:3] + lines[4:]) + "\n", "ascii")
    monkeypatch.setenv("SEERE_VAR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SEERE_DATABASE_URL", "nonsense://")
    run = CliRunner().invoke
    good = run(audit_commands, ["check", str(whole), "--key", PUBLIC.hex(), "--earlier", str(whole)])
    assert good.exit_code == 0, good.output
    assert "The trail holds" in good.output
    bad = run(audit_commands, ["check", str(cut), "--key", PUBLIC.hex(), "--earlier", str(whole)])
    assert bad.exit_code == 1
    assert "missing" in bad.output


@sqlite_only
def test_only_those_who_read_all_of_it_take_it_out(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)
    token = csrf_token(client, "/desk/account")
    assert client.post("/desk/audit/file", data={"csrf_token": token}).status_code == 403
    assert "Take the trail out" not in client.get("/desk/audit/signatures").text


@sqlite_only
def test_a_case_s_trail_holds_what_was_done_to_all_that_belongs_to_it(
    enter: Enter, make_user: Callable[..., User]
) -> None:
    case = report_case()
    client, user = enter(Role.AUDITOR)
    referral = refer(case, make_user(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY))
    with transaction() as session:
        audit.record(session, Action.REFERRAL_CHANGED, f"referral:{referral.id}", actor=f"user:{user.id}")
        audit.record(session, Action.REFERRAL_CHANGED, "referral:other", actor="worker")
    alone = client.get(f"/desk/audit?subject={case.reference}").text
    whole = client.get(f"/desk/audit?subject={case.reference}&whole=1").text
    assert alone.count("<td>Referral changed</td>") == 0
    assert whole.count("<td>Referral changed</td>") == 1
    by_them = client.get(f"/desk/audit?actor=user:{user.id}&action=referral.changed").text
    assert by_them.count("<td>Referral changed</td>") == 1
    tomorrow = (utcnow() + timedelta(days=1)).date().isoformat()
    assert "No entry is like this." in client.get(f"/desk/audit?since={tomorrow}").text
    assert client.get("/desk/audit?since=nonsense&until=9999-12-31").status_code == 200


@sqlite_only
def test_every_action_has_words(app: Flask) -> None:
    assert set(ACTIONS) == set(Action)


@sqlite_only
def test_what_people_write_never_gets_into_the_trail(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    case = report_case()
    canary = "zebracanary is what I write"
    token = csrf_token(client, address(case))
    common = {"csrf_token": token, "version": str(case.version)}
    for part, fields in {
        "notes": {"text": canary, "note": canary, "reason": canary},
        "questions": {"text": canary, "confirmed": "1"},
        "holds": {"reason": canary},
        "status": {"status": "closed", "reason": canary, "note": canary},
        "persons": {"kind": "individual", "label": canary, "is_plain": "1"},
        "conflicts": {"reason": canary},
    }.items():
        answer = client.post(address(case, part), data={**common, **fields})
        assert answer.status_code < 500, part
    db.session.rollback()
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.subject, AuditEntry.actor, AuditEntry.detail)
    ).all()
    assert "case.hold_placed" in {row[0] for row in rows}
    assert "zebracanary" not in repr(rows)
