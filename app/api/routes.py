"""Reports from partners' programs and from Kobo."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from app.api import kobo
from app.api.accepting import accept, refused, state_of, store
from app.api.document import described
from app.api.problems import Problem
from app.api.receiving import ASKED, SENT, idempotency_key, json_object, partner
from app.api.schemas import KoboReceiptOut, ReceiptOut, StateOut
from app.current import current_settings

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.errorhandler(Problem)
def refuse(problem: Problem) -> ResponseReturnValue:
    """What was refused, as problem details."""
    return problem.as_answer()


@blueprint.post("/reports")
def create_report() -> ResponseReturnValue:
    """Take one report of a partner's program."""
    token, key, given = partner(SENT), idempotency_key(), json_object()
    taken = accept(token.organisation_id, given, key)
    return _json(ReceiptOut(), taken, HTTPStatus.OK if taken.is_repeat else HTTPStatus.CREATED)


@blueprint.get("/reports/<uuid:report_id>")
def read_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """How far a report is, for the organisation that sent it."""
    state = state_of(partner(ASKED).organisation_id, report_id)
    if state is None:
        abort(HTTPStatus.NOT_FOUND)
    return _json(StateOut(), state, HTTPStatus.OK)


@blueprint.post("/kobo")
def take_from_kobo() -> ResponseReturnValue:
    """Take one submission of a Kobo form, which is known by its own identifier."""
    token, submission = partner(SENT), json_object()
    instance = kobo.instance_of(submission)
    if not instance:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "instance_missing")
    try:
        report = kobo.report_of(submission, token.field_map)
    except ValidationError as error:
        raise refused(error) from None
    taken = store(token.organisation_id, report, f"external:{instance}")
    answer = {
        "id": taken.id,
        "received_at": taken.received_at,
        "attachments": kobo.attachments_of(submission),
    }
    return _json(KoboReceiptOut(), answer, HTTPStatus.OK if taken.is_repeat else HTTPStatus.CREATED)


@blueprint.get("/openapi.json")
def document() -> ResponseReturnValue:
    """This interface described, as OpenAPI 3.1."""
    return Response(described(current_settings().public_url), content_type="application/json")


def _json(schema: Schema, answer: object, status: HTTPStatus) -> Response:
    return Response(json.dumps(schema.dump(answer)), status, content_type="application/json")
