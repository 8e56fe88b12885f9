"""Signed-in people."""

from __future__ import annotations

from tests.integration.casework.conftest import enter

__all__ = ["enter"]
