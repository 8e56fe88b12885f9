"""Making one judicial file: everything is looked at again, then laid out, encrypted to its recipient, kept sealed to
who asked. What was opened for it is erased whatever happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import close_session, db, transaction
from app.exports.fields import rules_digest
from app.exports.judicial.allowing import (
    case_for_justice,
    check_consent,
    check_recipient,
    check_same_reports,
    standing_reports,
)
from app.exports.judicial.deciding import override_of
from app.exports.judicial.grounds import judicial_ground
from app.exports.judicial.telling import tell_asker
from app.exports.keeping import SEALED, erase, folder_of, let_go, new_folder
from app.exports.levels import Level
from app.exports.sealed_files import seal_file
from app.languages import speaking
from app.models import (
    CaseEvent,
    ExportKind,
    ExportRecord,
    ExportState,
    JudicialFile,
    JudicialPart,
    JudicialState,
    Report,
)
from app.settings import Settings
from workers.exports.finishing import Made, code_of, fail, finish, give_up
from workers.exports.judicial.identities import laid_out
from workers.exports.judicial.package import make_package
from workers.exports.papers.case_file import Fact, Judicial
from workers.exports.papers.case_reading import case_file_for, moment
from workers.exports.papers.paper_words import paper_words
from workers.exports.provenance import provenance
from workers.exports.release import Copy, Field, FieldKind, Release, Table
from workers.processing import Keys
from workers.settings import WorkerSettings

logger = structlog.get_logger()

FORMAT = "pdf"
_PACKAGE = "package"
_OVER = "judicial_over"


@dataclass(frozen=True, slots=True)
class _Begun:
    """The record under which it is being made, and its folder."""

    export_id: uuid.UUID
    folder: str


def make_judicial_file(keys: Keys, file_id: uuid.UUID) -> None:
    """Make one that was approved. One that is made, failed or over is left alone; one that broke off begins anew."""
    begun = _begin(keys.settings, file_id)
    if begun is None:
        return
    try:
        made = _made(keys, file_id, begun)
        finish(begun.export_id, begun.folder, made, lambda session, _record: _settle(session, file_id))
    except Exception as error:  # noqa: BLE001 - whatever it was: the payload goes, and who asked is told a code
        db.session.rollback()
        code = code_of(error)
        erase(keys.settings, begun.folder)
        fail(begun.export_id, begun.folder, code)
        _fail(file_id, code)


def _begin(settings: Settings, file_id: uuid.UUID) -> _Begun | None:
    with transaction() as session:
        file = session.get(JudicialFile, file_id, with_for_update={"of": JudicialFile})
        if file is None or file.state != JudicialState.APPROVED:
            return None
        record = file.export or _record(session, file)
        left_over, begun = let_go(record), None
        if give_up(session, record):
            close(session, file, JudicialState.FAILED, record.failure)
        else:
            record.state, record.folder = ExportState.MAKING, new_folder(settings)
            file.export_id = record.id
            begun = _Begun(record.id, record.folder)
    if left_over:
        erase(settings, left_over)
    return begun


def _record(session: Session, file: JudicialFile) -> ExportRecord:
    """The line in the register of exports. It names the recipient and the ground, and nothing of the case's people:
    the reason, in somebody's own words, is read by those who may see the case.
    """
    audit.lock(session)  # numbers follow each other as entries do
    record = ExportRecord(
        id=uuid.uuid4(),
        number=(session.scalar(select(func.max(ExportRecord.number))) or 0) + 1,
        user_id=file.asked_by_id,
        organisation_id=file.asked_by.organisation_id,
        kind=ExportKind.JUDICIAL,
        level=Level.JUDICIAL,
        file_format=FORMAT,
        language=file.language,
        purpose=_ground_of(file),
        recipient=recipient_of(file)[:200],
        recipient_organisation_id=file.recipient_organisation_id,
        filters={},
        case_id=file.case_id,
        rows_total=1,
    )
    session.add(record)
    session.flush()
    return record


def _ground_of(file: JudicialFile) -> str:
    with speaking(file.language):
        return str(judicial_ground(file.ground))


def recipient_of(file: JudicialFile) -> str:
    """The recipient in one line."""
    return f"{file.recipient_name}, {file.recipient_function}, {file.recipient_court}"


def _made(keys: Keys, file_id: uuid.UUID, begun: _Begun) -> Made:
    """No transaction that writes is open meanwhile; all that is on disk is encrypted."""
    session = db.session()
    file, record = session.get_one(JudicialFile, file_id), session.get_one(ExportRecord, begun.export_id)
    reports = _checked(session, file)
    release = _release(session, keys.workers, file, record, reports)
    home = folder_of(keys.settings, begun.folder)
    package, made_from = home / _PACKAGE, provenance(session, record)
    proved = make_package(release, file, package, keys.workers.export_key, made_from)
    sealed = seal_file(package, home / SEALED, begun.export_id)
    package.unlink()
    close_session()
    return Made(sealed, 1, [asdict(each) for each in release.withheld], None, proved.content)


def _checked(session: Session, file: JudicialFile) -> Sequence[Report]:
    """Whether it may still be made: both people are there and may open the case, nobody took anything back.

    Raises CaseworkError with what has changed.
    """
    if file.decided_by is None or file.decided_by_id == file.asked_by_id or file.sealed_payload is None:
        raise CaseworkError(_OVER)
    for person in (file.asked_by, file.decided_by):
        if not person.is_active or not person.organisation.is_active:
            raise CaseworkError(_OVER)
        case_for_justice(session, person, file.case_id)
    reports = standing_reports(session, file.case)
    check_same_reports(reports, file.report_ids)
    check_consent(file.asked_by, reports, override_of(file))
    check_recipient(session, file.case, file.recipient_organisation_id)
    return reports


def _release(
    session: Session,
    workers: WorkerSettings,
    file: JudicialFile,
    record: ExportRecord,
    reports: Sequence[Report],
) -> Release:
    case, language = file.case, file.language
    words = paper_words(language)
    read = case_file_for(session, file.asked_by, case, language)
    with speaking(language):
        judicial = Judicial(_facts(file), laid_out(session, workers, file, reports))
    if JudicialPart.EVIDENCE not in file.parts:
        read = replace(read, evidence=())
    field = Field("reference", FieldKind.REFERENCE, {language: words["summary"]})
    cases = Table("cases", {language: words["summary"]}, (field,), lambda: iter([(case.reference,)]), 1)
    return Release(
        _copy(file, record), {"cases": cases}, (), None, case_file=replace(read, judicial=judicial)
    )


def _copy(file: JudicialFile, record: ExportRecord) -> Copy:
    return Copy(
        number=record.reference,
        level=Level.JUDICIAL,
        recipient=recipient_of(file),
        purpose=file.reason,
        language=file.language,
        made_at=utcnow(),
        made_by=file.asked_by.organisation.name,
        filters=(),
        software=f"seere {version('seere')}",
        rules=rules_digest(),
    )


def _facts(file: JudicialFile) -> list[Fact]:
    words = paper_words(file.language)
    facts = [
        (words["recipient"], recipient_of(file)),
        ("OpenPGP", file.fingerprint),
        (words["ground"], judicial_ground(file.ground)),
        (words["purpose"], file.reason),
        (words["request"], f"{moment(file.asked_at)} – {moment(file.decided_at or file.asked_at)}"),
    ]
    return [*facts, (words["override"], file.override_reason)] if file.override_ground else facts


def _settle(session: Session, file_id: uuid.UUID) -> None:
    """Made, and the payload gone, in the transaction that says that it can be fetched."""
    file = session.get_one(
        JudicialFile, file_id, with_for_update={"of": JudicialFile}, populate_existing=True
    )
    _checked(session, file)
    close(session, file, JudicialState.MADE)


def _fail(file_id: uuid.UUID, code: str) -> None:
    """Not made; what was opened for it is erased."""
    with transaction() as session:
        file = session.get_one(JudicialFile, file_id, with_for_update={"of": JudicialFile})
        if file.state == JudicialState.APPROVED:
            close(session, file, JudicialState.FAILED, code)
    logger.error("judicial_file_failed", error=code)


def close(session: Session, file: JudicialFile, state: JudicialState, failure: str = "") -> None:
    """End a judicial file in a worker's name: the payload goes, history and audit trail say so, who asked is told."""
    file.state, file.failure, file.sealed_payload = state, failure[:60], None
    file.made_at = utcnow() if state is JudicialState.MADE else None
    action = _ACTIONS[state]
    detail = {"judicial_file": str(file.id), **({"code": file.failure} if failure else {})}
    session.add(CaseEvent(case_id=file.case_id, kind=f"judicial_{state}", detail=detail))
    audit.record(session, action, f"judicial_file:{file.id}", actor="worker", detail=detail)
    tell_asker(session, file)


_ACTIONS = {
    JudicialState.MADE: Action.JUDICIAL_MADE,
    JudicialState.FAILED: Action.JUDICIAL_FAILED,
    JudicialState.EXPIRED: Action.JUDICIAL_EXPIRED,
}
