"""The description of the interface: valid OpenAPI 3.1, and what the interface really does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.document import described
from app.api.schemas import STATES
from tests.integration.api.conftest import Program

OPERATIONS = [
    ("post", "/api/v1/reports"),
    ("get", "/api/v1/reports/{report_id}"),
    ("post", "/api/v1/kobo"),
    ("get", "/api/v1/openapi.json"),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as a program fetches it."""
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_it_describes_every_route_under_api(app: Flask, document: dict[str, Any]) -> None:
    described_here = {(method, path) for path, item in document["paths"].items() for method in item}
    served = {
        (method.lower(), rule.rule.replace("<uuid:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described_here == served == set(OPERATIONS)


def test_it_names_this_installation_and_wants_a_token(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://localhost"}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{"token": []}]


def test_its_schemas_are_valid_and_its_examples_fit_them(document: dict[str, Any]) -> None:
    for name in document["components"]["schemas"]:
        jsonschema_rs.validator_for({**document, "$ref": f"#/components/schemas/{name}"})
    for path, item in document["paths"].items():
        for operation in item.values():
            for body in operation.get("requestBody", {}).get("content", {}).values():
                schema = {**body["schema"], "components": document["components"]}
                assert jsonschema_rs.is_valid(schema, body["example"]), path


def test_its_examples_are_accepted_by_the_interface_itself(
    program: Program, document: dict[str, Any]
) -> None:
    for path in ("/api/v1/reports", "/api/v1/kobo"):
        example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        answer = program.send(example, path=path)
        assert answer.status_code in {200, 201}, answer.text


def test_every_state_is_told(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["State"]["properties"]["state"]["enum"] == list(STATES)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_interface_does_what_the_document_says(
    app: Flask, program: Program, method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_dict(json.loads(described("http://localhost")))
    schema.validate()
    schema.app = app
    operation = schema[path][method]
    tokens = st.sampled_from([{"Authorization": f"Bearer {program.token}"}] * 5 + [{}])

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), headers=tokens)
    def run(case: schemathesis.Case, headers: dict[str, str]) -> None:
        case.call_and_validate(checks=CHECKS, headers=headers)

    run()
