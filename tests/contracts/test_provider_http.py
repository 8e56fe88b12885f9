"""A call to a provider: afterwards one knows whether it was certainly not sent, and no error tells a secret."""

from __future__ import annotations

import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.intake.gateways._http import (
    LONGEST_ANSWER,
    Answer,
    Doubtful,
    NotSent,
    get,
    outcome_of,
    outcome_of_refusal,
    post_form,
    post_json,
)
from app.intake.gateways.protocol import Result
from tests.contracts.phone_stand_in import Call, PhoneStandIn, Reply

SECRET = "number-22376123456"


class Echo(PhoneStandIn):
    """Answers with what it was sent; keeps it too."""

    def refusal(self, call: Call) -> Reply | None:
        return None

    def take(self, call: Call) -> Reply:
        self.accepted.append({"body": call.body.decode(), "headers": call.headers})
        return Reply(201, {"taken": True}, {"Retry-After": "90"})

    def listing(self, call: Call) -> Reply:
        return Reply(200, {"query": dict(call.query)})


@pytest.fixture
def server() -> Iterator[Echo]:
    with Echo() as stand_in:
        yield stand_in


def test_json_forms_and_questions_arrive(server: Echo) -> None:
    answer = post_json(server.address, {"a": "ߞ"}, auth=("é", "naïf"), headers={"X-Key": "k"})
    assert answer == Answer(201, {"taken": True}, '{"taken": true}', 90)
    assert server.accepted[0]["body"] == '{"a": "\\u07de"}'
    assert server.accepted[0]["headers"]["authorization"] == "Basic w6k6bmHDr2Y="
    assert server.accepted[0]["headers"]["x-key"] == "k"
    post_form(server.address, {"to": "+223", "text": "é"})
    assert server.accepted[1]["body"] == "to=%2B223&text=%C3%A9"
    assert get(server.address, {"owner": "+223 4"}).json == {"query": {"owner": "+223 4"}}


def test_the_environment_sends_nothing_elsewhere(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert get(server.address).status == 200


def test_a_redirect_is_not_followed(server: Echo) -> None:
    server.reply = Reply(307, {}, {"Location": f"{server.address}/elsewhere"})
    answer = post_json(server.address, {})
    assert (answer.status, server.accepted) == (307, [])
    assert outcome_of_refusal("it", answer).result is Result.LATER


def test_what_isnt_an_object_is_text_only(server: Echo) -> None:
    for body in (b"[1]", b"<html>", b"", b"\xff", b"[" * 100_000):
        server.reply = Reply(200, body)
        assert get(server.address).json is None


def test_nobody_listening_or_no_such_address_is_not_sent(server: Echo) -> None:
    server.stop()
    for address in (
        server.address,
        "http://",
        "nothing",
        "http://[::1",
        "ftp://127.0.0.1",
    ):
        with pytest.raises(NotSent):
            post_json(f"{address}/?{SECRET}", {})


def test_an_unknown_name_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent) as caught:
        post_json("http://phone.example", {})
    assert caught.value.failure == "NameResolutionError"


def test_what_cannot_be_written_is_not_sent(server: Echo) -> None:
    with pytest.raises(NotSent):
        post_json(server.address, {"nan": float("nan")})
    with pytest.raises(NotSent):
        post_json(server.address, {}, headers={"X-Key": "a\r\nb"})


def test_a_late_or_endless_or_missing_answer_is_doubtful(server: Echo) -> None:
    server.answer_after_seconds = 3
    with pytest.raises(Doubtful):
        post_json(server.address, {}, timeout=0.2)
    server.answer_after_seconds = 0
    server.reply = Reply(200, b"x" * (LONGEST_ANSWER + 1))
    with pytest.raises(Doubtful):
        post_json(server.address, {})


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    ],
)
def test_a_connection_cut_after_writing_is_doubtful(said: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(said)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65_536)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Doubtful):
            post_json(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, timeout=2)
        thread.join(5)


def test_an_answer_in_drops_ends_in_time() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        is_over = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not is_over.wait(0.05):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(Doubtful):
            post_json(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, timeout=0.3)
        is_over.set()
        thread.join(5)


def test_a_certificate_that_isnt_trusted_is_not_sent(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", refuse)
    with pytest.raises(NotSent):
        post_json(server.address.replace("http:", "https:"), {})
    assert server.accepted == []


def test_speaking_tls_to_who_does_not_is_doubtful_at_most(server: Echo) -> None:
    with pytest.raises((NotSent, Doubtful)):
        post_json(server.address.replace("http:", "https:"), {}, timeout=1)
    assert server.accepted == []


def test_a_failure_tells_no_address(server: Echo) -> None:
    server.stop()
    with pytest.raises(NotSent) as caught:
        get(f"{server.address}/{SECRET}", {"to": SECRET}, auth=("user", SECRET))
    assert caught.value.failure == "NewConnectionError"
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert outcome_of(caught.value).failure == "NewConnectionError"


@pytest.mark.parametrize(
    ("status", "retry_after", "result"),
    [
        (400, None, Result.REFUSED),
        (422, None, Result.REFUSED),
        (401, None, Result.LATER),
        (402, None, Result.LATER),
        (404, None, Result.LATER),
        (429, 30, Result.LATER),
        (500, None, Result.UNKNOWN),
        (502, 30, Result.UNKNOWN),
        (503, None, Result.UNKNOWN),
        (503, 30, Result.LATER),
    ],
)
def test_an_answer_is_an_outcome(status: int, retry_after: int | None, result: Result) -> None:
    outcome = outcome_of_refusal("it", Answer(status, None, "", retry_after))
    assert (outcome.result, outcome.failure) == (result, f"it-{status}")
    assert outcome.retry_after_seconds == retry_after
