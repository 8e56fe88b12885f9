"""What the forms of scheduled exports and of places for deliveries hold."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from app.casework.schemas import Optional, PlainText
from app.deliveries.schedules import NewSchedule
from app.deliveries.targets import NewTarget
from app.exports.schemas import ExportIn, export_filter
from app.models import TargetKind

_SECRETS = {
    TargetKind.SFTP: ("user", "password", "private_key"),
    TargetKind.S3: ("access_key", "secret_key"),
    TargetKind.EMAIL: ("mail",),
    TargetKind.WEBHOOK: (),
}


def _number(default: int) -> fields.Integer:
    return fields.Integer(load_default=default, error_messages={"invalid": "number"})


def _identifier() -> Optional:
    return Optional(fields.UUID(error_messages={"invalid_uuid": "choose", "invalid": "choose"}))


class ScheduleIn(ExportIn):
    """A scheduled export: the filter of any export without days, and when and for whom it is made."""

    name = PlainText(load_default="")
    file_format = fields.String(load_default="")
    language = fields.String(load_default="")
    organisation = _identifier()
    purpose = PlainText(load_default="")
    recurrence = fields.String(load_default="")
    day = _number(1)
    hour = _number(6)


class TargetIn(Schema):
    """A place for deliveries; which fields count depends on the kind."""

    class Meta:
        unknown = EXCLUDE

    name = PlainText(load_default="")
    kind = fields.String(load_default="")
    organisation = _identifier()
    host = PlainText(load_default="")
    port = _number(22)
    folder = PlainText(load_default="")
    pinned = PlainText(load_default="")
    endpoint = PlainText(load_default="")
    region = PlainText(load_default="")
    bucket = PlainText(load_default="")
    certificate = PlainText(load_default="")
    user = fields.String(load_default="")
    password = fields.String(load_default="")
    private_key = fields.String(load_default="")
    access_key = fields.String(load_default="")
    secret_key = fields.String(load_default="")
    mail = PlainText(load_default="")


def new_schedule(data: Mapping[str, Any], target_ids: Sequence[uuid.UUID]) -> NewSchedule:
    """The scheduled export out of a loaded form."""
    wanted = export_filter({**data, "first": None, "last": None})
    return NewSchedule(
        name=data["name"],
        wanted=wanted,
        level=data["level"],
        file_format=data["file_format"],
        language=data["language"],
        organisation_id=data["organisation"],
        purpose=data["purpose"],
        recurrence=data["recurrence"],
        day=data["day"],
        hour=data["hour"],
        target_ids=target_ids,
    )


def new_target(data: Mapping[str, Any]) -> NewTarget:
    """The place out of a loaded form; of the secrets only those that its kind needs."""
    named = _SECRETS.get(data["kind"], ())
    secret = {name: data[name].replace("\r\n", "\n") for name in named if data[name]}
    return NewTarget(
        name=data["name"],
        kind=data["kind"],
        organisation_id=data["organisation"],
        host=data["host"],
        port=data["port"],
        folder=data["folder"].strip("/"),
        pinned=" ".join(data["pinned"].split()[:2]),  # without the comment that a key file ends with
        endpoint=data["endpoint"],
        region=data["region"],
        bucket=data["bucket"],
        certificate=data["certificate"].encode("utf-8"),
        secret=secret,
    )
