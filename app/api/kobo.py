"""What KoboToolbox posts when a form is sent in ("REST Services", JSON), as one of our reports.

A submission is an object of question names, with the names of the groups they are in before them
(`group/question`), and text for values: choices are codes, several choices are separated by spaces, a point is
"latitude longitude altitude accuracy". Repeated groups are lists of such objects. What begins with an underscore, and
`formhub/…` and `meta/…`, is Kobo's own. (support.kobotoolbox.org, "REST Services"; github.com/kobotoolbox/kpi)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from app.intake.partner_cells import CONSENT_FIELDS, guess, is_geopoint, typed
from app.intake.partner_fields import plain
from app.intake.partner_reports import PartnerReport, check

# What Collect and Enketo add about the phone and the person who filled in the form: none of our business.
_ABOUT_THE_DEVICE = frozenset(
    {
        "start", "end", "today", "deviceid", "device_id", "username", "phonenumber", "phone_number_of_device",
        "simserial", "sim_serial", "subscriberid", "subscriber_id", "email", "audit", "background-audio",
    }
)  # fmt: skip
_OWN_PREFIXES = ("_", "formhub/", "meta/")
_INSTANCE_NAMES = ("_uuid", "meta/instanceID", "meta/rootUuid", "instanceID")
LONGEST_INSTANCE = 100
_ROUNDED_DECIMALS = 1  # of degrees: some eleven kilometres
_DEEPEST = 10


def instance_of(submission: Mapping[str, Any]) -> str:
    """The identifier under which Kobo or ODK knows a submission; empty where there is none."""
    for name in _INSTANCE_NAMES:
        value = submission.get(name)
        if isinstance(value, str) and (bare := plain(value).removeprefix("uuid:")):
            return bare[:LONGEST_INSTANCE]
    return ""


def attachments_of(submission: Mapping[str, Any]) -> int:
    """How many files a submission lists. They stay where they are."""
    listed = submission.get("_attachments")
    return len(listed) if isinstance(listed, list) else 0


def report_of(submission: Mapping[str, Any], field_map: Mapping[str, str]) -> PartnerReport:
    """The report that a submission is. `field_map` gives the question for a field; other fields go by their names.

    Nothing is lost: what belongs to no field, or can't be read as what it should be, becomes a line of the text.
    Raises ValidationError when nothing is left to say, or too much.
    """
    answers = dict(_answers(submission))
    chosen = _fields(answers, field_map)
    chosen.pop("external_id", None)  # that is the submission's own identifier
    while True:
        try:
            return _composed(answers, chosen)
        except ValidationError as error:
            wrong = set(error.messages_dict) - {"text"}
            readable = {name: question for name, question in chosen.items() if not _is_of(name, wrong)}
            if readable == chosen:
                raise
            chosen = readable


def _is_of(name: str, wrong: set[str]) -> bool:
    return name in wrong or (name in CONSENT_FIELDS and "consent" in wrong)


def _composed(answers: Mapping[str, str], chosen: Mapping[str, str]) -> PartnerReport:
    left = [_line(name, value) for name, value in answers.items() if name not in chosen.values()]
    cells = {field: answers[name] for field, name in chosen.items()}
    cells["text"] = "\n".join([cells.get("text", ""), *left]).strip()
    return check(typed(cells))


def _fields(answers: Mapping[str, str], field_map: Mapping[str, str]) -> dict[str, str]:
    """The question for each field: as somebody said, and for the other fields as their names tell."""
    said = {field: found for field, name in field_map.items() if (found := _question(answers, name))}
    free = [name for name in answers if name not in said.values()]
    return {**{field: name for field, name in guess(free).items() if field not in field_map}, **said}


def _question(answers: Mapping[str, str], name: str) -> str:
    """The full name of a question that was named with or without its groups."""
    if name in answers:
        return name
    return next((full for full in answers if full.rsplit("/", 1)[-1] == name), "")


def _line(name: str, value: str) -> str:
    """A question and its answer. A point that no field takes may be where somebody lives: it is rounded."""
    if is_geopoint(value):
        value = " ".join(str(round(float(part), _ROUNDED_DECIMALS)) for part in value.split(" ")[:2])
    return f"{name.rsplit('/', 1)[-1]}: {value}"


def _answers(submission: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in submission.items():
        if name.startswith(_OWN_PREFIXES) or name in _ABOUT_THE_DEVICE:
            continue
        for full, text in _flat(name, value, 0):
            if answer := plain(text):
                yield full, answer


def _flat(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    """The answers in a value: one, or those of groups and of groups that repeat, numbered."""
    if depth > _DEEPEST or value is None:
        return
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _flat(inner if inner.startswith(f"{name}/") else f"{name}/{inner}", each, depth + 1)
    elif isinstance(value, list):
        for number, each in enumerate(value, start=1):
            for full, text in _flat(name, each, depth + 1):
                yield (f"{full} {number}" if number > 1 else full), text
    elif isinstance(value, str | int | float):
        yield name, str(value)
