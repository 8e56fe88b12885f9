"""Loading the demonstration: into an empty installation only, and the same twice or after an interruption."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select

from app.bare import bare
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import close_session, db, transaction
from app.demonstration import cast, reporting
from app.demonstration.acting import act
from app.demonstration.ageing import age, age_notices
from app.demonstration.installing import CannotLoad, add_cast, make_safes, mark, password
from app.demonstration.stories import Story, stories
from app.demonstration.waiting import TO_BE_SENT, wait_for, wait_for_sending
from app.models import Message
from app.queue import JobName, enqueue_after_commit
from app.settings import Settings

logger = structlog.get_logger()

SHORT_PATIENCE_SECONDS = 30.0
SENDING, UNDERSTANDING, FOLLOWING_UP = "sending", "understanding", "following up"
Progress = Callable[[int, int, str], None]
Sent = Sequence[tuple[Story, uuid.UUID]]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many reports there are, how many workers have not understood yet, and how many cases were acted on now."""

    reports: int
    waiting: int
    acted_on: int
    refused: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left for another run."""
        return self.waiting == 0


def load(settings: Settings, *, progress: Progress, wait_seconds: float = 300) -> LoadResult:
    """Load what isn't there yet. Raises CannotLoad, with nothing changed, where the database holds anything real.

    Without workers it ends after `wait_seconds` in which nothing moved; run again, it goes on from there.
    """
    with bare(settings).app_context():
        try:
            with transaction() as session:
                mark(session, settings)
            with transaction() as session:
                add_cast(session, settings)
            make_safes(settings)
            return _load_reports(settings, progress, wait_seconds)
        finally:
            close_session()
            db.engine.dispose()


def _load_reports(settings: Settings, progress: Progress, wait_seconds: float) -> LoadResult:
    now, count = utcnow(), len(stories())
    total = 3 * count
    sent: list[tuple[Story, uuid.UUID]] = []
    for story in stories():
        progress(len(sent), total, SENDING)
        sent.append((story, reporting.send(settings, story, now)))
    report_ids = [report_id for _, report_id in sent]
    waiting = wait_for(
        report_ids,
        JobName.PROCESS_REPORT,
        wait_seconds,
        lambda done: progress(count + done, total, UNDERSTANDING),
    )
    if waiting:
        return LoadResult(count, waiting, 0)
    acted_on = refused = 0
    for position, (story, report_id) in enumerate(sent):
        progress(2 * count + position, total, FOLLOWING_UP)
        try:
            acted_on += _follow_up(story, report_id, now)
        except CaseworkError as problem:
            refused += 1
            logger.warning("demonstration_step_refused", story=story.key, code=problem.code)
    _let_reporters_respond(settings, sent, now, min(wait_seconds, SHORT_PATIENCE_SECONDS))
    progress(total, total, FOLLOWING_UP)
    return LoadResult(count, 0, acted_on, refused)


def _follow_up(story: Story, report_id: uuid.UUID, now: datetime) -> bool:
    with transaction() as session:
        age(session, report_id)
        return act(session, story, report_id, now)


def _let_reporters_respond(settings: Settings, sent: Sent, now: datetime, patience: float) -> None:
    """Questions have to be sent before they are answered or called off; then the history is put in order."""
    questions = _unsent_questions([report_id for _, report_id in sent])
    wait_for_sending(questions, patience)
    answers = [
        answer
        for story, report_id in sent
        if (answer := reporting.respond(settings, story, report_id, now)) is not None
    ]
    wait_for(answers, JobName.PROCESS_ANSWER, patience, _say_nothing)
    for _, report_id in sent:
        with transaction() as session:
            age(session, report_id)
    with transaction() as session:
        age_notices(session, now)
        enqueue_after_commit(session, JobName.REFRESH_FIGURES)  # the clock's next turn may be minutes away


def _unsent_questions(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    with transaction() as session:
        return list(
            session.scalars(
                select(Message.id).where(Message.report_id.in_(report_ids), Message.state.in_(TO_BE_SENT))
            )
        )


def _say_nothing(_done: int) -> None:
    """Nobody needs to hear about the last few seconds."""


def accounts(settings: Settings) -> list[tuple[str, str]]:  # noqa: ARG001 - every demonstration has the same
    """Role and e-mail address of everybody who can sign in, for a terminal: in English, outside any page."""
    return [
        (f"{person.role.capitalize()} · {person.organisation.acronym}", person.email)
        for person in cast.accounts()
    ]


def first_steps(settings: Settings) -> str:
    """What a newcomer needs after the start: addresses, accounts, password, what to try; English, then French."""
    address = settings.public_url
    width = max(len(title) for title, _ in accounts(settings))
    people = "\n".join(f"  {title:<{width}}  {email}" for title, email in accounts(settings))
    return _FIRST_STEPS.format(address=address, people=people, password=password(settings))


_FIRST_STEPS = """
Phone simulator: {address}/simulator

Accounts (invented), all with the password  {password}
{people}

Try this first
  1. Open the phone simulator, click the first example, send it.
  2. Sign in at {address}/desk/ as awa.monitor@demo.seere.example: the report is near the top of the inbox.
  3. Open it, ask the reporter a question: it arrives on the phone.
  4. Sign in as nana.analyst@demo.seere.example: verify a case, download the verified ones.

À essayer d’abord
  1. Ouvrez le simulateur de téléphone, cliquez sur le premier exemple, envoyez.
  2. Connectez-vous à {address}/desk/ avec awa.monitor@demo.seere.example : le message est parmi les premiers.
  3. Ouvrez-le, posez une question : elle arrive sur le téléphone.
  4. Connectez-vous avec nana.analyst@demo.seere.example : vérifiez un dossier, exportez les dossiers vérifiés.
"""

__all__ = ["CannotLoad", "LoadResult", "accounts", "first_steps", "load"]
