"""This interface described for programs: OpenAPI 3.1, made from the schemas that check what comes and goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from app.api.problems import CONTENT_TYPE
from app.api.receiving import LONGEST_KEY
from app.api.schemas import FieldProblemOut, KoboReceiptOut, ProblemOut, ReceiptOut, StateOut
from app.intake.partner_reports import ConsentIn, PartnerReportIn, PositionIn

VERSION = "1.0.0"
TITLE = "Seere: reports of partners"
ABOUT = (
    "How a partner's own program hands in reports of human-rights incidents. Every report is sealed as it arrives: "
    "it can't be read back here, only how far it is. Errors are problem details (RFC 9457) in the language that "
    "Accept-Language asks for."
)
_IDENTIFIER = "5b1b7a52-91d2-4c66-9c0e-2f6d2a9c7e10"
_EXAMPLE = {
    "text": "Hier, des hommes armés ont emporté le bétail de trois familles.",
    "where": "Près du marché de Bankass",
    "occurred_on": "2026-03-12",
    "language": "fr",
    "consent": {"may_ask": True, "share_with": ["cndh"], "with_identity": False},
    "external_id": _IDENTIFIER,
}
_SUBMISSION = {
    "_uuid": _IDENTIFIER,
    "meta/instanceID": f"uuid:{_IDENTIFIER}",
    "incident/recit": "Hier, des hommes armés ont emporté le bétail de trois familles.",
    "incident/lieu": "Près du marché de Bankass",
    "_attachments": [],
}
_REASONS = {
    400: "The request can't be read, or lacks its Idempotency-Key.",
    401: "There is no token, or it is not valid (any more).",
    404: "Your organisation sent no such report.",
    413: "The request is too large.",
    415: "The body is not application/json.",
    422: "The report can't be taken as it is; `errors` say what is wrong, field by field.",
    429: "Too many requests with this token.",
    500: "Something went wrong here; send it again, with the same key.",
    503: "The report could not be made durable; send it again, with the same key.",
}
_REFUSALS_OF_A_POST = (400, 401, 413, 415, 422, 429, 500, 503)
_REFUSALS_OF_A_GET = (401, 404, 429, 500, 503)
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A value of your own for this report, such as a UUID. Sent again with the same body it gives the "
    "same answer; with another body it is refused.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": r"^[!#-~]([ !#-~]*[!#-~])?$",  # visible ASCII, no quotation marks
    },
    "example": _IDENTIFIER,
}
_SCHEMAS: tuple[type[Schema], ...] = (
    PositionIn,
    ConsentIn,
    PartnerReportIn,
    ReceiptOut,
    StateOut,
    KoboReceiptOut,
    FieldProblemOut,
    ProblemOut,
)


@cache
def described(public_url: str) -> str:
    """The document as JSON text, with the address of this installation."""
    return json.dumps(_document(public_url).to_dict(), ensure_ascii=False)


def _document(public_url: str) -> APISpec:
    document = APISpec(
        title=TITLE,
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
        info={"description": ABOUT},
        servers=[{"url": public_url}],
        security=[{"token": []}],
    )
    document.components.security_scheme(
        "token",
        {"type": "http", "scheme": "bearer", "description": "The token of your organisation."},
    )
    for schema in _SCHEMAS:
        document.components.schema(_schema_name(schema), schema=schema)
    for status, reason in _REASONS.items():
        document.components.response(f"Problem{status}", _refusal(status, reason))
    document.path("/api/v1/reports", operations={"post": _create()})
    document.path("/api/v1/reports/{report_id}", operations={"get": _read()})
    document.path("/api/v1/kobo", operations={"post": _kobo()})
    document.path("/api/v1/openapi.json", operations={"get": _itself()})
    return document


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("In").removesuffix("Out")


def _create() -> dict[str, Any]:
    return {
        "operationId": "createReport",
        "summary": "Hand in a report",
        "parameters": [_KEY_HEADER],
        "requestBody": _body(PartnerReportIn, _EXAMPLE),
        "responses": {
            "201": _answer(ReceiptOut, "The report is accepted, and will not be lost."),
            "200": _answer(ReceiptOut, "The same report was accepted before; this is the answer it got."),
            **_refusals(_REFUSALS_OF_A_POST),
        },
    }


def _read() -> dict[str, Any]:
    identifier = {
        "name": "report_id",
        "in": "path",
        "required": True,
        "description": "The `id` that was given when the report was accepted.",
        "schema": {"type": "string", "format": "uuid"},
    }
    return {
        "operationId": "readReport",
        "summary": "Ask how far a report of yours is",
        "parameters": [identifier],
        "responses": {"200": _answer(StateOut, "How far it is."), **_refusals(_REFUSALS_OF_A_GET)},
    }


def _kobo() -> dict[str, Any]:
    about = (
        "For “REST Services” of KoboToolbox, or what sends the same for ODK. A submission is known by its `_uuid` or "
        "`meta/instanceID`. Which question is which field is said with the token; what belongs to no field becomes "
        "part of the text. Files that are listed are not fetched."
    )
    submission = {
        "type": "object",
        "properties": {"_uuid": {"type": "string"}, "meta/instanceID": {"type": "string"}},
        "additionalProperties": True,
    }
    content = {"application/json": {"schema": submission, "example": _SUBMISSION}}
    return {
        "operationId": "takeFromKobo",
        "summary": "Hand in a submission of a Kobo form",
        "description": about,
        "requestBody": {"required": True, "content": content},
        "responses": {
            "201": _answer(KoboReceiptOut, "The submission is accepted."),
            "200": _answer(KoboReceiptOut, "It was accepted before."),
            **_refusals(_REFUSALS_OF_A_POST),
        },
    }


def _itself() -> dict[str, Any]:
    answer = {
        "description": "This document.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    return {
        "operationId": "readDocument",
        "summary": "Read this document",
        "security": [],
        "responses": {"200": answer, **_refusals((500,))},
    }


def _body(schema: type[Schema], example: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def _answer(schema: type[Schema], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals(statuses: tuple[int, ...]) -> dict[str, str]:
    return {str(status): f"Problem{status}" for status in statuses}


def _refusal(status: int, reason: str) -> dict[str, Any]:
    headers = {401: "WWW-Authenticate", 429: "Retry-After"}
    refusal: dict[str, Any] = {"description": reason, "content": {CONTENT_TYPE: {"schema": ProblemOut}}}
    if name := headers.get(status):
        refusal["headers"] = {name: {"required": True, "schema": {"type": "string"}}}
    return refusal
