"""Signed-in people."""

from __future__ import annotations

from tests.integration.casework.conftest import enter
from tests.integration.openings.conftest import second_factor

__all__ = ["enter", "second_factor"]
