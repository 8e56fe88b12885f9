"""Texts that wait for the handset: an hour in Valkey, where nothing readable may lie.

Who holds Valkey's files sees neither whose texts these are nor what they say; the key is in the web's secrets.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import cast

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from redis.exceptions import RedisError

from app.queue import connection
from app.sealing import keyed_digest
from app.settings import Settings

KEPT_SECONDS = 3600
MOST_TEXTS = 50


@dataclass(frozen=True, slots=True)
class WaitingText:
    """One text to the handset. `id` is the provider's, `time` is HH:MM in Bamako."""

    id: str
    text: str
    time: str


def put(settings: Settings, number: str, waiting: WaitingText) -> None:
    """Keep a text for a number (E.164) for an hour. Raises RedisError when Valkey is away."""
    name = _name(settings, number)
    pipeline = connection(settings.redis_url).pipeline(transaction=True)
    pipeline.rpush(name, _box(settings, number).encrypt(json.dumps(asdict(waiting)).encode("ascii")))
    pipeline.ltrim(name, -MOST_TEXTS, -1)
    pipeline.expire(name, KEPT_SECONDS)
    pipeline.execute()


def texts(settings: Settings, number: str) -> list[WaitingText]:
    """What was sent to a number within the hour, oldest first; reading takes nothing away. Nothing without Valkey."""
    try:
        stored = cast("list[bytes]", connection(settings.redis_url).lrange(_name(settings, number), 0, -1))
    except RedisError:
        return []
    box = _box(settings, number)
    return [found for sealed in stored if (found := _opened(box, sealed))]


def _opened(box: SecretBox, sealed: bytes) -> WaitingText | None:
    """None for what was written under another key: the secrets were changed since."""
    try:
        return WaitingText(**json.loads(box.decrypt(sealed)))
    except CryptoError:
        return None


def _name(settings: Settings, number: str) -> str:
    return "seere:simulator:" + keyed_digest(settings.secret_key, "simulator-mailbox-name", number).hex()


def _box(settings: Settings, number: str) -> SecretBox:
    return SecretBox(keyed_digest(settings.secret_key, "simulator-mailbox-key", number))
