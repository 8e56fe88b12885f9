"""What the inbox's address and its forms may hold."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.casework.bulk_acts import BulkAct
from app.casework.schemas import LONGEST_TEXT, Optional, PlainText, one_of
from app.casework.views import ANY, OPEN, InboxFilter, Order, address_of
from app.models import CaseStatus, Channel, Verification

_LONGEST_ADDRESS = 4000


class InboxIn(Schema):
    """The inbox's filters as they stand in the address. What can't be read is left out."""

    class Meta:
        unknown = EXCLUDE

    status = fields.String(validate=validate.OneOf([OPEN, ANY, *map(str, CaseStatus)]))
    order = fields.String(validate=validate.OneOf(list(map(str, Order))))
    verification = fields.String(validate=validate.OneOf(list(map(str, Verification))))
    violation = fields.String(validate=validate.Regexp(r"[a-z_]{1,40}\Z"))
    region = fields.String(validate=validate.Regexp(r"[A-Z0-9]{1,10}\Z"))
    cercle = fields.String(validate=validate.Regexp(r"[A-Z0-9]{1,10}\Z"))
    language = fields.String(validate=validate.Regexp(r"[a-z]{2,5}\Z"))
    actor = fields.String(validate=validate.Regexp(r"[a-z_]{1,40}\Z"))
    received_from = fields.Date()
    received_to = fields.Date()
    urgency = fields.Integer(validate=validate.Range(0, 3))
    channel = fields.String(validate=validate.OneOf(list(map(str, Channel))))
    needs_person = fields.Boolean()
    mine = fields.Boolean()
    ours = fields.Boolean()
    unassigned = fields.Boolean()
    overdue = fields.Boolean()
    assignee = fields.UUID()
    organisation = fields.UUID()
    q = PlainText(validate=validate.Length(max=200))


def inbox_filter(arguments: Mapping[str, str]) -> InboxFilter:
    """The filter an address asks for."""
    filled = {name: value for name, value in arguments.items() if value != ""}
    try:
        return InboxFilter(**InboxIn().load(filled))
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return InboxFilter(**valid)


class ViewIn(Schema):
    """A view of the inbox to keep: its name, and whether the organisation sees it. `back` is the inbox's address."""

    class Meta:
        unknown = EXCLUDE

    name = PlainText(load_default="")
    is_shared = fields.Boolean(load_default=False)


class SeenCase(fields.Field[tuple[uuid.UUID, int]]):
    """A case as a list showed it: `id:version`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[uuid.UUID, int]:  # noqa: ARG002
        identifier, _, version = str(value).partition(":")
        try:
            return uuid.UUID(identifier), int(version[:10])
        except ValueError as error:
            raise ValidationError("choose") from error


class BulkIn(Schema):
    """What to do to which cases. `all` means every one that the page listed."""

    class Meta:
        unknown = EXCLUDE

    act = one_of(BulkAct)
    assignee = Optional(fields.UUID())
    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))
    cases = fields.List(SeenCase(), load_default=list)
    listed = fields.List(SeenCase(), load_default=list)
    all = fields.Boolean(load_default=False)


def address_back(query: str) -> dict[str, str]:
    """The inbox's address that a form came from, made anew out of what can be read of it."""
    return address_of(inbox_filter(dict(parse_qsl(query[:_LONGEST_ADDRESS]))))
