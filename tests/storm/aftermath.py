"""What is left after the storm: everything valid once, nothing malformed, every reply at most once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.settings import load_settings
from tests.e2e.running import Running, wait_for
from tests.storm.installation import Providers
from tests.storm.weather import Weather
from workers.opening import open_sealed
from workers.settings import WorkerSettings, load_worker_settings

_NUMBERED = re.compile(r"Numero (\d{5})")
_GONE_OUT = {"sent", "delivered", "undelivered", "unknown", "failed", "sending"}


@dataclass(frozen=True, slots=True)
class Count:
    """What was found, for the report of the long storm."""

    arrivals: int
    texts: int
    replies: dict[str, int]
    accepted: int


def wait_until_calm(running: Running, seconds: float) -> None:
    """Until every arrival is taken in, every report read, and no text waits that is due."""
    waiting = (
        "SELECT (SELECT count(*) FROM arrival WHERE done_at IS NULL)"
        " + (SELECT count(*) FROM owed_work WHERE done_at IS NULL)"
        " + (SELECT count(*) FROM message WHERE state IN ('queued', 'sending'))"
    )
    wait_for(lambda: running.rows(waiting) == [(0,)], seconds)


def count(running: Running, weather: Weather, stand_ins: Providers) -> Count:
    """Look at everything, and fail where a promise was broken."""
    environment = {"SEERE_VAR": str(running.var), **running.environment}
    keys = load_worker_settings(environment)
    load_settings(environment)
    phones = _phones(running, keys)
    arrivals = _every_valid_message_is_there_once(running, keys, weather)
    texts = _every_text_is_in_one_message(running, keys, weather)
    replies = _replies_went_out_at_most_once(running, phones, stand_ins)
    _nobody_who_stopped_was_written_to(running, phones, weather)
    return Count(arrivals, texts, replies, len(stand_ins.accepted()))


def _phones(running: Running, keys: WorkerSettings) -> dict[str, str]:
    """The number of every contact by its id."""
    rows: list[Any] = running.rows("SELECT id, sealed_address FROM contact")
    return {contact: str(open_sealed(keys, sealed)["address"]) for contact, sealed in rows}


def _every_valid_message_is_there_once(running: Running, keys: WorkerSettings, weather: Weather) -> int:
    rows: list[Any] = running.rows("SELECT gateway, sealed_content FROM arrival WHERE kind = 'text'")
    assert len(rows) == len(weather.valid), "arrivals"
    for _, sealed in rows[:: max(1, len(rows) // 200)]:
        assert open_sealed(keys, sealed)["sender"]
    return len(rows)


def _every_text_is_in_one_message(running: Running, keys: WorkerSettings, weather: Weather) -> int:
    rows: list[Any] = running.rows("SELECT sealed_content FROM message WHERE direction = 'in'")
    found = [str(open_sealed(keys, sealed)["text"]) for (sealed,) in rows]
    expected = {text for texts in weather.texts.values() for text in texts}
    numbers = Counter(number for text in found for number in _NUMBERED.findall(text))
    assert set(numbers) == {number for text in expected for number in _NUMBERED.findall(text)}
    assert set(numbers.values()) == {1}, "a text is there twice"
    whole = {" ".join(text.split()) for text in found}
    missing = [text for text in expected if " ".join(text.split()) not in whole]
    assert not missing, f"{len(missing)} texts are not whole"
    return len(found)


def _replies_went_out_at_most_once(
    running: Running, phones: dict[str, str], stand_ins: Providers
) -> dict[str, int]:
    """A provider took no more texts to a phone than we know of, and each of them once."""
    rows: list[Any] = running.rows("SELECT contact_id, state FROM message WHERE direction = 'out'")
    known = Counter(phones[contact] for contact, state in rows if state in _GONE_OUT)
    confirmed = Counter(phones[contact] for contact, state in rows if state in {"sent", "delivered"})
    accepted = stand_ins.accepted()
    twice = [text for (_, text), times in Counter(accepted).items() if times > 1]
    assert not twice, f"{len(twice)} replies went out twice"
    taken = Counter(number for number, _ in accepted)
    assert not taken - known, "a provider has texts that we don't know of"
    assert not confirmed - taken, "we say sent, and no provider has it"
    return dict(Counter(state for _, state in rows))


def _nobody_who_stopped_was_written_to(running: Running, phones: dict[str, str], weather: Weather) -> None:
    stopped: list[Any] = running.rows("SELECT id FROM contact WHERE stopped_at IS NOT NULL")
    assert {phones[contact] for (contact,) in stopped} == {sms.phone for sms in weather.last}
    late = (
        "SELECT count(*) FROM send_attempt JOIN message ON message.id = send_attempt.message_id"
        " JOIN contact ON contact.id = message.contact_id WHERE send_attempt.started_at > contact.stopped_at"
    )
    assert running.rows(late) == [(0,)], "somebody who had stopped was written to"
