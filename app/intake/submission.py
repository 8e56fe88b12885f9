"""What a person gives with a report, whichever way it came: what gets sealed, under the names that workers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

_WHOLE_EARTH_KM = 20_040  # half its circumference: no circle is wider
Answer = str | list[str]  # codes of choices, or what was typed


@dataclass(frozen=True, slots=True)
class Position:
    """A place as a phone gave it, rounded by the phone to `precision_km` before it left."""

    latitude: float
    longitude: float
    precision_km: float


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything but the files. Whatever wasn't given is empty.

    `place` is a code of app/reference/places.py that was chosen from the list; `where` and `when` are free text.
    `answers` are by question name of the questionnaire's version.
    """

    text: str = ""
    where: str = ""
    place: str = ""
    position: Position | None = None
    when: str = ""
    contact: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    questionnaire_version: int = 0

    def as_content(self) -> dict[str, Any]:
        """The mapping to seal: what wasn't given is left out."""
        content: dict[str, Any] = {
            "text": self.text,
            "where": self.where,
            "place": self.place,
            "when": self.when,
            "contact": self.contact,
        }
        if self.position is not None:
            content["position"] = [
                self.position.latitude,
                self.position.longitude,
                self.position.precision_km,
            ]
        if self.answers:
            content |= {
                "answers": dict(self.answers),
                "questionnaire": self.questionnaire_version,
            }
        return {name: value for name, value in content.items() if value}


def from_content(content: Mapping[str, Any]) -> Submission:
    """The submission that a mapping holds; what has an unexpected shape is left out."""
    answers = content.get("answers")
    version = content.get("questionnaire")
    return Submission(
        **{name: _text(content.get(name)) for name in ("text", "where", "place", "when", "contact")},
        position=_position(content.get("position")),
        answers=_answers(answers) if isinstance(answers, Mapping) else {},
        questionnaire_version=version if _is_version(version) else 0,
    )


def _is_version(value: object) -> TypeGuard[int]:
    """A number that a database's column holds."""
    return isinstance(value, int) and 0 <= value < 2**31


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _position(value: object) -> Position | None:
    if not isinstance(value, list | tuple) or len(value) != 3:
        return None
    if not all(isinstance(part, int | float) for part in value):
        return None
    latitude, longitude, precision = value
    is_on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= precision <= _WHOLE_EARTH_KM
    return Position(float(latitude), float(longitude), float(precision)) if is_on_earth else None


def _answers(given: Mapping[Any, Any]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for name, value in given.items():
        if isinstance(value, str):
            answers[str(name)] = value
        elif isinstance(value, list):
            answers[str(name)] = [part for part in value if isinstance(part, str)]
    return answers
