"""What belongs to the application that serves this request or command."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.limits import Limits
from app.settings import Settings


def current_settings() -> Settings:
    """This installation's settings."""
    return cast("Settings", current_app.extensions["seere_settings"])


def current_limits() -> Limits:
    """This process's counters."""
    return cast("Limits", current_app.extensions["seere_limits"])
