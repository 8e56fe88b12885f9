"""The same signed-in people as casework's tests."""

from tests.integration.casework.conftest import enter

__all__ = ["enter"]
