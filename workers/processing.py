"""Running the pipeline on one stored message and handing the conclusions to casework."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import phonenumbers
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework import conclusions as casework
from app.casework.conclusions import Conclusion, Understanding
from app.casework.likeness import remember
from app.database import transaction
from app.models import (
    Case,
    Contact,
    Direction,
    Message,
    Report,
    ReportState,
)
from app.sealing import keyed_digest, seal
from app.settings import Settings
from workers.contracts import Finding, FindingKind
from workers.corrections import corrected_understanding, masks_by_people
from workers.gazetteer.imported import imported_gazetteer
from workers.learning.current import learnt_model
from workers.names import accepted_names
from workers.opening import CannotOpen, open_sealed
from workers.pipeline import Learnt, Understood, compose, understand
from workers.referring import matching_rules
from workers.settings import WorkerSettings
from workers.triage.explanation import LANGUAGES as EXPLAINED_IN
from workers.triage.explanation import explain
from workers.twinning import keys_of, likely_twins, same_people

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keys:
    """What processing needs of the installation."""

    settings: Settings
    workers: WorkerSettings


@dataclass(frozen=True, slots=True)
class Opened:
    """One inbound message as opened: its text, who sent it, and the tokens its case already uses."""

    text: str
    sender: str
    known_tokens: Mapping[str, str]


def process_report(keys: Keys, report_id: uuid.UUID) -> None:
    """Understand one report and open its case, or add it to the case whose question it answers.

    A second run gives the same result. A report that can't be read or made safe goes to a person, without text.
    """
    loaded = _load(report_id)
    if loaded is None:
        return
    report, message = loaded
    learnt = _learnt(keys)
    try:
        opened = _open(keys, report, message)
        question_id = _recognise_sender(keys, report.id, opened.sender) if opened.sender else None
        understood = understand(
            opened.text,
            report.received_at,
            opened.known_tokens,
            is_answer=question_id is not None,
            learnt=learnt,
        )
    except CannotOpen:
        _give_to_person(report_id, "unreadable")
        return
    except Exception as error:  # noqa: BLE001 - any failure of an engine fails closed
        logger.warning("anonymisation_failed", report_id=str(report_id), error=type(error).__name__)
        _give_to_person(report_id, "anonymisation_failed")
        return
    with transaction() as session:
        report, message = session.get_one(Report, report_id), session.get_one(Message, message.id)
        if report.state == ReportState.WITHDRAWN:
            return
        question = session.get(Message, question_id) if question_id else None
        if question is not None:
            _join_case_of(session, keys, report, message, question, understood)
        else:
            taken_in = as_corrected(session, keys, report.case_id, message, understood)
            case = casework.take_in_report(session, report, message, taken_in)
            _find_again(session, keys, case, message, understood)
            casework.refer_by_rules(session, case, matching_rules(session, case, understood.findings))


def _learnt(keys: Keys) -> Learnt:
    """What this installation has learnt and imported."""
    return Learnt(learnt_model(), imported_gazetteer(keys.settings.var), accepted_names())


def _find_again(session: Session, keys: Keys, case: Case, message: Message, understood: Understood) -> None:
    """Remember by what the message can be found again, and propose the cases that share it."""
    shared = keys_of(case, understood.anonymised.text, understood.tokens, keys.workers.pseudonym_key)
    remember(session, case, message, shared)
    session.flush()
    found = [*likely_twins(session, case, shared), *same_people(session, case, shared)]
    casework.add_twins(session, case, message, found)


def process_answer(keys: Keys, message_id: uuid.UUID) -> None:
    """Understand an answer given on the receipt page and add it to its case."""
    with transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        _detach(session, report, message)
    if report.state == ReportState.WITHDRAWN or message.answers_message_id is None:
        return
    opened = _open(keys, report, message)
    understood = understand(
        opened.text, message.created_at, opened.known_tokens, is_answer=True, learnt=_learnt(keys)
    )
    with transaction() as session:
        message = session.get_one(Message, message_id)
        question = session.get_one(Message, message.answers_message_id)
        case = session.get(Case, report.case_id) if report.case_id else None
        if case is not None:
            taken_in = as_corrected(session, keys, case.id, message, understood)
            casework.take_in_answer(session, case, message, question, taken_in)


def as_corrected(
    session: Session, keys: Keys, case_id: uuid.UUID | None, message: Message, understood: Understood
) -> Understanding:
    """The engines' result with what people corrected in this message's masks; locks the case as it stands."""
    if case_id is not None:
        session.get(
            Case, case_id, populate_existing=True
        )  # a correction made from now on makes us start again
    return corrected_understanding(
        session, keys.workers, message.id, understood, lambda kept: understanding(keys, kept)
    )


def understanding(keys: Keys, understood: Understood) -> Understanding:
    """The engines' result as casework takes it, with the token table sealed."""
    return Understanding(
        text=understood.anonymised.text,
        language=understood.anonymised.language,
        sealed_tokens=seal(understood.tokens, keys.settings.intake_public_key),
        conclusions=[_conclusion(understood, finding) for finding in understood.findings],
        needs_person=understood.needs_person,
        residual_risk=understood.anonymised.residual_risk,
    )


def _conclusion(understood: Understood, finding: Finding) -> Conclusion:
    """A finding with where its words lie in the anonymised text, and a sentence a language to check it by."""
    evidence = understood.evidence(finding)
    words = [understood.anonymised.text[start:end] for start, end in evidence]
    kind, confidence = str(finding.kind), round(finding.confidence, 3)
    return Conclusion(
        kind=kind,
        value=finding.value,
        confidence=confidence,
        rule=finding.rule,
        evidence=evidence,
        explanation={}
        if finding.kind is FindingKind.DOUBT  # the words themselves are all there is to check
        else {
            language: explain(kind, finding.value, confidence, finding.rule, words, language)
            for language in EXPLAINED_IN
        },
    )


def _load(report_id: uuid.UUID) -> tuple[Report, Message] | None:
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None or report.state == ReportState.WITHDRAWN:
            return None
        message = session.scalars(
            select(Message)
            .where(Message.report_id == report_id, Message.direction == Direction.INBOUND)
            .order_by(Message.created_at)
            .limit(1)
        ).one()
        _detach(session, report, message)
        return report, message


def _detach(session: Session, *loaded: Report | Message) -> None:
    """Plain values from here on: no transaction is open while the engines think."""
    for instance in loaded:
        session.expunge(instance)


def _open(keys: Keys, report: Report, message: Message) -> Opened:
    content = open_sealed(keys.workers, message.sealed_content or b"")
    with transaction() as session:
        others = session.scalars(
            select(Message.sealed_tokens)
            .join(Report, Report.id == Message.report_id)
            .where(
                Report.case_id == report.case_id,
                Report.case_id.is_not(None),
                Message.id != message.id,
                Message.sealed_tokens.is_not(None),
            )
            .order_by(Message.created_at)
        ).all()
        by_people = masks_by_people(session, report.case_id)
    return Opened(compose(content), str(content.get("sender", "")), _tokens(keys, [*others, *by_people]))


def _tokens(keys: Keys, sealed_tables: Iterable[bytes | None]) -> dict[str, str]:
    known: dict[str, str] = {}
    for sealed in sealed_tables:
        if sealed:
            known |= open_sealed(keys.workers, sealed)
    return known


def _recognise_sender(keys: Keys, report_id: uuid.UUID, sender: str) -> uuid.UUID | None:
    """Tie the report to its phone, known again only under the workers' key; the question it answers, if any."""
    digest = keyed_digest(keys.workers.pseudonym_key, "contact", _canonical_number(sender))
    with transaction() as session:
        contact = session.scalar(select(Contact).where(Contact.digest == digest))
        if contact is None:
            sealed = seal({"address": sender}, keys.settings.intake_public_key)
            contact = Contact(id=uuid.uuid4(), digest=digest, sealed_address=sealed)
            session.add(contact)
        report = session.get_one(Report, report_id)
        report.contact_id = contact.id
        session.flush()
        if report.case_id is not None and not report.is_answer:
            return None  # a second run of what was a new report stays one
        question = casework.open_question(session, contact.id)
        return question.id if question and question.created_at <= report.received_at else None


def _canonical_number(sender: str) -> str:
    """E.164 where the sender is a number, so that spellings of one phone are one contact."""
    try:
        number = phonenumbers.parse(sender, "ML")
    except phonenumbers.NumberParseException:
        return sender.strip().lower()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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
    casework.take_in_answer(session, case, message, question, taken_in)


def _give_to_person(report_id: uuid.UUID, reason: str) -> None:
    with transaction() as session:
        report = session.get_one(Report, report_id)
        if report.state != ReportState.WITHDRAWN:
            casework.take_in_failure(session, report, reason)
