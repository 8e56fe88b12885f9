"""USSD: what the next screen of a session says. The steps are in ussd.toml, the rest of the words the conversation's.

Nothing of a session is kept here: everything typed so far comes with each step, so the same step again gives the
same screen, and the same code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.current import current_limits
from app.database import db
from app.intake import receipts
from app.intake.arrivals import UssdText, reference_of
from app.intake.gateways.protocol import UssdStep
from app.languages import NAMES
from app.limits import WRONG_CODES
from app.messaging import dialogue
from app.messaging.segments import transliterate
from app.messaging.wordings import wording
from app.receipts import derived_code
from app.settings import Settings

LONGEST_SCREEN = 182  # signs of GSM-7 that one screen shows
LEAST_LETTERS = 10  # typed where a number was asked for: then it is a message, told at once


class Step(StrEnum):
    """What a session is at: a question whose answer comes next, or its end."""

    MENU = "menu"
    LANGUAGE = "language"
    REPORT = "report"
    CODE = "code"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands, in which language, and what was typed as an answer to that step."""

    step: Step
    language: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the phone shows; whether the session is over; and a message that must be durable before it is shown."""

    text: str
    ends: bool = False
    accepted: UssdText | None = None


def next_screen(settings: Settings, gateway: str, step: UssdStep) -> Screen:
    """The next screen of a session. Needs an application's context, and works without the database but for a code's
    state. The caller makes `accepted` durable and only then answers.
    """
    place = walk(step.inputs, settings.default_language)
    if place.step is Step.HELP:
        return Screen(_said("help", place.language), ends=True)
    if not place.typed:
        return Screen(_question(place))
    if place.step is Step.CODE:
        return Screen(_state_of(settings, step.caller, place), ends=True)
    return _received(settings, gateway, step, place)


def walk(inputs: tuple[str, ...], language: str) -> Place:
    """Follow what was typed from the first screen on. What isn't an answer to its question is asked again.

    Providers join inputs by `*`: the last answer is joined again, with every `*` that a person typed.
    """
    at = Step(_data()["first"])
    for position, typed in enumerate(inputs):
        typed = typed.strip()
        if at in {Step.REPORT, Step.CODE} and typed:
            return Place(at, language, _rest(inputs, position))
        if at is Step.LANGUAGE and (chosen := _language(typed)):
            at, language = Step.MENU, chosen
        elif at is Step.MENU and typed in _data()["menu"]:
            at = Step(_data()["menu"][typed])
        elif at is Step.MENU and sum(map(str.isalpha, typed)) >= LEAST_LETTERS:
            return Place(Step.REPORT, language, _rest(inputs, position))
        if at is Step.HELP:
            break
    return Place(at, language)


def texts() -> dict[str, dict[str, str]]:
    """The texts that only sessions have, by language, for the tests that hold all texts to the same rules."""
    found: dict[str, dict[str, str]] = _data()["texts"]
    return found


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("app.intake").joinpath("ussd.toml").read_text("utf-8"))


def _rest(inputs: tuple[str, ...], position: int) -> str:
    return "*".join(inputs[position:]).strip()


def _language(typed: str) -> str:
    choices = {str(number): code for number, code in enumerate(_data()["languages"], start=1)}
    return str(choices.get(typed, ""))


def _question(place: Place) -> str:
    table = texts().get(place.language, texts()["fr"])
    if place.step is not Step.LANGUAGE:
        return table[place.step]
    numbered = [
        f"{number} {transliterate(NAMES[code])}" for number, code in enumerate(_data()["languages"], start=1)
    ]
    return "\n".join([table["language"], *numbered])


def _received(settings: Settings, gateway: str, step: UssdStep, place: Place) -> Screen:
    text = UssdText(step.session_id, step.caller, place.typed, place.language)
    reference = reference_of(settings, gateway, text)
    code = derived_code(settings.lookup_key, reference.hex())
    said = _said("received", place.language, code=code)
    # A changed wording may be too long for a screen. The network would cut it, and the code with it.
    return Screen(said if len(said) <= LONGEST_SCREEN else code, ends=True, accepted=text)


def _state_of(settings: Settings, caller: str, place: Place) -> str:
    """How far the message of a code is, as on the receipt page: guessing is limited, and takes the same time."""
    limits = current_limits()
    if not limits.is_allowed(WRONG_CODES, caller):
        return _said("too_many", place.language)
    try:
        session = db.session()
        report = receipts.find_report(settings, session, place.typed)
        if report is not None:
            return _said(f"status_{receipts.view(session, report).state}", place.language)
    except SQLAlchemyError:
        return texts().get(place.language, texts()["fr"])["later"]
    limits.count(WRONG_CODES, caller)
    return _said("unknown_code", place.language)


def _said(key: str, language: str, **values: str) -> str:
    """A text of the conversation as an administrator wrote it; the shipped one while the database is away."""
    try:
        return wording(db.session(), key, language).format(**values)
    except SQLAlchemyError:
        return dialogue.say(key, language, **values)
