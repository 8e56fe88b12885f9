"""What twilio.toml says: facts about Twilio that change without us."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic voice: its BCP 47 locale and Twilio's name for it."""

    locale: str
    voice: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Error codes of a send by what follows from them, hosts of media, and voices by language, the fallback first."""

    opted_out: frozenset[int]
    later: frozenset[int]
    media_hosts: frozenset[str]
    voices: Mapping[str, Voice]


@cache
def facts() -> Facts:
    """The contents of twilio.toml."""
    found = tomllib.loads(resources.files("app.intake.gateways").joinpath("twilio.toml").read_text("utf-8"))
    return Facts(
        opted_out=frozenset(found["sending"]["opted_out"]),
        later=frozenset(found["sending"]["later"]),
        media_hosts=frozenset(found["media"]["hosts"]),
        voices={language: Voice(**voice) for language, voice in found["voices"].items()},
    )
