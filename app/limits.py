"""Rate limits that hold no addresses.

Whoever is counted is known only by sixteen bits of a digest under a key that is thrown away daily: in a country's
phone numbers thousands share each value, so the counters tell nobody who wrote. Where Valkey is down each process
counts for itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from app.clock import utcnow
from app.queue import connection
from app.sealing import keyed_digest

DAY_SECONDS = 24 * 3600
BUCKET_BYTES = 2

# Per bucket, generous to people who share one and far too few to guess sixty bits by.
WRONG_CODES = RateLimitItemPerHour(20, namespace="wrong-codes")
REPORTS = RateLimitItemPerHour(60, namespace="reports")
REPORTS_WITH_PROOF = RateLimitItemPerHour(600, namespace="reports-with-proof")  # see app/public/proof.py
UPLOADS = RateLimitItemPerHour(200, namespace="uploads")
UPLOADED_PIECES = RateLimitItemPerDay(16_000, namespace="uploaded-pieces")  # of 256 KiB: 4 GB
SIGN_INS = RateLimitItemPerMinute(10, multiples=15, namespace="sign-ins")


@dataclass
class Limits:
    """The counters of one process, in Valkey where it answers and in memory where it doesn't."""

    redis_url: str
    _memory: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))
    _own_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def is_allowed(self, limit: RateLimitItem, who: str) -> bool:
        """Whether there is room left for this person's bucket, without using any."""
        return self._try("test", limit, who)

    def count(self, limit: RateLimitItem, who: str) -> bool:
        """Use up one; False when there was none left."""
        return self._try("hit", limit, who)

    @cached_property
    def _shared(self) -> FixedWindowRateLimiter:
        address = self.redis_url.replace("unix://", "redis+unix://", 1)
        return FixedWindowRateLimiter(
            storage_from_string(address, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=2)
        )

    def _try(self, operation: str, limit: RateLimitItem, who: str) -> bool:
        try:
            bucket = self._bucket(self._key_of_the_day(), who)
            return bool(getattr(self._shared, operation)(limit, bucket))
        except (RedisError, StorageError):
            return bool(getattr(self._memory, operation)(limit, self._bucket(self._own_key, who)))

    def _key_of_the_day(self) -> bytes:
        client = connection(self.redis_url)
        name = f"seere:limits-key:{utcnow():%Y-%m-%d}"
        client.set(name, secrets.token_hex(32), nx=True, ex=DAY_SECONDS)
        stored = client.get(name)
        return bytes.fromhex(stored.decode()) if isinstance(stored, bytes) else self._own_key

    @staticmethod
    def _bucket(key: bytes, who: str) -> str:
        return keyed_digest(key, "limits", who)[:BUCKET_BYTES].hex()
