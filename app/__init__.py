"""The zone that meets people: it holds public keys only, and can't read what it accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Put the parts together. Settings come from the environment unless given; raises SettingsError."""
    from app.factory import build

    return build(settings)
