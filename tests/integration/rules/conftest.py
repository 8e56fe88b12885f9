"""The same signed-in people as casework's tests, a receiver, and a worker that works out previews."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.models import Organisation, OrganisationKind
from tests.integration.casework.conftest import enter
from tests.workers.conftest import keys, work

__all__ = ["enter", "keys", "work"]


@pytest.fixture
def receiver(make_organisation: Callable[..., Organisation]) -> Organisation:
    """An association that cases may be sent to, and whose own people may be gendarmes."""
    return make_organisation(OrganisationKind.CIVIL_SOCIETY, name="Herders", conflict_actors=["gendarmerie"])
