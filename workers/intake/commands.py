"""Doing what one word asks for, and answering it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import func, select

from app.intake import receipts
from app.messaging import dialogue
from app.messaging.contacts import start_contact, stop_contact
from app.messaging.dialogue import Command, Request
from app.models import ArrivalOutcome, Message, Report
from workers.intake.conversations import leave
from workers.intake.machines import A_DAY
from workers.intake.turn import Turn
from workers.notifications.phones import stop_colleague

_AN_HOUR = A_DAY / 24
_WRONG_CODE = "unknown_code"


def obey(turn: Turn, request: Request) -> None:
    """Do what a command asks. Answers are texts of the outbox; STOP has none."""
    is_consent = request.command in {Command.STOP, Command.START}
    turn.settle(ArrivalOutcome.CONSENT if is_consent else ArrivalOutcome.COMMAND)
    _DOING[request.command](turn, request)


def stop(turn: Turn) -> None:
    """Nothing is sent to this phone any more; what was queued is cancelled."""
    stop_contact(turn.session, turn.contact, "reporter")
    stop_colleague(turn.session, turn.keys.workers, turn.arrived.sender, is_stop=True)


def start(turn: Turn) -> None:
    """Texts may be sent again."""
    start_contact(turn.session, turn.contact, "reporter")
    stop_colleague(turn.session, turn.keys.workers, turn.arrived.sender, is_stop=False)
    turn.answer("resumed")


def _help(turn: Turn, request: Request) -> None:
    turn.answer("help", language=_language(turn, request))


def _new(turn: Turn, request: Request) -> None:
    leave(turn, "new")
    turn.answer("new_started", language=_language(turn, request))


def _set_language(turn: Turn, request: Request) -> None:
    if not request.rest:
        turn.answer("language_unknown", language=_language(turn, request))
        return
    turn.contact.language = request.rest
    turn.answer("language_set", language=request.rest)


def _with_code(turn: Turn, request: Request) -> None:
    """STATUS and WITHDRAW. Whoever tries too many wrong codes learns nothing more for an hour."""
    language = _language(turn, request)
    if not request.rest:
        turn.answer("code_missing", language=language)
    elif _wrong_codes(turn) >= dialogue.thresholds().wrong_codes_an_hour:
        turn.answer("too_many", language=language)
    elif (report := _report_of_code(turn)) is None:
        turn.answer(_WRONG_CODE, language=language)
    else:
        _tell_or_withdraw(turn, request.command, report, turn.contact.language or report.language)


def _tell_or_withdraw(turn: Turn, command: Command, report: Report, language: str) -> None:
    if command is Command.STATUS:
        turn.answer(f"status_{receipts.view(turn.session, report).state}", language=language)
        return
    receipts.withdraw_report(turn.session, report)
    if turn.conversation and turn.conversation.report_id == report.id:
        leave(turn, "withdrawn")
    turn.answer("withdrawn", language=language)


def _report_of_code(turn: Turn) -> Report | None:
    """The report of the code that was sent; its hash was worked out before, also of what can't be a code."""
    digest = turn.prepared.code_hash
    return turn.session.scalars(
        select(Report).where(Report.receipt_hash == digest).with_for_update(key_share=True)
    ).first()


def _wrong_codes(turn: Turn) -> int:
    """How many wrong codes this contact tried within an hour: each left an answer behind."""
    count = turn.session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.contact_id == turn.contact.id,
            Message.created_at > turn.now - _AN_HOUR,
            Message.template == _WRONG_CODE,
        )
    )
    return count or 0


def _language(turn: Turn, request: Request) -> str:
    """That which the person asked for, or was last written to in; else that of the word."""
    before = turn.conversation.language if turn.conversation else ""
    return turn.contact.language or before or request.language


_DOING: Mapping[Command, Callable[[Turn, Request], None]] = {
    Command.HELP: _help,
    Command.NEW: _new,
    Command.LANGUAGE: _set_language,
    Command.STATUS: _with_code,
    Command.WITHDRAW: _with_code,
    Command.STOP: lambda turn, _: stop(turn),
    Command.START: lambda turn, _: start(turn),
}
