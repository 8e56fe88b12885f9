"""The way of one arrival: opened, recognised, and in one transaction a report, an addition, a command, or nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework import conclusions as casework
from app.clock import utcnow
from app.database import transaction
from app.intake.gateways.protocol import Consent
from app.messaging import dialogue
from app.messaging.dialogue import Command, Request
from app.models import Arrival, ArrivalKind, ArrivalOutcome, Report
from app.public.reading import has_visible_text
from app.queue import JobName, owe
from app.receipts import derived_code, normalise, receipt_hash
from workers.contacts import locked_contact
from workers.intake import calls, commands, conversations, machines, parts, repeats
from workers.intake.acknowledging import acknowledge_addition
from workers.intake.reading import Arrived, read
from workers.intake.reports import add_message, add_report, inbound, open_report
from workers.intake.turn import Prepared, Turn
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

_OPEN = (ArrivalOutcome.WAITING, ArrivalOutcome.WAITING_FOR_PARTS)
_NO_CODE = "000000000000"  # hashed in place of what can't be a code, so that both take the same time
_STOP_WORDS = 2  # a longer text that a provider took for STOP is kept as well


def take_in(keys: Keys, arrival_id: uuid.UUID) -> datetime | None:
    """Take one arrival in, once: a second run finds it settled. A moment means: come back then, parts are missing."""
    arrival = _load(arrival_id)
    if arrival is None:
        return None
    try:
        arrived = read(open_sealed(keys.workers, arrival.sealed_content))
    except CannotOpen:
        _keep_unreadable(keys, arrival)
        return None
    prepared = _prepare(keys, arrival, arrived)
    with transaction() as session:
        contact = locked_contact(session, keys.settings, keys.workers, arrived.sender)
        found = session.get_one(Arrival, arrival_id, populate_existing=True)
        if found.outcome not in _OPEN:
            return None
        turn = Turn(session, keys, found, contact, arrived, prepared, utcnow(), arrived.text)
        return _take(turn)


def _load(arrival_id: uuid.UUID) -> Arrival | None:
    with transaction() as session:
        arrival = session.get(Arrival, arrival_id)
        if arrival is None or arrival.outcome not in _OPEN:
            return None
        session.expunge(arrival)
        return arrival


def _prepare(keys: Keys, arrival: Arrival, arrived: Arrived) -> Prepared:
    """The slow hashes, before the write lock is taken."""
    key = keys.settings.lookup_key
    request = None
    if arrival.kind == ArrivalKind.TEXT and arrived.part is None:
        request = dialogue.read_command(arrived.text)
    code_hash = b""
    if request is not None and request.command in {Command.STATUS, Command.WITHDRAW}:
        code_hash = receipt_hash(key, normalise(request.rest) or _NO_CODE)
    return Prepared(receipt_hash(key, derived_code(key, arrival.reference.hex())), request, code_hash)


def _keep_unreadable(keys: Keys, arrival: Arrival) -> None:
    """What no key here opens is kept as it is, as a case without text, for a person to see to."""
    prepared = _prepare(keys, arrival, Arrived(sender=""))
    with transaction() as session:
        found = session.get_one(Arrival, arrival.id, with_for_update=True, populate_existing=True)
        if found.outcome not in _OPEN:
            return
        found.outcome = ArrivalOutcome.UNREADABLE
        language = keys.settings.default_language
        report = add_report(session, found, None, prepared.receipt_hash, language=language)
        message = inbound(found, report, found.sealed_content)
        session.add(message)
        session.flush()
        found.message_id = message.id
        casework.take_in_failure(session, report, "unreadable")


def _take(turn: Turn) -> datetime | None:
    turn.arrival.contact_id = turn.contact.id
    turn.conversation = conversations.conversation_of(turn.session, turn.contact.id)
    turn.contact.is_machine = machines.is_machine(turn.arrived.sender)
    if _is_known_already(turn.session, turn.arrival):
        turn.settle(ArrivalOutcome.REPEATED)
        return None
    match turn.arrival.kind:
        case ArrivalKind.MISSED_CALL:
            calls.ask_to_be_called(turn)
        case ArrivalKind.CALL:
            calls.take_recording(turn)
        case _:
            turn.contact.last_gateway = turn.arrival.gateway
            return _take_text(turn)
    return None


def _is_known_already(session: Session, arrival: Arrival) -> bool:
    """Whether the message became a report before there were arrivals."""
    statement = select(Report.id).where(Report.channel_reference == arrival.reference)
    return session.scalar(statement) is not None


def _take_text(turn: Turn) -> datetime | None:
    if turn.arrived.undecodable:
        _keep_undecodable(turn)
        return None
    others: list[Arrival] = []
    if turn.arrived.part is not None:
        gathered = parts.gather(turn)
        if not isinstance(gathered, parts.Gathered):
            return gathered
        turn.text, others = gathered.text, list(gathered.others)
        turn.is_fragment = not gathered.is_whole
    _decide(turn)
    for other in others:  # the other parts are in the same message now
        other.outcome = ArrivalOutcome.JOINED if turn.arrival.message_id else turn.arrival.outcome
        other.contact_id, other.message_id = turn.contact.id, turn.arrival.message_id
        other.done_at = utcnow()  # nobody needs to come back for it when its wait is over
    return None


def _decide(turn: Turn) -> None:
    if _has_consent(turn):
        return
    if not has_visible_text(turn.text) and not turn.arrived.media:
        turn.settle(ArrivalOutcome.EMPTY)
        if not turn.has_said(frozenset({"empty"}), dialogue.waits().say_added_again):
            turn.answer("empty")
        return
    if has_visible_text(turn.text) and not turn.is_fragment:
        turn.arrival.text_digest = turn.text_digest
        if _is_request(turn) or _is_noise(turn) or _is_more_of_the_same(turn):
            return
    _keep(turn)


def _has_consent(turn: Turn) -> bool:
    """STOP or START as the provider took it. A longer text that it took for STOP is kept too, unanswered."""
    match turn.arrived.consent:
        case Consent.STOP:
            commands.stop(turn)
        case Consent.START:
            commands.start(turn)
        case _:
            return False
    turn.settle(ArrivalOutcome.CONSENT)
    return len(turn.text.split()) <= _STOP_WORDS


def _is_request(turn: Turn) -> bool:
    """Whether it was a command, and then done. NEW with a text after it begins a new report with that text."""
    request = turn.prepared.request or _request_of_parts(turn)
    if request is None or turn.arrival.kind != ArrivalKind.TEXT:
        return False
    if request.command is Command.NEW and request.rest:
        conversations.leave(turn, "new")
        return False
    if repeats.is_repeated_command(turn):
        turn.settle(ArrivalOutcome.REPEATED)
        return True
    commands.obey(turn, request)
    return True


def _request_of_parts(turn: Turn) -> Request | None:
    """A long new message that begins with NEW; no other command comes in parts."""
    request = dialogue.read_command(turn.text) if turn.arrived.part else None
    return request if request and request.command is Command.NEW else None


def _is_noise(turn: Turn) -> bool:
    """Our own words coming back aren't kept; words that come again and again are, unanswered."""
    if machines.is_echo(turn):
        turn.settle(ArrivalOutcome.EMPTY)
        logger.info("echo_ignored", gateway=turn.arrival.gateway)
        return True
    turn.is_loop = machines.is_loop(turn)
    turn.contact.is_machine = turn.contact.is_machine or turn.is_loop
    return False


def _is_more_of_the_same(turn: Turn) -> bool:
    if turn.arrival.kind != ArrivalKind.TEXT:
        return False
    return repeats.take_as_repeat(turn) or parts.join_hand_cut(turn)


def _keep(turn: Turn) -> None:
    """A text that is a report, or belongs to one."""
    found = conversations.belonging(turn)
    if found is None:
        _open(turn)
        return
    silence_before = turn.conversation.last_heard_at if turn.conversation else None
    message = add_message(turn, found.report, answers=found.answers)
    turn.settle(ArrivalOutcome.ADDED, message.id)
    conversations.go_on(turn, found)
    owe(turn.session, JobName.PROCESS_ANSWER, message.id)
    acknowledge_addition(turn, found, silence_before)


def _open(turn: Turn) -> None:
    report, message = open_report(turn)
    conversations.begin(turn, report)
    owe(turn.session, JobName.PROCESS_REPORT, report.id)
    turn.settle(ArrivalOutcome.REPORT_OPENED, message.id)
    if conversations.speaks_by_text(turn.arrival.channel):
        turn.answer("received", report.id)


def _keep_undecodable(turn: Turn) -> None:
    """Bytes that nobody could decode: a report of their own, kept sealed as they came, put before a person."""
    report, message = open_report(turn)
    casework.take_in_failure(turn.session, report, "undecodable")
    turn.settle(ArrivalOutcome.UNDECODABLE, message.id)
    turn.answer("received", report.id)
