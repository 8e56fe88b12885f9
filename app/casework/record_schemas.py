"""What the forms about a case's record and its verification may hold."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.casework.acts import ActDescription
from app.casework.checklist import Answer
from app.casework.involvements import Role
from app.casework.persons import Description
from app.casework.recording import Part
from app.casework.schemas import FormIn, Optional, PlainText, one_of
from app.models import LinkKind, PersonKind
from app.models.persons import UNKNOWN
from app.reference.record import vocabulary

_LONGEST = 5000
_COUNTS = tuple(vocabulary("count"))
_COUNT = fields.Integer(
    strict=False, validate=validate.Range(0, 10**9), error_messages={"invalid": "counts_range"}
)


class RoleIn(FormIn):
    """A part in an act, or (empty) in the whole case."""

    role = one_of(vocabulary("role"))
    act = Optional(fields.UUID())
    certainty = one_of(vocabulary("certainty"))


class PersonIn(FormIn):
    """A person or a group."""

    kind = one_of(PersonKind)
    label = PlainText(load_default="", validate=validate.Length(max=_LONGEST, error="label_long"))
    sex = fields.String(load_default=UNKNOWN)
    age_group = fields.String(load_default=UNKNOWN)
    state = fields.String(load_default=UNKNOWN)
    women, men, girls, boys = (Optional(_COUNT) for _ in range(4))
    unknown_count = Optional(_COUNT, data_key="unknown")
    total = Optional(_COUNT)
    is_at_least = fields.Boolean(load_default=False)
    actor = fields.String(load_default="")
    has_acquiescence = fields.Boolean(load_default=False)
    is_plain = fields.Boolean(load_default=False)


class NewPersonIn(PersonIn, RoleIn):
    """A person and their first part."""


class ActIn(FormIn):
    """An act."""

    violation = fields.String(load_default="", data_key="code")
    state = fields.String(load_default="alleged")
    date_from = fields.String(load_default="")
    date_to = fields.String(load_default="")
    region = fields.String(load_default="")
    cercle = fields.String(load_default="")
    method = PlainText(load_default="", validate=validate.Length(max=_LONGEST, error="method_long"))
    is_main = fields.Boolean(load_default=False)
    is_plain = fields.Boolean(load_default=False)


class LinkIn(FormIn):
    """A link: `kind` as it is read from this case, an inverse one with `inverse_` before it."""

    reference = PlainText(load_default="")
    kind = one_of([*LinkKind, *(f"inverse_{kind}" for kind in LinkKind)])


class PartIn(FormIn):
    """A part of the record to take away or put back."""

    part = one_of(Part)
    part_id = fields.UUID(required=True, error_messages={"required": "choose", "invalid_uuid": "choose"})


class ProposalIn(FormIn):
    """What the machine found, to be put on record."""


class ChecksIn(FormIn):
    """The whole checklist; the points' own fields are read by `answers_in`."""

    is_plain = fields.Boolean(load_default=False)


class AssessmentIn(FormIn):
    """How much a report is worth."""

    reliability = one_of(vocabulary("reliability"))
    credibility = one_of(vocabulary("credibility"))


def role_in(data: Mapping[str, Any]) -> Role:
    """The part a form states."""
    act: uuid.UUID | None = data["act"]
    return Role(data["role"], act, data["certainty"])


def description_in(data: Mapping[str, Any], characteristics: list[str]) -> Description:
    """The person a form describes, with the characteristics that were ticked."""
    names = (
        "label",
        "sex",
        "age_group",
        "state",
        "total",
        "is_at_least",
        "actor",
        "has_acquiescence",
        "is_plain",
    )
    return Description(
        kind=PersonKind(data["kind"]),
        characteristics=characteristics,
        counts={name: data["unknown_count" if name == UNKNOWN else name] for name in _COUNTS},
        **{name: data[name] for name in names},
    )


def characteristics_in(form: Mapping[str, str]) -> list[str]:
    """The characteristics that were ticked; each has a field of its own, so that a form that comes back keeps them."""
    return [code for code in vocabulary("characteristic") if f"characteristic-{code}" in form]


def act_in(data: Mapping[str, Any]) -> ActDescription:
    """The act a form describes."""
    return ActDescription(**{name: data[name] for name in ActDescription.__dataclass_fields__})


def link_in(data: Mapping[str, Any]) -> tuple[LinkKind, bool]:
    """The kind of a link, and whether it was stated from its other end."""
    kind = str(data["kind"])
    return LinkKind(kind.removeprefix("inverse_")), kind.startswith("inverse_")


def answers_in(form: Mapping[str, str]) -> dict[str, Answer]:
    """The checklist's answers as a form has them, by the code of the point."""
    cleaned = PlainText()
    return {
        code: Answer(form.get(f"answer-{code}", ""), str(cleaned.deserialize(form.get(f"note-{code}", ""))))
        for code in vocabulary("check")
        if f"answer-{code}" in form
    }
