"""What the form of an organisation may hold."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.casework.schemas import PlainText, one_of
from app.models import OrganisationKind
from app.reference.taxonomy import actor_categories, actor_names

LONGEST_NAME = 200
LONGEST_ACRONYM = 30
SHORTEST_NAME_IN_REPORTS = 3  # shorter ones are words of too many texts
MOST_NAMES = 40
_ACTORS = sorted(frozenset(actor_categories()) | frozenset(actor_names()))


class NameLines(PlainText):
    """Names, a line each, without empty and repeated ones."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        names = list(dict.fromkeys(" ".join(line.split()) for line in text.split("\n") if line.strip()))
        if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
            raise ValidationError("names_many")
        if any(len(name) < SHORTEST_NAME_IN_REPORTS for name in names):
            raise ValidationError("names_short")
        return names


class OrganisationIn(Schema):
    """An organisation as its form sends it."""

    class Meta:
        unknown = EXCLUDE

    name = PlainText(
        required=True,
        validate=[
            validate.Length(min=1, error="name_missing"),
            validate.Length(max=LONGEST_NAME, error="long"),
        ],
        error_messages={"required": "name_missing"},
    )
    acronym = PlainText(load_default="", validate=validate.Length(max=LONGEST_ACRONYM, error="long"))
    kind = one_of(OrganisationKind)
    conflict_actors = fields.List(
        fields.String(validate=validate.OneOf(_ACTORS, error="choose")), load_default=list
    )
    names_in_reports = NameLines(load_default=list)
    is_active = fields.Boolean(load_default=False)
