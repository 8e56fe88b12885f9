"""Reports that a phone sealed: taken once, unread, with what their writer allows; or refused so that it understands."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.audit import Action
from app.database import db
from app.limits import REPORTS
from app.models import AuditEntry, Message, OwedWork, Report
from app.offline import routes
from app.offline.schemas import LARGEST_SEALED_BYTES
from app.receipts import normalise
from app.sealing import seal
from tests.conftest import INTAKE_KEY
from tests.integration.offline.conftest import STORY, body, new_key

HandOver = Callable[..., TestResponse]


def reports() -> list[Report]:
    """Everything that was taken."""
    db.session.expire_all()
    return list(db.session.query(Report))


def test_a_sealed_report_is_stored_as_it_came_and_its_code_is_given(hand_over: HandOver) -> None:
    sealed = seal(STORY, bytes(INTAKE_KEY.public_key))
    answer = hand_over(sealed=sealed, language="bm")
    assert answer.status_code == 201
    assert normalise(answer.json["code"])
    assert [message.sealed_content for message in db.session.query(Message)] == [sealed]
    assert [(report.language, report.channel) for report in reports()] == [("bm", "web")]
    assert db.session.query(OwedWork).count() == 1
    assert [record.action for record in db.session.query(AuditEntry)] == [Action.REPORT_RECEIVED]


def test_the_same_key_again_gives_the_same_code_and_stores_nothing(hand_over: HandOver) -> None:
    key = new_key()
    first, second = hand_over(key=key), hand_over(key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(reports()) == 1


def test_the_same_key_at_the_same_moment_is_one_report(app: Flask, client: FlaskClient) -> None:
    whole = body()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/sealed", json=whole), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json["code"] for answer in answers}) == 1
    assert len(reports()) == 1


def test_an_answer_lost_on_the_way_costs_nothing(
    hand_over: HandOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the report was stored; the phone, which heard nothing, tries again."""
    key, real = new_key(), routes.submit

    def die(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise SystemExit

    monkeypatch.setattr(routes, "submit", die)
    with pytest.raises(SystemExit):
        hand_over(key=key)
    monkeypatch.setattr(routes, "submit", real)
    assert hand_over(key=key).status_code == 200
    assert len(reports()) == 1


def test_what_the_writer_allows_is_kept_and_nothing_more(hand_over: HandOver) -> None:
    hand_over(consent={"may_ask": True, "share_with": ["cndh", "everybody"], "with_identity": True})
    hand_over(consent={})
    consents = [report.consent for report in reports()]
    assert {"may_ask": True, "share_with": ["cndh"], "with_identity": True} in consents
    assert {"may_ask": False, "share_with": [], "with_identity": False} in consents


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "short"},
        {"key": "G" * 32},
        {"key": "0" * 32 + "\n"},
        {"key": 7},
        {"sealed": "not base64!"},
        {"sealed": base64.b64encode(b"\x01").decode()},
        {"sealed": base64.b64encode(b"\x02" + b"0" * (8 + 48 + 256)).decode()},
        {"sealed": base64.b64encode(b"\x01" + b"0" * (8 + 48)).decode()},
        {"sealed": base64.b64encode(b"\x01" + b"0" * (8 + 48 + 255)).decode()},
        {"sealed": ["list"]},
        {"consent": "everything"},
        {"consent": {"may_ask": "perhaps"}},
        {"consent": {"share_with": [{"a": 1}]}},
        {"consent": None},
        {"language": {"a": 1}},
        {"proof": 5},
    ],
)
def test_what_no_phone_of_ours_sends_is_refused_for_good(
    hand_over: HandOver, changes: dict[str, object]
) -> None:
    answer = hand_over(**changes)
    assert (answer.status_code, answer.json) == (400, {"problem": "malformed"})
    assert reports() == []


@pytest.mark.parametrize("sent", [b"", b"null", b"[]", b"7", b"{", b'"text"'])
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, sent: bytes) -> None:
    answer = client.post("/sealed", data=sent, content_type="application/json")
    assert (answer.status_code, answer.json) == (400, {"problem": "malformed"})


def test_the_largest_report_fits_and_a_larger_one_is_told_so(hand_over: HandOver) -> None:
    room = (LARGEST_SEALED_BYTES - 57) // 256 * 256
    assert hand_over(sealed=b"\x01" + secrets.token_bytes(8 + 48 + room)).status_code == 201
    answer = hand_over(sealed=b"\x01" + secrets.token_bytes(8 + 48 + room + 512))
    assert (answer.status_code, answer.json) == (413, {"problem": "too_large"})


def test_a_body_without_end_is_not_read(client: FlaskClient) -> None:
    assert client.post("/sealed", json={"sealed": "A" * 200_000}).status_code in {400, 413}


def test_a_report_sealed_under_an_earlier_key_is_taken(hand_over: HandOver) -> None:
    """The phone can't seal it again, and workers keep the keys of before."""
    earlier = PrivateKey(b"\x09" * 32)
    assert hand_over(sealed=seal(STORY, bytes(earlier.public_key))).status_code == 201


def test_another_site_can_send_nothing(hand_over: HandOver) -> None:
    assert hand_over(headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert reports() == []


def test_too_many_are_kept_on_the_phone_for_later(app: Flask, hand_over: HandOver) -> None:
    limits = app.extensions["seere_limits"]
    while limits.count(REPORTS, "127.0.0.1"):
        pass
    answer = hand_over()
    assert (answer.status_code, answer.json) == (429, {"problem": "too_many"})


def test_an_outage_is_told_as_one(hand_over: HandOver, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(routes, "submit", away)
    answer = hand_over()
    assert (answer.status_code, answer.json) == (503, {"problem": "unavailable"})


def test_an_unknown_language_becomes_the_default(hand_over: HandOver) -> None:
    assert hand_over(language="xx").status_code == 201
    assert [report.language for report in reports()] == ["fr"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.dictionaries(
        st.sampled_from(["key", "sealed", "consent", "language", "proof"]), JSON, min_size=1
    )
)
def test_whatever_is_sent_is_taken_or_refused(client: FlaskClient, changes: dict[str, object]) -> None:
    answer = client.post("/sealed", json={**body(), **changes})
    assert answer.status_code in {201, 400}, changes


def test_nothing_of_it_is_logged(hand_over: HandOver, capfd: pytest.CaptureFixture[str]) -> None:
    key = new_key()
    code = hand_over(key=key).json["code"]
    hand_over(key=key, sealed="AAAA")
    logged = "".join(capfd.readouterr())
    assert key not in logged
    assert code not in logged
