"""pyxform's form, question by question, as a questionnaire's JSON; what can't be carried over becomes a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from app.questionnaires.definition import FALLBACK, Kind
from workers.questionnaires.languages import code_of
from workers.questionnaires.problems import Problem
from workers.questionnaires.unsupported import METADATA, notes_of, problems_of

KINDS = {
    "select one": Kind.ONE,
    "select all that apply": Kind.MANY,
    "integer": Kind.NUMBER,
    "text": Kind.TEXT,
    "date": Kind.DATE,
    "note": Kind.NOTE,
}
_BOUND = re.compile(r"\A\.\s*(<=|>=|<|>)\s*(\d{1,9})\Z")
_REFERENCE = re.compile(r"\$\{")
_APOSTROPHE = re.compile(
    r"(?<=\w)'(?=\w)"
)  # pyxform straightens every quote; texts that people read are set properly
_WITHOUT_LANGUAGE = "default"  # as pyxform calls a column that names none


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a question stands: its innermost group, and what all the groups around it ask for."""

    name: str = ""
    label: Mapping[str, str] | None = None
    relevant: str = ""


class Mapper:
    """Goes through one form once. `rows` says in which row each name stands."""

    def __init__(self, form: Mapping[str, Any], rows: Mapping[str, int]) -> None:
        self.problems: list[Problem] = []
        self._form = form
        self._rows = rows
        self._languages: dict[str, None] = {FALLBACK: None}
        self._default = code_of(str(form.get("default_language", ""))) or FALLBACK

    def document(self) -> dict[str, Any]:
        """The questionnaire's JSON; it is only worth something while `problems` holds notes alone."""
        found = list(self._questions(self._form.get("children", ()), _Place()))
        sections = [
            self._section(number, place, [question for _, question in each])
            for number, (place, each) in enumerate(_in_sections(found), start=1)
        ]
        title = str(self._form.get("title") or "XLSForm")
        return {
            "title": {FALLBACK: _APOSTROPHE.sub("’", title)[:120]},
            "languages": list(self._languages),
            "sections": sections,
        }

    def _section(self, number: int, place: _Place, questions: list[dict[str, Any]]) -> dict[str, Any]:
        label = {"label": dict(place.label)} if place.label else {}
        return {"name": place.name or f"section_{number}", **label, "questions": questions}

    def _questions(self, children: Any, place: _Place) -> Iterator[tuple[_Place, dict[str, Any]]]:
        for element in children:
            match str(element.get("type")):
                case "group" if element.get("name") == "meta":
                    continue
                case "group":
                    yield from self._questions(element.get("children", ()), self._within(element, place))
                case kind if kind in METADATA:
                    self._note("not_collected", element, "type", kind)
                case kind if kind in KINDS:
                    yield place, self._question(element, KINDS[kind], place)
                case kind:
                    self._problem("unsupported_type", element, "type", kind)

    def _within(self, group: Mapping[str, Any], outer: _Place) -> _Place:
        self._look_at(group)
        label = self._texts(group, "label") or outer.label
        relevant = _both(outer.relevant, str(group.get("bind", {}).get("relevant", "")))
        return _Place(str(group["name"]), label, relevant)

    def _question(self, element: Mapping[str, Any], kind: Kind, place: _Place) -> dict[str, Any]:
        self._look_at(element)
        bind = element.get("bind", {})
        written: dict[str, Any] = {
            "name": str(element["name"]),
            "kind": str(kind),
            "label": self._texts(element, "label"),
            "hint": self._texts(element, "hint"),
            "choices": [self._choice(element, choice) for choice in element.get("choices") or ()],
            "relevant": _both(place.relevant, str(bind.get("relevant", ""))),
            "meaning": str(element.get("meaning", "")).strip(),
            **self._range(element, kind, str(bind.get("constraint", ""))),
        }
        always = {"name", "kind", "label"}
        return {key: value for key, value in written.items() if key in always or value not in ("", {}, [])}

    def _choice(self, question: Mapping[str, Any], choice: Mapping[str, Any]) -> dict[str, Any]:
        if choice.get("media"):
            self._problem("media", question, "choices", str(choice.get("name", "")))
        return {"code": str(choice["name"]), "label": self._texts(choice, "label", of=question)}

    def _texts(
        self, element: Mapping[str, Any], column: str, of: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """A text by language, whether the form names languages or not."""
        found = element.get(column) or {}
        by_heading = found if isinstance(found, Mapping) else {_WITHOUT_LANGUAGE: found}
        texts: dict[str, str] = {}
        for heading, text in by_heading.items():
            code = self._default if heading == _WITHOUT_LANGUAGE else code_of(heading)
            if code is None:
                self._problem("unknown_language", of or element, column, heading)
            elif _REFERENCE.search(str(text)):
                self._problem("label_reference", of or element, column, str(text))
            else:
                self._languages.setdefault(code)
                texts[code] = _APOSTROPHE.sub("’", str(text))
        return texts

    def _range(self, element: Mapping[str, Any], kind: Kind, constraint: str) -> dict[str, int]:
        if not constraint:
            return {}
        bounds = [_BOUND.match(part.strip()) for part in constraint.split(" and ")]
        if kind is not Kind.NUMBER or not all(bounds):
            self._problem("constraint", element, "constraint", constraint)
            return {}
        return dict(_limit(bound.group(1), int(bound.group(2))) for bound in bounds if bound)

    def _look_at(self, element: Mapping[str, Any]) -> None:
        for code, column, about in problems_of(element):
            self._problem(code, element, column, about)
        for code, column, about in notes_of(element):
            self._note(code, element, column, about)

    def _problem(self, code: str, element: Mapping[str, Any], column: str, about: str) -> None:
        found = Problem(code, self._rows.get(str(element.get("name"))), column, about)
        if found not in self.problems:
            self.problems.append(found)

    def _note(self, code: str, element: Mapping[str, Any], column: str, about: str) -> None:
        note = Problem(code, self._rows.get(str(element.get("name"))), column, about, is_note=True)
        if replace(note, row=None) not in [replace(each, row=None) for each in self.problems]:
            self.problems.append(note)  # once is enough: a form has `required` on every row


def _in_sections(
    found: list[tuple[_Place, dict[str, Any]]],
) -> Iterator[tuple[_Place, Iterator[tuple[_Place, dict[str, Any]]]]]:
    for name, each in groupby(found, key=lambda placed: placed[0].name):
        placed = list(each)
        yield replace(placed[0][0], name=name), iter(placed)


def _both(outer: str, inner: str) -> str:
    return f"({outer}) and ({inner})" if outer and inner else outer or inner


def _limit(sign: str, number: int) -> tuple[str, int]:
    match sign:
        case ">=":
            return "minimum", number
        case ">":
            return "minimum", number + 1
        case "<":
            return "maximum", number - 1
        case _:
            return "maximum", number
