"""Reading one case for its file, as the person who asked may read it, in the language of the copy.

For the levels of the commission and of justice alone: anything more disclosed goes by the rows of its level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import format_datetime
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.finding_views import FindingView, finding_views
from app.casework.history import EventKind
from app.casework.nature import nature_of
from app.casework.record_views import PersonView, RecordView, record_view
from app.casework.record_words import NATURES, record_word
from app.casework.sources import standing_reports
from app.casework.timeline import entries
from app.casework.verification_views import VerifyingView, verifying_view
from app.casework.visibility import visible_case
from app.casework.wording import confidence_word, date_label, place_label, violation_label, word
from app.exports.levels import Level
from app.geography.map import draw_case_map
from app.languages import speaking
from app.models import (
    Act,
    Attachment,
    AttachmentState,
    Case,
    Direction,
    ExportKind,
    ExportRecord,
    Message,
    Referral,
    User,
    VerificationStep,
)
from workers.exports.papers.as_released import AS_IT_IS, Shown, account_of, as_released, shown_beside
from workers.exports.papers.case_file import Account, CaseFile, Fact, Line
from workers.exports.papers.paper_words import paper_words
from workers.exports.release import Release
from workers.exports.typed_texts import TypedTexts

_TOLD = frozenset(
    {
        "report_received",
        "answer_received",
        EventKind.STATUS_CHANGED,
        EventKind.VERIFICATION_CHANGED,
        EventKind.REFERRAL_CREATED,
        EventKind.REFERRAL_CHANGED,
        EventKind.CASES_MERGED,
        EventKind.REPORT_SPLIT_OFF,
    }
)


def case_file_for(
    session: Session, user: User, case: Case, language: str, shown: Shown = AS_IT_IS
) -> CaseFile:
    """All that may be read of a case, in words. No member of staff is named, only organisations."""
    with speaking(language):
        record, verifying = record_view(session, user, case), verifying_view(session, user, case)
        messages = _messages(session, case)
        texts = {each.id: each.anonymised_text or "" for each in messages}
        return CaseFile(
            reference=case.reference,
            title=violation_label(_main(record.acts)),
            facts=_facts(session, case, record, language),
            map=_map(case, language),
            account=[_account(each) for each in messages if each.anonymised_text],
            chronology=list(_chronology(session, user, case, language)),
            acts=[_act(each, shown) for each in record.acts],
            persons=[_person(each, language, shown) for each in record.persons],
            findings=[_finding(each, shown) for each in finding_views(session, user, case, texts)],
            independent=verifying.independent,
            sources=list(_sources(verifying, language)),
            checks=list(_checks(verifying, shown)),
            steps=[_step(each, shown) for each in _steps(session, case)],
            referrals=[_referral(each, shown) for each in case.referrals],
            evidence=[_evidence(each) for each in _attachments(session, case)],
        )


def with_case_file(session: Session, record: ExportRecord, release: Release) -> Release:
    """The release of one case with its file, at the level of the commission; any other as it is.

    The account is that of the release, after its second anonymisation; what colleagues typed goes the same way, and
    of findings no word is quoted that the account doesn't have.
    """
    case_id = record.case_id
    if record.kind != ExportKind.CASE or record.level != Level.CNDH or case_id is None:
        return release
    case, typed = visible_case(session, record.user, case_id), TypedTexts.of(session)
    shown = shown_beside(account_of(release), typed)
    file = case_file_for(session, record.user, case, release.copy.language, shown)
    return as_released(release, file, typed)


def moment(at: datetime) -> str:
    """A moment in Bamako, as papers write it."""
    return str(format_datetime(at, "d MMM y, HH:mm"))


def _main(acts: Sequence[Act]) -> str | None:
    return acts[0].violation_code if acts else None


def _facts(session: Session, case: Case, record: RecordView, language: str) -> list[Fact]:
    words = paper_words(language)
    return [
        (words["violation"], violation_label(_main(record.acts))),
        (words["nature"], str(NATURES[nature_of(session, case)])),
        (words["place"], place_label(case.region_code, case.cercle_code, case.place_name)),
        (words["date"], date_label(case.occurred_from, case.occurred_to)),
        (words["verified"], word(case.verification, "verification")),
        (words["urgency"], word(case.urgency, "urgency")),
        (words["status"], word(case.status, "status")),
        (words["reports"], str(len(standing_reports(session, case)))),
        (words["received"], moment(case.received_at)),
    ]


def _map(case: Case, language: str) -> Markup:
    words = paper_words(language)
    return draw_case_map(
        case.region_code,
        case.cercle_code,
        case.latitude,
        case.longitude,
        words["map_title"],
        words["map_about"],
    )


def _messages(session: Session, case: Case) -> list[Message]:
    reports = [each.id for each in standing_reports(session, case)]
    statement = select(Message).where(Message.report_id.in_(reports), Message.direction == Direction.INBOUND)
    return list(session.scalars(statement.order_by(Message.created_at)))


def _account(message: Message) -> Account:
    heading = f"{moment(message.created_at)} · {word(message.channel, 'channel')}"
    return Account(heading, message.anonymised_text or "")


def _chronology(session: Session, user: User, case: Case, language: str) -> Iterator[Line]:
    """The events first, then what was done about them, the oldest first."""
    if case.occurred_from is not None:
        yield date_label(case.occurred_from, case.occurred_to), paper_words(language)["date"]
    told = [event for event in case.events if event.kind in _TOLD]
    for entry in reversed(entries(session, user, case, told)):
        yield moment(entry.at), " – ".join(part for part in (entry.title, entry.detail) if part)


def _act(act: Act, shown: Shown) -> Line:
    known = (act.region_code, act.cercle_code, act.occurred_from)
    place = place_label(act.region_code, act.cercle_code) if act.region_code or act.cercle_code else ""
    day = date_label(act.occurred_from, act.occurred_to) if act.occurred_from else ""
    where_and_when = " · ".join(part for part in (place, day) if part) if any(known) else "–"
    state = record_word(act.state, "act_state")
    return violation_label(act.violation_code), state, where_and_when, shown.typed(act.method) or "–"


def _person(person: PersonView, language: str, shown: Shown) -> Line:
    words = paper_words(language)
    parts = [
        f"{record_word(each.involvement.role, 'role')} "
        + (
            f"{words['in_act']} « {violation_label(each.act.violation_code)} »"
            if each.act
            else words["whole_case"]
        )
        + f" ({record_word(each.involvement.certainty, 'certainty')})"
        for each in person.involvements
    ]
    title = shown.typed(person.title) if person.person.label else person.title
    return title, ", ".join(person.facts) or "–", "; ".join(parts) or "–"


def _finding(view: FindingView, shown: Shown) -> Line:
    found = view.finding
    sure = "" if view.is_by_a_person else f"{confidence_word(found.confidence)} · "
    said = f"« {' … '.join(view.words)} » " if view.words else ""
    kind = word(found.kind, "finding_kind")
    return (
        kind,
        view.text,
        f"{sure}{word(found.state, 'finding_state')}",
        (f"{shown.quoting(said)}{shown.quoting(view.explanation)}" or "–"),
    )


def _sources(view: VerifyingView, language: str) -> Iterator[Line]:
    words = paper_words(language)
    for each in view.sources:
        given = each.assessment
        worth = (
            f"{given.reliability}{given.credibility}: {record_word(given.reliability, 'reliability')}, "
            f"{record_word(given.credibility, 'credibility')}"
            if given
            else words["not_assessed"]
        )
        received, channel = moment(each.report.received_at), word(each.report.channel, "channel")
        yield str(each.number), received, channel, worth


def _checks(view: VerifyingView, shown: Shown) -> Iterator[Line]:
    for each in view.checks:
        answer = record_word(each.check.answer, "answer") if each.check else "–"
        yield each.label, answer, shown.typed(each.check.note) if each.check else ""


def _steps(session: Session, case: Case) -> Sequence[VerificationStep]:
    steps = select(VerificationStep).where(VerificationStep.case_id == case.id)
    return session.scalars(steps.order_by(VerificationStep.at)).all()


def _step(step: VerificationStep, shown: Shown) -> Line:
    change = f"{word(step.before, 'verification')} → {word(step.after, 'verification')}"
    return moment(step.at), change, shown.typed(step.ground)


def _referral(referral: Referral, shown: Shown) -> Line:
    note = shown.typed(referral.answer_note or "")
    came = " · ".join(part for part in (word(referral.state, "referral"), note) if part)
    return referral.organisation.name, moment(referral.created_at), moment(referral.deadline_at), came


def _attachments(session: Session, case: Case) -> Sequence[Attachment]:
    reports = [each.id for each in standing_reports(session, case)]
    kept = select(Attachment).where(
        Attachment.report_id.in_(reports), Attachment.state == AttachmentState.KEPT
    )
    return session.scalars(kept.order_by(Attachment.created_at)).all()


def _evidence(file: Attachment) -> Line:
    kind = (
        file.content_type if file.content_type == "application/pdf" else file.content_type.partition("/")[0]
    )
    digest = bytes(file.sha256).hex() if file.sha256 else "–"
    return word(kind, "file_kind"), moment(file.created_at), str(file.size), digest
