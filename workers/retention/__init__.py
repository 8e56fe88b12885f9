"""Erasing what its time is over for."""

from workers.retention.running import keep

__all__ = ["keep"]
