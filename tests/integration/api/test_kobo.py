"""A Kobo form posts its submissions: nothing of them is lost, nothing of the enumerator's phone is kept."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from werkzeug.test import TestResponse

from app.api import kobo
from tests.integration.api.conftest import (
    WHAT_HAPPENED,
    MakeProgram,
    Program,
    reports,
    sealed_content,
)

INSTANCE = "0b7b3c1b-7e80-47c1-b5b0-8001af4ee4bd"
SUBMISSION: dict[str, Any] = {
    "_id": 129,
    "_uuid": INSTANCE,
    "formhub/uuid": "b03b0afe7ae747f9925f008479617c67",
    "meta/instanceID": f"uuid:{INSTANCE}",
    "_submission_time": "2026-03-13T12:28:13",
    "_submitted_by": "enumerator",
    "_xform_id_string": "incidents",
    "_geolocation": [12.63921, -8.00289],
    "_attachments": [{"filename": "enumerator/attachments/photo.jpg"}],
    "start": "2026-03-13T12:20:00.000+00:00",
    "deviceid": "collect:AbCdEf",
    "incident/recit": WHAT_HAPPENED,
    "incident/lieu": "Près du marché",
    "incident/date": "2026-03-12",
    "auteurs": "hommes_armes bandits",
    "nombre": 3,
    "interview_point": "12.63921 -8.00289 350.2 4.5",
    "victimes": [{"victimes/age": "34"}, {"victimes/age": "7"}],
}


def send(program: Program, submission: object = SUBMISSION) -> TestResponse:
    """As Kobo posts it: no Idempotency-Key."""
    headers = {"Authorization": f"Bearer {program.token}"}
    body = json.dumps(submission)  # in the order of the form
    return program.client.post("/api/v1/kobo", data=body, headers=headers, content_type="application/json")


def test_a_submission_becomes_a_report_and_nothing_of_it_is_lost(program: Program) -> None:
    answer = send(program)
    assert answer.status_code == 201, answer.text
    content = sealed_content(reports()[0])
    assert (content["where"], content["when"]) == ("Près du marché", "12/03/2026")
    assert content["text"].splitlines() == [
        WHAT_HAPPENED,
        "auteurs: hommes_armes bandits",
        "nombre: 3",
        "interview_point: 12.6 -8.0",
        "age: 34",
        "age 2: 7",
    ]


def test_nothing_of_the_enumerators_phone_nor_where_they_stood_is_kept(program: Program) -> None:
    send(program)
    sealed = str(sealed_content(reports()[0]))
    for private in ("enumerator", "AbCdEf", "12.63921", INSTANCE):
        assert private not in sealed


def test_the_answer_says_that_files_are_not_fetched_and_gives_no_receipt_code(program: Program) -> None:
    answer = send(program).json
    assert answer is not None
    assert (answer["attachments"], sorted(answer)) == (1, ["attachments", "id", "received_at"])


def test_kobo_tries_again_and_it_stays_one_report(program: Program) -> None:
    first, second = send(program), send(program, {**SUBMISSION, "_id": 130})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(reports()) == 1


def test_odk_names_its_instance_in_the_form_itself(program: Program) -> None:
    odk = {"meta/instanceID": f"uuid:{INSTANCE}", "recit": WHAT_HAPPENED}
    assert (send(program).status_code, send(program, odk).status_code) == (201, 200)


def test_a_map_says_which_question_is_which_field(make_program: MakeProgram) -> None:
    program = make_program(
        {
            "text": "q1",
            "position": "interview_point",
            "may_ask": "q2",
            "share_with": "q3",
            "with_identity": "q4",
        }
    )
    answers = {"group/q1": WHAT_HAPPENED, "q2": "oui", "q3": "cndh institution", "q4": "non"}
    point = {"interview_point": SUBMISSION["interview_point"]}
    assert send(program, {"_uuid": INSTANCE, **answers, **point}).status_code == 201
    (report,) = reports()
    assert report.consent == {
        "may_ask": True,
        "share_with": ["cndh", "institution"],
        "with_identity": False,
    }
    assert sealed_content(report) == {"text": WHAT_HAPPENED, "position": [12.63921, -8.00289, 0.0045]}


def test_what_cannot_be_read_as_its_field_becomes_text_instead_of_a_refusal(
    make_program: MakeProgram,
) -> None:
    program = make_program({"text": "q1", "occurred_on": "q2", "place": "q3", "may_ask": "q4"})
    answers = {"q1": WHAT_HAPPENED, "q2": "pendant la nuit", "q3": "chez nous", "q4": "peut-être"}
    assert send(program, {"_uuid": INSTANCE, **answers}).status_code == 201
    (report,) = reports()
    lines = sealed_content(report)["text"].splitlines()
    assert lines == [WHAT_HAPPENED, "q2: pendant la nuit", "q3: chez nous", "q4: peut-être"]
    assert report.consent == {"may_ask": False, "share_with": [], "with_identity": False}


def test_a_form_without_any_answer_is_refused(program: Program) -> None:
    answer = send(program, {"_uuid": INSTANCE, "start": "2026-03-13"})
    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "report")


def test_a_submission_that_nobody_could_recognise_again_is_refused(program: Program) -> None:
    answer = send(program, {"recit": WHAT_HAPPENED})
    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "instance_missing")


def test_without_a_token_nothing_is_taken(program: Program) -> None:
    assert program.client.post("/api/v1/kobo", json=SUBMISSION).status_code == 401
    assert reports() == []


ANSWERS = st.dictionaries(
    st.text(min_size=1, max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=150)
@given(
    ANSWERS,
    st.dictionaries(st.sampled_from(["text", "where", "position", "occurred_on"]), st.text(max_size=9)),
)
def test_whatever_a_form_holds_it_is_a_report_or_a_refusal(
    submission: dict[str, Any], field_map: dict[str, str]
) -> None:
    try:
        said = kobo.report_of(submission, field_map).submission.text
    except ValidationError as refusal:
        said = ",".join(refusal.messages_dict)
    assert said
    assert kobo.instance_of(submission) == kobo.instance_of(submission)[: kobo.LONGEST_INSTANCE]
