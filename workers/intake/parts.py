"""Messages in several pieces: waiting for parts, mending a message when one comes late, joining texts cut by hand."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.messaging import dialogue
from app.models import Arrival, ArrivalOutcome, Message, Report, ReportState
from app.sealing import keyed_digest
from workers.intake.assembling import (
    Piece,
    announces_more,
    assemble,
    goes_on,
    is_complete,
    joined,
    read_marker,
)
from workers.intake.reading import Arrived, read
from workers.intake.reports import grow_message
from workers.intake.turn import Turn
from workers.opening import open_sealed

_JOINABLE = (ArrivalOutcome.REPORT_OPENED, ArrivalOutcome.ADDED, ArrivalOutcome.JOINED)
_LOOKED_AT = 3  # messages before this one that a piece may belong to
GIVEN_AWAY = b""  # of a message that has settled: what comes later stands on its own


@dataclass(frozen=True, slots=True)
class Opened:
    """An arrival with what it says, as one piece of a message."""

    arrival: Arrival
    arrived: Arrived

    @property
    def piece(self) -> Piece:
        """The arrival as the assembling takes it."""
        reference = self.arrival.part_reference
        return Piece(
            text=self.arrived.text,
            received_at=self.arrival.received_at,
            reference=bytes(reference) if reference else None,
            number=self.arrival.part_number or 1,
            total=self.arrival.part_total or 1,
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The text of a message in parts, and the other arrivals that it is made of."""

    text: str
    others: Sequence[Arrival]
    is_whole: bool


def gather(turn: Turn) -> Gathered | datetime | None:
    """The message that a part belongs to: whole, or as it is once the wait is over.

    A moment means: come back then. None means: it was joined to a message that is already here.
    """
    _mark(turn)
    siblings = _nearest(turn, _siblings(turn))
    made = next((each.arrival.message_id for each in siblings if each.arrival.message_id), None)
    everything = [Opened(turn.arrival, turn.arrived), *siblings]
    if made is not None:
        _mend(turn, made)
        return None
    parts = [each.piece for each in everything]
    wait_until = min(part.received_at for part in parts) + dialogue.waits().wait_for_parts
    is_whole = is_complete(parts, turn.arrival.part_total or 1)
    if not is_whole and turn.now < wait_until:
        turn.settle(ArrivalOutcome.WAITING_FOR_PARTS)
        return wait_until
    return Gathered(joined(parts), [each.arrival for each in siblings], is_whole)


def _mark(turn: Turn) -> None:
    part = turn.arrived.part
    if part is None:
        raise ValueError("not a part")
    words = f"{turn.contact.id}:{turn.arrival.gateway}:{part.total}:{part.reference}"
    turn.arrival.part_reference = keyed_digest(turn.keys.workers.pseudonym_key, "part", words)
    turn.arrival.part_number, turn.arrival.part_total = part.number, part.total
    turn.session.flush()


def _siblings(turn: Turn) -> list[Opened]:
    """The other arrivals with this part's reference, within the time in which a phone doesn't use it again."""
    near = dialogue.windows().parts_belong_together
    moment = turn.arrival.received_at
    found = turn.session.scalars(
        select(Arrival).where(
            Arrival.contact_id == turn.contact.id,
            Arrival.part_reference == turn.arrival.part_reference,
            Arrival.received_at.between(moment - near, moment + near),
            Arrival.id != turn.arrival.id,
            Arrival.sealed_content != GIVEN_AWAY,
        )
    )
    return [_open(turn, arrival) for arrival in found]


def _nearest(turn: Turn, siblings: Sequence[Opened]) -> list[Opened]:
    """Those of the message that this part belongs to.

    Phones count references round: one that has this number already, with other words, is another message.
    """
    groups: dict[uuid.UUID | None, list[Opened]] = defaultdict(list)
    for each in siblings:
        groups[each.arrival.message_id].append(each)
    fitting = [group for group in groups.values() if _fits(turn, group)]
    return min(fitting, key=lambda group: _distance(turn, group), default=[])


def _fits(turn: Turn, group: Sequence[Opened]) -> bool:
    return all(
        each.arrived.text == turn.arrived.text
        for each in group
        if each.arrival.part_number == turn.arrival.part_number
    )


def _distance(turn: Turn, group: Sequence[Opened]) -> tuple[bool, float]:
    """Parts that still wait come first, then those nearest in time."""
    moment = turn.arrival.received_at
    nearest = min(abs((each.arrival.received_at - moment).total_seconds()) for each in group)
    return group[0].arrival.message_id is not None, nearest


def join_hand_cut(turn: Turn) -> bool:
    """Join a text to the message it continues, if it says so or that one did; False when it stands alone."""
    for message, pieces in _messages_before(turn):
        if _continues(turn, [each.piece for each in pieces], is_last=True):
            _mend(turn, message.id)
            return True
        if read_marker(turn.text) is None:
            break  # only a figure may reach further back than the last message
    return False


def _continues(turn: Turn, pieces: Sequence[Piece], *, is_last: bool) -> bool:
    texts = [piece.text for piece in pieces]
    if marker := read_marker(turn.text):
        others = [read_marker(text) for text in texts]
        totals = {other.total for other in others if other}
        numbers = {other.number for other in others if other}
        return totals == {marker.total} and marker.number not in numbers
    return is_last and (goes_on(turn.text) or any(announces_more(text) for text in texts[-1:]))


def _messages_before(turn: Turn) -> list[tuple[Message, list[Opened]]]:
    """The last messages of this contact within the window, newest first, each with its pieces in order."""
    window, moment = dialogue.waits().hand_cut, turn.arrival.received_at
    near = turn.session.scalars(
        select(Arrival.message_id)
        .where(
            Arrival.contact_id == turn.contact.id,
            Arrival.outcome.in_(_JOINABLE),
            Arrival.message_id.is_not(None),
            Arrival.received_at.between(moment - window, moment + window),
            Arrival.sealed_content != GIVEN_AWAY,
        )
        .order_by(Arrival.received_at.desc())
    )
    identifiers = list(dict.fromkeys(identifier for identifier in near if identifier))[:_LOOKED_AT]
    found = ((turn.session.get_one(Message, identifier), identifier) for identifier in identifiers)
    return [
        (message, _pieces_of(turn, identifier))
        for message, identifier in found
        if turn.session.get_one(Report, message.report_id).state != ReportState.WITHDRAWN
    ]


def _mend(turn: Turn, message_id: uuid.UUID) -> None:
    """Put this arrival into a message that is here, seal the whole anew, and have it understood again."""
    turn.settle(ArrivalOutcome.JOINED, message_id)
    turn.session.flush()
    message = turn.session.get_one(Message, message_id)
    text = assemble([each.piece for each in _pieces_of(turn, message_id)])
    grow_message(turn.session, turn.keys.settings, message, text, turn.arrived.sender)


def _pieces_of(turn: Turn, message_id: uuid.UUID) -> list[Opened]:
    arrivals = turn.session.scalars(
        select(Arrival).where(Arrival.message_id == message_id).order_by(Arrival.received_at, Arrival.id)
    )
    return [_open(turn, arrival) for arrival in arrivals]


def _open(turn: Turn, arrival: Arrival) -> Opened:
    return Opened(arrival, read(open_sealed(turn.keys.workers, arrival.sealed_content)))
