"""The proof of work: more room for who computes, no wall for who can't."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.limits import REPORTS, REPORTS_WITH_PROOF
from app.public import proof
from app.public.proof import Challenge


def solved(challenge: Challenge) -> str:
    """What the page's script makes of a challenge, done as the script does it."""
    number = next(
        number
        for number in range(challenge.highest + 1)
        if hashlib.sha256(f"{challenge.salt}{number}".encode()).hexdigest() == challenge.challenge
    )
    told = {
        "algorithm": "SHA-256",
        "challenge": challenge.challenge,
        "number": number,
        "salt": challenge.salt,
        "signature": challenge.signature,
    }
    return base64.b64encode(json.dumps(told).encode()).decode()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenges that are solved at once."""
    monkeypatch.setattr(proof, "HIGHEST_NUMBER", 50)


def test_a_solved_challenge_counts_for_its_own_form_only(app: Flask, quick: None) -> None:
    with app.test_request_context("/"):
        answer = solved(proof.fields("the form's token"))
        assert proof.is_solved({"token": "the form's token", "proof": answer})
        assert not proof.is_solved({"token": "another form's token", "proof": answer})
        assert not proof.is_solved({"token": "the form's token"})


def test_a_proof_that_was_made_up_or_changed_is_none(app: Flask, quick: None) -> None:
    with app.test_request_context("/"):
        challenge = proof.fields("token")
        for wrong in (
            solved(replace(challenge, signature="0" * 64)),
            solved(challenge)[:-8],
            base64.b64encode(b"[]").decode(),
            "x" * 5_000,
        ):
            assert not proof.is_solved({"token": "token", "proof": wrong})


@given(st.text(max_size=200))
def test_nothing_that_is_sent_as_a_proof_can_break_the_check(text: str) -> None:
    application = Flask("proof")
    application.config["SECRET_KEY"] = b"1" * 32
    with application.test_request_context("/"):
        assert not proof.is_solved({"token": "token", "proof": text})
        assert not proof.is_solved({"token": "token", "proof": base64.b64encode(text.encode()).decode()})


def test_a_proof_gives_more_room_and_its_want_is_no_wall(app: Flask, quick: None) -> None:
    assert REPORTS_WITH_PROOF.amount > REPORTS.amount > 0
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert all(proof.may_send({}) for _ in range(REPORTS.amount))
        assert not proof.may_send({})
        assert proof.may_send({"token": "token", "proof": solved(proof.fields("token"))})


def test_a_script_without_a_page_asks_for_its_challenge(client: FlaskClient, quick: None) -> None:
    told = client.post("/challenge", json={"token": "made on the phone"}).get_json()
    answer = solved(Challenge(**told))
    with client.application.test_request_context("/"):
        assert proof.is_solved({"token": "made on the phone", "proof": answer})
    assert client.post("/challenge", json={}).status_code == 400
    assert client.post("/challenge", json={"token": "x" * 401}).status_code == 400
    assert client.post("/challenge", data="token").status_code == 400
