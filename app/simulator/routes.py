"""The handset's page, what it sends and receives, and the stand-in for Twilio's API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from redis.exceptions import RedisError

from app.current import current_settings
from app.demonstration import cast
from app.public.reading import guard_form, read_form
from app.simulator import conversation, mailbox, provider, telephone, timing
from app.simulator.conversation import LONGEST_TEXT, Entry
from app.simulator.numbers import new_number, read_number, written
from app.simulator.suggestions import suggestions

blueprint = Blueprint("simulator", __name__, url_prefix="/simulator")

TOKEN_SECONDS = 24 * 3600
LONGEST_TOKEN = 200
JSON = "application/json"


@dataclass
class Screen:
    """What the handset shows: its number as typed, the conversation, the text being written, and problems."""

    number: str = ""
    text: str = ""
    entries: list[Entry] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


blueprint.before_request(guard_form)


@blueprint.get("")
def handset() -> ResponseReturnValue:
    """A fresh handset with a made-up number."""
    return _page(Screen(number=written(new_number())))


@blueprint.post("/send")
def send() -> ResponseReturnValue:
    """Send what was typed, or ring, as a genuine webhook. A suggestion is only put into the field.

    The answer comes by the outbox: a script asks for it with `received`; without one this waits for it a little.
    """
    form = read_form(request)
    screen = _screen(form)
    if "fill" in form:
        screen.text = form["fill"][:LONGEST_TEXT]
        return _page(screen)
    number = _checked_number(screen, form)
    if len(screen.text) > LONGEST_TEXT:
        screen.problems["text"] = _("A text has at most %(limit)s characters.", limit=LONGEST_TEXT)
    if number is None or screen.problems:
        return _answer(screen, [])
    return _answer(screen, _ring(screen, number) if "ring" in form else _exchange(screen, number))


@blueprint.post("/received")
def received() -> ResponseReturnValue:
    """What was sent to this number within the hour."""
    form = read_form(request)
    screen = _screen(form)
    number = _checked_number(screen, form)
    return _answer(screen, _received(number) if number else [])


@blueprint.get("/twilio/2010-04-01/Accounts/<account_sid>.json")
def twilio_account(account_sid: str) -> ResponseReturnValue:
    """What Twilio says of an account that asks for itself: this is how a gateway is checked."""
    settings = current_settings()
    if not provider.is_account(settings.twilio, account_sid, request.authorization):
        return provider.refusal(provider.AUTHENTICATE)
    return {"sid": settings.twilio.account_sid, "status": "active", "type": "Full"}


@blueprint.post("/twilio/2010-04-01/Accounts/<account_sid>/Messages.json")
def twilio_messages(account_sid: str) -> ResponseReturnValue:
    """Take a text from the worker's Twilio client and keep it for the handset."""
    settings = current_settings()
    if not provider.is_account(settings.twilio, account_sid, request.authorization):
        return provider.refusal(provider.AUTHENTICATE)
    outgoing = provider.read_outgoing(settings.twilio, read_form(request))
    if isinstance(outgoing, int):
        return provider.refusal(outgoing)
    message_id = telephone.new_message_id()
    try:
        mailbox.put(
            settings, outgoing.number, mailbox.WaitingText(message_id, outgoing.text, conversation.now())
        )
    except RedisError:
        return {
            "code": 20500,
            "message": "Internal Server Error",
            "status": 503,
        }, HTTPStatus.SERVICE_UNAVAILABLE
    timing.confirm_later(settings, outgoing, message_id)
    return provider.accepted(settings.twilio, message_id, outgoing), HTTPStatus.CREATED


def _exchange(screen: Screen, number: str) -> list[Entry]:
    """The text and what it is answered as bubbles; the text stays in the field when it wasn't delivered."""
    message_id, settings = telephone.new_message_id(), current_settings()
    known = mailbox.texts(settings, number)
    try:
        telephone.deliver(settings, message_id, number, screen.text)
    except telephone.NotDelivered as problem:
        return _undelivered(screen, problem)
    mine = Entry(message_id, is_mine=True, text=screen.text, time=conversation.now())
    screen.text = ""
    if not _is_for_script():
        timing.wait_for_text(settings, number, len(known))
    return [mine, *_received(number)]


def _ring(screen: Screen, number: str) -> list[Entry]:
    """A call that rings and is given up: people without credit ask to be called back that way."""
    try:
        telephone.ring(current_settings(), number)
    except telephone.NotDelivered as problem:
        return _undelivered(screen, problem)
    return [
        Entry(telephone.new_call_id(), is_mine=True, text=_("(missed call)"), time=conversation.now()),
    ]


def _undelivered(screen: Screen, problem: telephone.NotDelivered) -> list[Entry]:
    screen.status = HTTPStatus.BAD_GATEWAY
    screen.problems["text"] = _not_delivered(problem.status)
    return []


def _received(number: str) -> list[Entry]:
    waiting = mailbox.texts(current_settings(), number)
    return [Entry(each.id, is_mine=False, text=each.text, time=each.time) for each in waiting]


def _is_for_script() -> bool:
    return bool(request.accept_mimetypes.best == JSON)


def _not_delivered(status: int | None) -> str:
    if status is None:
        return _("Not delivered: the server doesn’t answer at its public address. Try again in a moment.")
    return _(
        "Not delivered: the server answered with error %(status)s. Try again in a moment.", status=status
    )


def _screen(form: dict[str, str]) -> Screen:
    return Screen(
        number=form.get("number", "")[:40],
        text=form.get("text", ""),
        entries=conversation.read(form.get("conversation", "")),
    )


def _checked_number(screen: Screen, form: dict[str, str]) -> str | None:
    """The handset's number, or None with what is wrong put on the screen."""
    try:
        _serializer().loads(form.get("token", "")[:LONGEST_TOKEN], max_age=TOKEN_SECONDS)
    except BadData:
        screen.problems["text"] = _("This page had been open for too long. Do it once more.")
    number = read_number(screen.number)
    if number is None:
        screen.problems["number"] = _("Type a phone number such as +223 76 12 34 56.")
    if screen.problems:
        screen.status = HTTPStatus.BAD_REQUEST
    return None if screen.problems else number


def _answer(screen: Screen, fresh: Sequence[Entry]) -> ResponseReturnValue:
    """JSON for the script, the whole page for who has none."""
    if screen.problems and screen.status is HTTPStatus.OK:
        screen.status = HTTPStatus.BAD_REQUEST
    if _is_for_script():
        return {
            "entries": [asdict(entry) for entry in fresh],
            "problems": screen.problems,
            "token": _new_token(),
        }, screen.status
    screen.entries = conversation.join(screen.entries, fresh)
    return _page(screen)


def _page(screen: Screen) -> ResponseReturnValue:
    settings = current_settings()
    page = render_template(
        "simulator/handset.html",
        screen=screen,
        conversation=conversation.write(screen.entries),
        token=_new_token(),
        service_number=written(settings.twilio.number),
        suggestions=suggestions(conversation.last_code(screen.entries)),
        people=cast.accounts(),
        limit=LONGEST_TEXT,
        now=conversation.now(),
    )
    return page, screen.status


def _new_token() -> str:
    return str(_serializer().dumps("page"))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="simulator.page")
