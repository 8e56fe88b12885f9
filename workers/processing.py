"""Running the pipeline on one stored message and handing the conclusions to casework."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework import conclusions as casework
from app.casework.likeness import remember
from app.casework.reprocessing import first_message
from app.database import transaction
from app.models import (
    Arrival,
    Case,
    Channel,
    Contact,
    Message,
    Report,
    ReportState,
)
from app.safe.resealing import owe_resealing
from app.safe.returning import keys_over
from app.settings import Settings
from workers.concerned import keep_concerned
from workers.contacts import locked_contact
from workers.intake.parting import part_from, prepare_parting
from workers.intake.prompting import danger_answered, go_on_talking
from workers.opening import CannotOpen, open_sealed
from workers.pipeline import MOST_RESIDUAL_RISK, Understood
from workers.referring import matching_rules
from workers.settings import WorkerSettings
from workers.twinning import keys_of, likely_twins, same_people
from workers.understanding import as_corrected, understand_message

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keys:
    """What processing needs of the installation."""

    settings: Settings
    workers: WorkerSettings


def process_report(keys: Keys, report_id: uuid.UUID) -> None:
    """Understand one report and open its case, or add it to the case whose question it answers.

    A second run gives the same result. A report that can't be read or made safe goes to a person, without text.
    """
    while (loaded := _load(report_id)) is not None:
        report, message = loaded
        question_id = _question_answered(keys, report, message)
        understood = _understand_safely(keys, report, message, is_answer=question_id is not None)
        if understood is None or _store_report(keys, message, question_id, understood):
            return


def _store_report(keys: Keys, loaded: Message, question_id: uuid.UUID | None, understood: Understood) -> bool:
    """Hand over what was understood; False when the message grew meanwhile and must be read anew."""
    with transaction() as session:
        report, message = _held(session, loaded)
        if report.state == ReportState.WITHDRAWN:
            return True
        if message.sealed_content != loaded.sealed_content:
            return False
        owe_resealing(session, report.id)
        question = session.get(Message, question_id) if question_id else None
        if question is not None:
            _join_case_of(session, keys, report, message, question, understood)
            return True
        taken_in = as_corrected(session, keys, report.case_id, message, understood)
        case = casework.take_in_report(session, report, message, taken_in)
        _find_again(session, keys, case, message, understood)
        keep_concerned(session, keys, case, message)
        casework.refer_by_rules(session, case, matching_rules(session, case))
        go_on_talking(session, report, case)
        return True


def _held(session: Session, loaded: Message) -> tuple[Report, Message]:
    """A message and its report as they stand, held in the order in which everybody holds them: contact, report."""
    contact_id = session.scalar(select(Report.contact_id).where(Report.id == loaded.report_id))
    if contact_id is not None:
        session.get(Contact, contact_id, with_for_update={"key_share": True})
    report = session.get_one(Report, loaded.report_id, with_for_update={"key_share": True})
    return report, session.get_one(Message, loaded.id)


def _understand_safely(keys: Keys, report: Report, message: Message, *, is_answer: bool) -> Understood | None:
    """What a message says; None when it went to a person because it could not be read or made safe."""
    try:
        return understand_message(keys, report, message, is_answer=is_answer)
    except CannotOpen:
        if _is_given_away(report, message):
            _route_again(report.id)  # what was understood of it stays
        else:
            _give_to_person(keys, report.id, message.id, "unreadable")
    except Exception as error:  # noqa: BLE001 - any failure of an engine fails closed
        logger.warning("anonymisation_failed", report_id=str(report.id), error=type(error).__name__)
        _give_to_person(keys, report.id, message.id, "anonymisation_failed")
    return None


def _route_again(report_id: uuid.UUID) -> None:
    """The rules once more over a case as it stands: the reporter may allow more than before."""
    logger.info("report_is_resealed", report_id=str(report_id))
    with transaction() as session:
        report = session.get_one(Report, report_id, with_for_update={"key_share": True})
        case = session.get(Case, report.case_id) if report.case_id else None
        if case is not None and report.state != ReportState.WITHDRAWN:
            casework.refer_by_rules(session, case, matching_rules(session, case))


def _is_given_away(report: Report, message: Message) -> bool:
    """Whether a message is sealed to its report's own key, which nobody has handed back."""
    with transaction() as session:
        return bool(keys_over(session, report.id, [message.sealed_content]))


def _find_again(session: Session, keys: Keys, case: Case, message: Message, understood: Understood) -> None:
    """Remember by what the message can be found again, and propose the cases that share it."""
    shared = keys_of(case, understood.anonymised.text, understood.tokens, keys.workers.pseudonym_key)
    remember(session, case, message, shared)
    session.flush()
    found = [*likely_twins(session, case, shared), *same_people(session, case, shared)]
    casework.add_twins(session, case, message, found)


def process_answer(keys: Keys, message_id: uuid.UUID) -> None:
    """Understand a further message of a report and add it to its case, as an answer or as more of the same.

    What is clearly about something else becomes a report of its own instead.
    """
    while (loaded := _load_addition(keys, message_id)) is not None:
        report, message = loaded
        understood = _understand_safely(keys, report, message, is_answer=True)
        if understood is None or _store_addition(keys, message, understood):
            return


def _load_addition(keys: Keys, message_id: uuid.UUID) -> tuple[Report, Message] | None:
    """A further message and its report, which was understood before it."""
    loaded = _detached(message_id)
    if loaded is not None and loaded[0].case_id is None:
        process_report(keys, loaded[0].id)
        loaded = _detached(message_id)
    return loaded if loaded and loaded[0].case_id is not None else None


def _detached(message_id: uuid.UUID) -> tuple[Report, Message] | None:
    with transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        _detach(session, report, message)
    return None if report.state == ReportState.WITHDRAWN else (report, message)


def _store_addition(keys: Keys, loaded: Message, understood: Understood) -> bool:
    """Hand over what was understood; False when the message grew meanwhile and must be read anew."""
    parting = prepare_parting(keys, loaded, understood.findings)
    with transaction() as session:
        report, message = _held(session, loaded)
        case = session.get(Case, report.case_id) if report.case_id else None
        if case is None or report.state == ReportState.WITHDRAWN:
            return True
        if message.sealed_content != loaded.sealed_content:
            return False
        owe_resealing(session, report.id)
        if parting is None or not part_from(session, parting, report, message):
            _add_to(session, keys, case, message, understood)
            go_on_talking(session, report, case, after_silence=parting is not None)
        return True


def _add_to(session: Session, keys: Keys, case: Case, message: Message, understood: Understood) -> None:
    question = session.get(Message, message.answers_message_id) if message.answers_message_id else None
    taken_in = as_corrected(session, keys, case.id, message, understood)
    if understood.anonymised.residual_risk > MOST_RESIDUAL_RISK:
        taken_in = replace(taken_in, needs_person="residual_risk")
    if danger := danger_answered(session, message, taken_in.text):
        taken_in = replace(taken_in, conclusions=[danger, *taken_in.conclusions])
    is_routable_now = casework.take_in_answer(session, case, message, question, taken_in)
    keep_concerned(session, keys, case, message)
    if is_routable_now:
        casework.refer_by_rules(session, case, matching_rules(session, case))


def _load(report_id: uuid.UUID) -> tuple[Report, Message] | None:
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None or report.state == ReportState.WITHDRAWN:
            return None
        message = first_message(session, report)
        if message is None:
            return None
        _detach(session, report, message)
        return report, message


def _detach(session: Session, *loaded: Report | Message) -> None:
    """Plain values from here on: no transaction is open while the engines think."""
    for instance in loaded:
        session.expunge(instance)


def _question_answered(keys: Keys, report: Report, message: Message) -> uuid.UUID | None:
    """The question of a colleague that a report answers. Only of reports that came by no arrival: taking an arrival
    in has settled where it belongs.
    """
    if report.is_answer:
        return message.answers_message_id
    if report.channel == Channel.WEB:
        return None  # nobody sent it: a phone that seals its report itself could claim any number in it
    with transaction() as session:
        if session.scalar(select(Arrival.id).where(Arrival.message_id == message.id).limit(1)):
            return None
    try:
        sender = str(open_sealed(keys.workers, message.sealed_content or b"").get("sender", ""))
    except CannotOpen:
        return None  # it goes to a person below
    return _recognise_sender(keys, report.id, sender) if sender else None


def _recognise_sender(keys: Keys, report_id: uuid.UUID, sender: str) -> uuid.UUID | None:
    """Tie the report to its phone, known again only under the workers' key; the question it answers, if any."""
    with transaction() as session:
        contact = locked_contact(session, keys.settings, keys.workers, sender)
        report = session.get_one(Report, report_id)
        report.contact_id = contact.id
        session.flush()
        if report.case_id is not None:
            return None  # a second run of what was a new report stays one
        question = casework.open_question(session, contact.id, before=report.received_at)
        return question.id if question else None


def _join_case_of(
    session: Session,
    keys: Keys,
    report: Report,
    message: Message,
    question: Message,
    understood: Understood,
) -> None:
    asked = session.get_one(Report, question.report_id)
    case = session.get_one(Case, asked.case_id)
    report.case_id, report.is_answer, report.state = case.id, True, ReportState.PROCESSED
    taken_in = as_corrected(session, keys, case.id, message, understood)
    message.answers_message_id = question.id
    casework.take_in_answer(session, case, message, question, taken_in)
    keep_concerned(session, keys, case, message)


def _give_to_person(keys: Keys, report_id: uuid.UUID, message_id: uuid.UUID, reason: str) -> None:
    with transaction() as session:
        report = session.get_one(Report, report_id)
        if report.state != ReportState.WITHDRAWN:
            case = casework.take_in_failure(session, report, reason)
            keep_concerned(session, keys, case, session.get_one(Message, message_id))
            owe_resealing(session, report.id)
