"""The audit chain: who did what to which, when, and why, each entry holding the digest of the one before."""

from app.audit.chain import Action, Break, lock, record, verify

__all__ = ["Action", "Break", "lock", "record", "verify"]
