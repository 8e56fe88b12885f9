"""A partner's program hands in reports: once each, sealed, with errors that say what to mend, and learns no more."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from app.api import receiving
from app.api.tokens import revoke_token
from app.database import db, transaction
from app.intake.receipts import withdraw
from app.models import AccessToken, Case, CaseStatus, Organisation, OwedWork, Report, Role
from tests.integration.api.conftest import (
    WHAT_HAPPENED,
    MakeProgram,
    Program,
    reports,
    sealed_content,
)

FULL: dict[str, Any] = {
    "text": WHAT_HAPPENED,
    "where": "Près du marché",
    "place": "ML01",
    "position": {"latitude": 14.07, "longitude": -3.52, "precision_km": 5},
    "when": "au petit matin",
    "occurred_on": "2026-03-12",
    "occurred_until": "2026-03-13",
    "contact": "70 00 00 01",
    "language": "bm",
    "consent": {"may_ask": True, "share_with": ["cndh"], "with_identity": False},
    "answers": {"who": "armed", "to_whom": ["women", "children"]},
    "questionnaire": 3,
    "external_id": "incident-17",
}


def test_a_report_is_accepted_sealed_with_the_consent_that_was_given(program: Program) -> None:
    answer = program.send(FULL)
    assert answer.status_code == 201, answer.text
    (report,) = reports()
    assert answer.json is not None
    assert answer.json["id"] == str(report.id)
    assert len(answer.json["receipt_code"].replace("-", "")) == 12
    assert (report.channel, report.submitted_by_id) == ("api", program.organisation.id)
    assert report.consent == {"may_ask": True, "share_with": ["cndh"], "with_identity": False}
    assert (report.language, report.questionnaire_version) == ("bm", 3)
    assert sealed_content(report) == {
        "text": WHAT_HAPPENED,
        "where": "Près du marché",
        "place": "ML01",
        "position": [14.07, -3.52, 5],
        "when": "du 12/03/2026 au 13/03/2026 (au petit matin)",
        "contact": "70 00 00 01",
        "answers": {"who": "armed", "to_whom": ["women", "children"]},
        "questionnaire": 3,
    }
    assert db.session.scalar(select(OwedWork.job).where(OwedWork.subject_id == report.id))


def test_who_was_not_asked_has_allowed_nothing(program: Program) -> None:
    program.send({"text": WHAT_HAPPENED})
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}


def test_sent_again_it_is_one_report_and_the_same_answer(program: Program) -> None:
    first, second = program.send({"text": WHAT_HAPPENED}), program.send({"text": WHAT_HAPPENED})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(reports()) == 1


def test_quotes_around_the_key_make_no_difference(program: Program) -> None:
    program.send({"text": WHAT_HAPPENED}, key="abc")
    assert program.send({"text": WHAT_HAPPENED}, key='"abc"').status_code == 200


def test_another_report_under_the_same_key_is_refused_and_not_kept(program: Program) -> None:
    program.send({"text": WHAT_HAPPENED})
    answer = program.send({"text": "Tout autre chose."})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "key_reused"
    assert len(reports()) == 1


def test_an_identifier_of_the_partners_counts_whatever_the_key(program: Program) -> None:
    report = {"text": WHAT_HAPPENED, "external_id": "a-1"}
    first, second = program.send(report, key="k1"), program.send(report, key="k2")
    assert (first.status_code, second.status_code, len(reports())) == (201, 200, 1)


def test_keys_of_two_partners_are_two(program: Program, make_program: MakeProgram) -> None:
    assert program.send({"text": WHAT_HAPPENED}).status_code == 201
    assert make_program().send({"text": WHAT_HAPPENED}).status_code == 201


def test_without_a_key_nothing_is_taken(program: Program) -> None:
    answer = program.send({"text": WHAT_HAPPENED}, key=None)
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "key_missing")
    assert reports() == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text": ""}, "#/text", "missing"),
        ({"text": "\u200b \n"}, "#/text", "missing"),
        ({"text": 5}, "#/text", "invalid"),
        ({"text": "x" * 20_001}, "#/text", "too_long"),
        ({"texte": "x"}, "#/texte", "unknown_field"),
        ({"consent": {"share_with": ["army"]}}, "#/consent/share_with/0", "choice"),
        ({"consent": {"may_ask": "yes"}}, "#/consent/may_ask", "invalid"),
        ({"place": "nowhere"}, "#/place", "place"),
        ({"occurred_on": "12/03/2026"}, "#/occurred_on", "date"),
        ({"occurred_on": "2026-03-12", "occurred_until": "2026-03-01"}, "#/occurred_until", "date_order"),
        ({"position": {"latitude": 91, "longitude": 0}}, "#/position/latitude", "out_of_range"),
        ({"position": {"latitude": 10**400, "longitude": 0}}, "#/position/latitude", "out_of_range"),
        ({"position": {"latitude": True, "longitude": 0}}, "#/position/latitude", "invalid"),
        ({"language": "xx"}, "#/language", "choice"),
        ({"answers": {"who": 5}}, "#/answers", "invalid"),
        ({"answers": {str(number): "x" for number in range(101)}}, "#/answers", "too_many"),
        ({"questionnaire": True}, "#/questionnaire", "invalid"),
    ],
)
def test_what_is_wrong_is_said_field_by_field_and_not_repeated(
    program: Program, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = program.send({"text": WHAT_HAPPENED, **change})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json is not None
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]
    assert WHAT_HAPPENED not in answer.text
    assert reports() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"text": NaN}', b"[" * 5000, b"1" * 5000])
def test_what_is_no_json_object_is_refused(program: Program, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k"}
    answer = program.client.post(
        "/api/v1/reports", data=body, headers=headers, content_type="application/json"
    )
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "json")


def test_errors_are_in_the_language_that_was_asked_for(program: Program) -> None:
    english = program.send({"text": ""}, **{"Accept-Language": "en"}).json
    assert english is not None
    assert english["errors"][0]["detail"] == "This is missing."


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer seere_wrong", "Basic {token}", "{token}"])
def test_without_a_good_token_nothing_is_taken(program: Program, authorization: str) -> None:
    answer = program.send({"text": WHAT_HAPPENED}, Authorization=authorization.format(token=program.token))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert reports() == []


def test_a_revoked_token_opens_nothing(program: Program, make_user: Any) -> None:
    token = db.session.scalars(select(AccessToken)).one()
    administrator = make_user(Role.ADMINISTRATOR)
    with transaction() as session:
        revoke_token(session, administrator, token.id)
    assert program.send({"text": WHAT_HAPPENED}).status_code == 401


def test_a_partner_that_is_switched_off_hands_in_nothing(program: Program) -> None:
    with transaction() as session:
        session.get_one(Organisation, program.organisation.id).is_active = False
    assert program.send({"text": WHAT_HAPPENED}).status_code == 401


def test_only_the_digest_of_a_token_is_kept_and_only_the_day_it_was_used(program: Program) -> None:
    program.send({"text": WHAT_HAPPENED})
    db.session.rollback()
    token = db.session.scalars(select(AccessToken)).one()
    assert program.token.encode() not in token.token_digest
    assert token.last_used_on is not None
    used = token.last_used_on
    assert (used.hour, used.minute, used.second, used.microsecond) == (0, 0, 0, 0)


def test_too_many_requests_are_told_to_wait(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.api.routes.SENT", receiving.RateLimitItemPerHour(1, namespace="test"))
    with travel("2026-11-22T10:00:00Z", tick=False):
        program.send({"text": WHAT_HAPPENED})
        answer = program.send({"text": WHAT_HAPPENED})
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


def test_its_sender_learns_how_far_a_report_is_and_nobody_else_does(
    program: Program, make_program: MakeProgram
) -> None:
    sent = program.send({"text": WHAT_HAPPENED}).json
    assert sent is not None
    answer = program.ask(sent["id"])
    assert answer.json == {"id": sent["id"], "state": "received", "received_at": sent["received_at"]}
    assert make_program().ask(sent["id"]).status_code == 404
    assert program.ask(str(uuid.uuid4())).status_code == 404


def test_the_state_follows_the_case_and_the_reporter(program: Program, make_case: Any) -> None:
    sent = program.send({"text": WHAT_HAPPENED}).json
    assert sent is not None
    case: Case = make_case(status=CaseStatus.IN_PROGRESS)
    report_id = uuid.UUID(sent["id"])
    with transaction() as session:
        session.get_one(Report, report_id).case_id = case.id
    answer = program.ask(sent["id"]).json
    assert answer is not None
    assert answer["state"] == "in_progress"
    withdraw(report_id)
    answer = program.ask(sent["id"]).json
    assert answer is not None
    assert answer["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("GET", "/api/v1/reports", 405), ("GET", "/api/v1/reports/1", 404)],
)
def test_every_error_under_api_is_a_problem(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json is not None
    assert (answer.json["status"], answer.json["type"]) == (status, "about:blank")
    assert ("Allow" in answer.headers) == (status == 405)


def test_what_is_too_large_or_no_json_is_a_problem_too(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k"}
    form = program.client.post("/api/v1/reports", data={"text": "x"}, headers=headers)
    large = program.send({"text": "x" * 600_000})
    assert (form.status_code, large.status_code) == (415, 413)
    assert form.content_type == large.content_type == "application/problem+json"


def test_no_cookie_and_no_leave_for_other_sites(program: Program) -> None:
    answer = program.send({"text": WHAT_HAPPENED}, Origin="https://elsewhere.example")
    assert "Set-Cookie" not in answer.headers
    assert not any(name.lower().startswith("access-control") for name in dict(answer.headers))
