"""An export of very many cases, made by a process of its own, whose memory goes back when it ends.

The engines that read texts take as much memory as such an export. They stay where they are loaded already, in the
worker: the process that makes the export has none, and asks the worker to read a text again. Where that process ends
before its time the record stays *being made*, as when a worker is killed, and is begun anew.
"""

from __future__ import annotations

import multiprocessing
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

import structlog
from sqlalchemy import func, select

from app.database import close_session, db
from app.models import Case, ExportKind, ExportRecord
from workers.exports.choosing import asked_for
from workers.exports.making import make
from workers.exports.second_pass import Ready, second_pass
from workers.pipeline import AcceptedNames
from workers.processing import Keys

logger = structlog.get_logger()
MANY = 20_000  # cases; fewer take some ten megabytes
_ENDING_SECONDS = 10.0  # for a process to end once it has told what came of it


class EndedEarly(RuntimeError):
    """The process that made an export ended before it was done."""


class NotRead(RuntimeError):
    """A text could not be read again."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A text to be read again."""

    text: str
    language: str | None
    words: AcceptedNames


@dataclass(frozen=True, slots=True)
class _Done:
    """The export came to an end, whatever it was; `again_at` as `make` says."""

    again_at: datetime | None


def make_where_it_fits(keys: Keys, export_id: uuid.UUID) -> datetime | None:
    """Make one export, here or apart, as many cases as it is of; as `workers.exports.making.make` otherwise.

    Raises EndedEarly.
    """
    return make_apart(export_id) if _are_many(export_id) else make(keys, export_id)


def make_apart(export_id: uuid.UUID) -> datetime | None:
    """Make one export in a fresh process and read for it here. Raises EndedEarly."""
    fresh = multiprocessing.get_context("spawn")
    here, there = fresh.Pipe()
    process = fresh.Process(target=_make_there, args=(there, export_id), daemon=True)
    process.start()
    there.close()  # so that reading here ends when the other one does
    try:
        again_at = _answer(here)
        process.join(_ENDING_SECONDS)
        return again_at
    finally:
        process.kill()  # also where this one's time is up
        process.join()
        here.close()


def _are_many(export_id: uuid.UUID) -> bool:
    """Whether it is of so many cases; not where that can't be said: then making it says what is wrong."""
    try:
        record = db.session.get(ExportRecord, export_id)
        if record is None or record.kind != ExportKind.CASES:
            return False
        some = asked_for(record).with_only_columns(Case.id).limit(MANY).subquery()
        return db.session.scalar(select(func.count()).select_from(some)) == MANY
    except Exception as error:  # noqa: BLE001 - told to who asked by `make`, which fails in the same way
        logger.warning("export_not_counted", error=type(error).__name__)
        return False
    finally:
        close_session()


def _answer(asking: Connection) -> datetime | None:
    """Read texts as they come, until the other process says that it is done."""
    with suppress(EOFError, ConnectionError):
        while not isinstance(said := asking.recv(), _Done):
            asking.send(_read(said))
        return said.again_at
    raise EndedEarly


def _read(question: _Question) -> Ready | None:
    """The text as it may go out; None where the engines fail."""
    try:
        return second_pass(question.text, question.language, question.words)
    except Exception as error:  # noqa: BLE001 - told to who asked, where the text then stays away
        logger.warning("release_text_failed", error=type(error).__name__)
        return None


def _make_there(worker: Connection, export_id: uuid.UUID) -> None:
    """What the fresh process does."""
    from workers.runtime import keys, worker_app

    with worker_app().app_context():
        again_at = make(keys(), export_id, _asking(worker))
        close_session()
    worker.send(_Done(again_at))


def _asking(worker: Connection) -> Callable[[str, str | None, AcceptedNames], Ready]:
    """A second pass by the worker. Raises NotRead, and what a broken pipe raises: either keeps the text here."""

    def ask(text: str, language: str | None, words: AcceptedNames) -> Ready:
        worker.send(_Question(text, language, words))
        if not isinstance(ready := worker.recv(), Ready):
            raise NotRead
        return ready

    return ask
