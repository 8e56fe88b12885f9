"""What the public site calls itself and looks like: a name and a colour by setting, and where Tor finds it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Response, request
from flask.blueprints import BlueprintSetupState

from app.current import current_settings
from app.settings import Appearance

Palette = Mapping[str, Mapping[str, str]]
_PALETTES = Path(__file__).with_name("palettes.toml")


@cache
def palettes() -> Mapping[str, Palette]:
    """Every look by its name: `light` and `dark`, each with `accent`, `over` and `on` as colours of a style sheet."""
    return tomllib.loads(_PALETTES.read_text("utf-8"))


def appearance() -> Appearance:
    """This installation's name and look."""
    return current_settings().appearance


def palette() -> Palette:
    """The colours of this installation."""
    return palettes()[appearance().colour]


def init_appearance(state: BlueprintSetupState) -> None:
    """Give every template what it needs to look as set; also the error page, which belongs to no blueprint."""
    state.app.jinja_env.globals.update(appearance=appearance, palette=palette)


def offer_onion(response: Response) -> Response:
    """Tell Tor's browser of the same page as a Tor service (Onion-Location, for pages got over HTTPS)."""
    address = appearance().onion_address
    if address and request.method == "GET":
        response.headers["Onion-Location"] = address + request.path
    return response
