"""What arrives at the same time is stored together, and nobody's message fails for another's sake."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.clock import utcnow
from app.intake.arrivals import SealedArrival
from app.intake.gathering import Gathering


def arrival(content: bytes = b"sealed") -> SealedArrival:
    return SealedArrival(
        uuid.uuid4(), "twilio", "text", "sms", uuid.uuid4().bytes, utcnow(), content, is_demonstration=False
    )


class Disk:
    """Keeps what it is given; slow while `free` isn't set."""

    def __init__(self) -> None:
        self.writes: list[list[SealedArrival]] = []
        self.free = threading.Event()

    def store(self, arrivals: list[SealedArrival]) -> None:
        self.writes.append(arrivals)
        assert self.free.wait(10)
        if any(one.content == b"refused" for one in map(_Content, arrivals)):
            raise RuntimeError("no")


class _Content:
    def __init__(self, one: SealedArrival) -> None:
        self.content = one.sealed_content


def test_those_who_wait_for_the_disk_are_stored_in_one_write() -> None:
    disk, brought = Disk(), [arrival() for _ in range(8)]
    gathering = Gathering(disk.store)
    with ThreadPoolExecutor(8) as pool:
        kept = [pool.submit(gathering.keep, [one]) for one in brought]
        while len(gathering._waiting) < 7:
            threading.Event().wait(0.01)
        assert not any(done.done() for done in kept)  # nobody is answered before the disk was
        disk.free.set()
        for done in kept:
            done.result(10)
    assert len(disk.writes) == 2
    assert {one.id for write in disk.writes for one in write} == {one.id for one in brought}


def test_a_refused_message_takes_nobody_along() -> None:
    disk = Disk()
    gathering = Gathering(disk.store)
    good, bad = [arrival() for _ in range(5)], arrival(b"refused")
    with ThreadPoolExecutor(6) as pool:
        kept = [pool.submit(gathering.keep, [one]) for one in good]
        refused = pool.submit(gathering.keep, [bad])
        while len(gathering._waiting) < 5:
            threading.Event().wait(0.01)
        disk.free.set()
        for done in kept:
            done.result(10)
        with pytest.raises(RuntimeError):
            refused.result(10)
