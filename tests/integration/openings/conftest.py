"""Signed-in people, and things that can be opened."""

from __future__ import annotations

from tests.integration.casework.conftest import enter

__all__ = ["enter"]
