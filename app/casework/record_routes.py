"""What may be done to a case's record and to its verification. The routes belong to the case page's blueprint."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.casework import record_schemas as schemas
from app.casework.acts import add_act as record_act
from app.casework.acts import change_act as rewrite_act
from app.casework.answering import perform
from app.casework.checklist import assess_source as keep_assessment
from app.casework.checklist import keep_checks as keep_checklist
from app.casework.involvements import change_involvement as rewrite_involvement
from app.casework.involvements import involve
from app.casework.links import add_link as link_cases
from app.casework.persons import add_person as record_person
from app.casework.persons import change_person as rewrite_person
from app.casework.proposals import accept_proposal
from app.casework.record_words import init_record_words
from app.casework.recording import Part
from app.casework.removing import put_back, remove_part
from app.models import User

_CASE = "/cases/<uuid:case_id>"
Data = dict[str, Any]


def add_record_routes(blueprint: Blueprint) -> None:
    """Put the record's routes on the case page's blueprint, and its words at hand for templates."""
    init_record_words(blueprint)
    for address, act in (
        (f"{_CASE}/acts", add_act),
        (f"{_CASE}/acts/<uuid:act_id>", change_act),
        (f"{_CASE}/persons", add_person),
        (f"{_CASE}/persons/<uuid:person_id>", change_person),
        (f"{_CASE}/persons/<uuid:person_id>/involvements", add_involvement),
        (f"{_CASE}/involvements/<uuid:involvement_id>", change_involvement),
        (f"{_CASE}/proposals/<uuid:finding_id>", record_proposal),
        (f"{_CASE}/links", add_link),
        (f"{_CASE}/record/removals", remove_from_record),
        (f"{_CASE}/record/returns", put_back_on_record),
        (f"{_CASE}/checklist", keep_checks),
        (f"{_CASE}/reports/<uuid:report_id>/assessment", assess_source),
    ):
        blueprint.add_url_rule(address, view_func=act, methods=["POST"])


def add_act(case_id: uuid.UUID) -> ResponseReturnValue:
    """Record one more act."""

    def act(session: Session, user: User, data: Data) -> None:
        record_act(session, user, case_id, schemas.act_in(data))

    return perform(case_id, "add-act", schemas.ActIn(), act, done=gettext("Added."))


def change_act(case_id: uuid.UUID, act_id: uuid.UUID) -> ResponseReturnValue:
    """Say an act otherwise."""

    def act(session: Session, user: User, data: Data) -> None:
        rewrite_act(session, user, case_id, act_id, schemas.act_in(data))

    return perform(case_id, f"act-{act_id}", schemas.ActIn(), act, done=gettext("Kept."))


def add_person(case_id: uuid.UUID) -> ResponseReturnValue:
    """Put somebody on record, with a part."""
    ticked = schemas.characteristics_in(request.form)

    def act(session: Session, user: User, data: Data) -> None:
        record_person(session, user, case_id, schemas.description_in(data, ticked), schemas.role_in(data))

    return perform(case_id, "add-person", schemas.NewPersonIn(), act, done=gettext("Added."))


def change_person(case_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Describe somebody otherwise."""
    ticked = schemas.characteristics_in(request.form)

    def act(session: Session, user: User, data: Data) -> None:
        rewrite_person(session, user, case_id, person_id, schemas.description_in(data, ticked))

    return perform(case_id, f"person-{person_id}", schemas.PersonIn(), act, done=gettext("Kept."))


def add_involvement(case_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Say what somebody was in one more act."""

    def act(session: Session, user: User, data: Data) -> None:
        involve(session, user, case_id, person_id, schemas.role_in(data))

    return perform(case_id, f"involve-{person_id}", schemas.RoleIn(), act, done=gettext("Added."))


def change_involvement(case_id: uuid.UUID, involvement_id: uuid.UUID) -> ResponseReturnValue:
    """Say a part otherwise."""

    def act(session: Session, user: User, data: Data) -> None:
        rewrite_involvement(session, user, case_id, involvement_id, schemas.role_in(data))

    return perform(case_id, f"involvement-{involvement_id}", schemas.RoleIn(), act, done=gettext("Kept."))


def record_proposal(case_id: uuid.UUID, finding_id: uuid.UUID) -> ResponseReturnValue:
    """Put on record whom the machine found."""

    def act(session: Session, user: User, _data: Data) -> None:
        accept_proposal(session, user, case_id, finding_id)

    return perform(case_id, "proposals", schemas.ProposalIn(), act, done=gettext("Added."))


def add_link(case_id: uuid.UUID) -> ResponseReturnValue:
    """Link the case to another."""

    def act(session: Session, user: User, data: Data) -> None:
        kind, is_inverse = schemas.link_in(data)
        link_cases(session, user, case_id, data["reference"], kind, is_inverse=is_inverse)

    return perform(case_id, "add-link", schemas.LinkIn(), act, done=gettext("The cases are linked."))


def remove_from_record(case_id: uuid.UUID) -> ResponseReturnValue:
    """Take a part of the record away."""

    def act(session: Session, user: User, data: Data) -> None:
        remove_part(session, user, case_id, Part(data["part"]), data["part_id"])

    done = gettext("Removed. It can be put back below, under what was removed.")
    return perform(case_id, "removed", schemas.PartIn(), act, done=done)


def put_back_on_record(case_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a removal."""

    def act(session: Session, user: User, data: Data) -> None:
        put_back(session, user, case_id, Part(data["part"]), data["part_id"])

    return perform(case_id, "removed", schemas.PartIn(), act, done=gettext("Put back."))


def keep_checks(case_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the checklist."""
    answers = schemas.answers_in(request.form)

    def act(session: Session, user: User, data: Data) -> None:
        keep_checklist(session, user, case_id, answers, is_plain=data["is_plain"])

    return perform(case_id, "checks", schemas.ChecksIn(), act, done=gettext("Checklist kept."))


def assess_source(case_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    """Say how much a report is worth."""

    def act(session: Session, user: User, data: Data) -> None:
        keep_assessment(session, user, case_id, report_id, data["reliability"], data["credibility"])

    return perform(case_id, f"source-{report_id}", schemas.AssessmentIn(), act, done=gettext("Kept."))
