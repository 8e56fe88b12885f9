"""One stored message: opened, understood by the engines, and put as casework takes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import Conclusion, Understanding
from app.database import transaction
from app.intake.submission import from_content
from app.models import Case, Message, Report
from app.questionnaires.service import current, of_version
from app.safe.opening import sealed_under
from app.sealing import seal
from workers.anonymise.marks import MarkedTokens, read_marks
from workers.contracts import Finding, FindingKind, Span
from workers.corrections import corrected_understanding, masks_by_people
from workers.gazetteer.imported import imported_gazetteer
from workers.learning.current import learnt_model
from workers.names import accepted_names
from workers.opening import CannotOpen, keys_of_report, open_sealed
from workers.pipeline import Learnt, Understood, compose, understand
from workers.questionnaires.telling import NOTHING_TOLD, Told, tell
from workers.settings import WorkerSettings
from workers.storable import storable
from workers.triage.explanation import LANGUAGES as EXPLAINED_IN
from workers.triage.explanation import explain

if TYPE_CHECKING:
    from workers.processing import Keys


ON_ITS_MESSAGE: Mapping[str, Any] = {}  # where the marks of a mask that a person put are


@dataclass(frozen=True, slots=True)
class Opened:
    """One inbound message as opened: its text, the tokens its case already uses, what its questionnaire adds.

    `ours` are the stretches that came from our lists. `known_tokens` stand with their words, `marked` are those whose
    words the machine has given away.
    """

    text: str
    known_tokens: Mapping[str, str]
    ours: Sequence[Span] = ()
    told: Told = NOTHING_TOLD
    marked: Sequence[MarkedTokens] = ()


def understand_message(keys: Keys, report: Report, message: Message, *, is_answer: bool) -> Understood:
    """Open a message and run the engines on it, with no transaction open. Raises CannotOpen, and whatever an engine
    raises: the caller fails closed.
    """
    opened = _open(keys, report, message)
    return understand(
        opened.text,
        message.created_at,
        opened.known_tokens,
        is_answer=is_answer,
        learnt=_learnt(keys),
        told=opened.told,
        marked=opened.marked,
        ours=opened.ours,
    )


def original_text(content: Mapping[str, Any]) -> str:
    """All that an opened message says in its writer's own words, as the engines read it."""
    return compose(content, _told(content).typed).text


def _learnt(keys: Keys) -> Learnt:
    """What this installation has learnt and imported."""
    return Learnt(learnt_model(), imported_gazetteer(keys.settings.var), accepted_names())


def _open(keys: Keys, report: Report, message: Message) -> Opened:
    with transaction() as session:
        ring = keys_of_report(session, keys.workers, report.id)
        content = storable(open_sealed(ring, message.sealed_content or b""))
        others = session.execute(
            select(Message.sealed_tokens, Message.token_marks)
            .join(Report, Report.id == Message.report_id)
            .where(
                Report.case_id == report.case_id,
                Report.case_id.is_not(None),
                Message.id != message.id,
                Message.sealed_tokens.is_not(None),
            )
            .order_by(Message.created_at)
        ).all()
        by_people = [(sealed, ON_ITS_MESSAGE) for sealed in masks_by_people(session, report.case_id)]
        told = _told(content)
    known, marked = _known(ring, [*((row.sealed_tokens, row.token_marks) for row in others), *by_people])
    composed = compose(content, told.typed)
    return Opened(composed.text, known, composed.ours, told, marked)


def _told(content: Mapping[str, Any]) -> Told:
    """What the answers say, by the version that they were given to; one that isn't here any more reads like today's."""
    submission = from_content(content)
    if not submission.answers:
        return NOTHING_TOLD
    version = of_version(submission.questionnaire_version) or current()
    return tell(version.number, version.definition, submission.answers)


def _known(
    ring: WorkerSettings, tables: Iterable[tuple[bytes | None, Mapping[str, Any] | None]]
) -> tuple[dict[str, str], list[MarkedTokens]]:
    """What the tables of tokens say that can be opened, and the marks of all others. Raises CannotOpen.

    A mask by a person that can't be opened any more has its mark with its message.
    """
    known: dict[str, str] = {}
    marked: list[MarkedTokens] = []
    for sealed, marks in tables:
        if marks:
            marked.append(read_marks(marks, ring.pseudonym_key))
        try:
            known |= open_sealed(ring, sealed) if sealed else {}
        except CannotOpen:
            if marks is None or sealed_under(sealed or b"") in ring.private_keys:
                raise
    return known, marked


def as_corrected(
    session: Session, keys: Keys, case_id: uuid.UUID | None, message: Message, understood: Understood
) -> Understanding:
    """The engines' result with what people corrected in this message's masks; locks the case as it stands."""
    if case_id is not None:
        session.get(
            Case, case_id, populate_existing=True
        )  # a correction made from now on makes us start again
    ring = keys_of_report(session, keys.workers, message.report_id) if message.report_id else keys.workers
    return corrected_understanding(
        session, ring, message.id, understood, lambda kept: understanding(keys, kept)
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
        answers=understood.answers,
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
