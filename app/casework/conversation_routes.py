"""What may be done in the conversation with a reporter. The routes belong to the case page's blueprint."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.casework import schemas, service
from app.casework.answering import perform
from app.casework.complaints import NeedsConfirmation, Redraw
from app.casework.wishes import read_wishes
from app.messaging.harmlessness import harmful_words
from app.messaging.segments import count_segments, transliterate
from app.models import Channel, User

_MESSAGE = "/cases/<uuid:case_id>/messages/<uuid:message_id>"


def add_conversation_routes(blueprint: Blueprint) -> None:
    """Put the conversation's routes on the case page's blueprint."""
    for address, act in (
        ("/cases/<uuid:case_id>/questions", ask_reporter),
        ("/cases/<uuid:case_id>/wishes", change_wishes),
        (f"{_MESSAGE}/move", move_message),
        (f"{_MESSAGE}/recording", type_recording),
    ):
        blueprint.add_url_rule(address, view_func=act, methods=["POST"])


def ask_reporter(case_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the reporter one more thing."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        _redraw(data)
        message = service.ask_reporter(session, user, case_id, data["text"])
        if Channel(message.channel).is_by_phone and not data["send_anyway"]:
            _check_cost(data["text"])

    return perform(case_id, "ask", schemas.QuestionIn(), act, done=gettext("The question is on its way."))


def _redraw(data: Mapping[str, Any]) -> None:
    """The two buttons of the composer that only change its text; they need no script."""
    if data["act"] == "begin":
        raise Redraw({"text": data["starter"]})
    if data["act"] == "transliterate":
        raise Redraw({"text": transliterate(data["text"])})


def _check_cost(text: str) -> None:
    segments, harmful = count_segments(text), harmful_words(text)
    if segments.count > 1 or harmful:
        raise NeedsConfirmation(segments, harmful)


def move_message(case_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Put a message into another case of the same phone, or into one of its own."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.move_message(session, user, case_id, message_id, data["to_case"])

    done = gettext("The message is moved. It can be moved back from where it is now.")
    return perform(case_id, f"move-{message_id}", schemas.MoveIn(), act, done=done)


def type_recording(case_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what a recording says."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.type_recording(session, user, case_id, message_id, data["text"])

    done = gettext("Kept. In a moment it is made safe and stands in the account.")
    return perform(case_id, f"type-{message_id}", schemas.TranscriptIn(), act, done=done)


def change_wishes(case_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what the reporter wishes about being written to."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        names = ("hours", "first", "last", "is_never_written", "has_cover")
        wishes = read_wishes(**{name: data[name] for name in names})
        service.change_wishes(session, user, case_id, wishes)

    return perform(case_id, "wishes", schemas.WishesIn(), act, done=gettext("Wishes kept."))
