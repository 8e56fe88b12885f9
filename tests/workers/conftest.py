"""A worker of this test process: the real application database, the real queue, the keys of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis
from flask import Flask
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.queue import QUEUES
from app.sealing import key_id
from app.settings import Settings
from tests.conftest import INTAKE_KEY
from workers import runtime
from workers.processing import Keys
from workers.settings import WorkerSettings


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """The private keys that belong to the test's public one."""
    identifier = key_id(bytes(INTAKE_KEY.public_key))
    return Keys(settings, WorkerSettings({identifier: INTAKE_KEY}, b"p" * 32))


@pytest.fixture
def work(app: Flask, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Run a real RQ worker until the queues are empty."""
    monkeypatch.setattr(runtime, "keys", lambda: keys)
    monkeypatch.setattr("workers.jobs.keys", lambda: keys)
    monkeypatch.setattr("workers.jobs.worker_app", lambda: app)
    client = redis.Redis.from_url(keys.settings.redis_url)

    def run() -> None:
        worker = SimpleWorker(list(QUEUES), connection=client, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="CRITICAL")

    yield run
    client.close()
