"""What callers hear: recorded by an administrator, or said by a synthetic voice. The words are in spoken.toml."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import NAMES
from app.models import VoicePrompt


class PromptKey(StrEnum):
    """What can be recorded, in the order in which a caller hears it."""

    LANGUAGE = "language"  # "for French, press 1"
    GREETING = "greeting"
    CODE = "code"  # before the code is spelt


Recorded = Mapping[tuple[str, str], uuid.UUID]


def recorded_prompts(session: Session) -> Recorded:
    """The ids of what is recorded, by key and language."""
    rows = session.execute(select(VoicePrompt.key, VoicePrompt.language, VoicePrompt.id))
    return {(key, language): identifier for key, language, identifier in rows}


def offered_languages(recorded: Recorded) -> list[str]:
    """The languages that callers can choose from: those whose greeting is recorded."""
    return [language for language in order() if (PromptKey.GREETING, language) in recorded]


def digit_of(language: str) -> str:
    """The digit that a caller presses for a language: always the same one, whatever else is offered."""
    return str(order().index(language) + 1)


def order() -> list[str]:
    """Every language, in the order of its digit."""
    return list(_data()["order"])


def words(key: PromptKey, language: str) -> str:
    """What the synthetic voice says; in the first language with such words for one that has none."""
    table = _data().get(language) or _data()[order()[0]]
    return str(table[key]).format(name=NAMES[language], digit=digit_of(language))


def has_voice(language: str) -> bool:
    """Whether there are words for a synthetic voice in a language."""
    return language in _data()


def is_hidden(caller: str) -> bool:
    """Whether a call came without a number that could be called back."""
    return not caller.startswith("+") or caller in _data()["hidden_callers"]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("app.intake").joinpath("spoken.toml").read_text("utf-8"))
