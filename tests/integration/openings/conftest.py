"""Signed-in people, and things that can be opened."""

from __future__ import annotations

import pytest

from app.safe import strength
from tests.integration.casework.conftest import enter

__all__ = ["enter", "second_factor"]


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody gave a second factor when they signed in: what is without one is tested where factors are."""
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: True)
