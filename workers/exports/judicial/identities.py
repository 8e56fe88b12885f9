"""The identities of a case, laid out by report: what the approving person opened, and what workers still can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from app.casework.wording import word
from app.exports.judicial.opening import Identity, identities_of
from app.models import JudicialFile, Message, OpeningSubject, Report
from app.openings.reading import answer_from
from app.openings.sealed import sealed_of
from app.safe.opening import CannotOpen
from workers.exports.papers.case_file import Opened, ReportIdentities
from workers.exports.papers.case_reading import moment
from workers.exports.papers.paper_words import paper_words
from workers.opening import open_sealed
from workers.settings import WorkerSettings


def payload_of(workers: WorkerSettings, file: JudicialFile) -> Mapping[str, str]:
    """What the approving person's keys opened, by name. Raises CannotOpen where there is none, or it is damaged."""
    opened = open_sealed(workers, file.sealed_payload or b"").get("opened")
    if not isinstance(opened, dict):
        raise CannotOpen
    return opened


def laid_out(
    session: Session, workers: WorkerSettings, file: JudicialFile, reports: Sequence[Report]
) -> list[ReportIdentities]:
    """Each report with what was opened of it; call it while speaking the language of the copy."""
    opened, by_id = payload_of(workers, file), {each.id: each for each in reports}
    found = groupby(identities_of(session, file, reports), key=lambda each: each.report_id)
    return [
        _report(session, workers, file, by_id[report_id], opened, list(identities))
        for report_id, identities in found
    ]


def _report(
    session: Session,
    workers: WorkerSettings,
    file: JudicialFile,
    report: Report,
    opened: Mapping[str, str],
    identities: Sequence[Identity],
) -> ReportIdentities:
    texts = [(each, opened.get(each.name) or _by_worker(session, workers, each)) for each in identities]
    words = paper_words(file.language)
    heading = words["report"].format(time=moment(report.received_at))
    of_messages = [
        Opened(words["message"].format(time=_sent(session, each)), text)
        for each, text in texts
        if each.wanted.subject is OpeningSubject.MESSAGE
    ]
    return ReportIdentities(
        heading=f"{heading} · {word(report.channel, 'channel')}",
        numbers=[Opened("", text) for each, text in texts if each.wanted.subject is OpeningSubject.CONTACT],
        messages=of_messages,
        signs=[
            Opened(each.wanted.part, text)
            for each, text in texts
            if each.wanted.subject is OpeningSubject.TOKEN
        ],
    )


def _sent(session: Session, identity: Identity) -> str:
    return moment(session.get_one(Message, identity.wanted.subject_id).created_at)


def _by_worker(session: Session, workers: WorkerSettings, identity: Identity) -> str | None:
    """What isn't under a report's own key; None for what nobody can open any more."""
    found = sealed_of(session, identity.wanted)
    if found is None:
        return None
    try:
        opened = open_sealed(workers, found.value)
        return answer_from(identity.wanted.subject, opened, content_type="", part=identity.wanted.part).text
    except (CannotOpen, KeyError, ValueError):
        return None
