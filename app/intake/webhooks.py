"""What SMS providers call. A request is authenticated before anything of it is read, and fails closed."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.clock import utcnow
from app.current import current_limits, current_settings
from app.database import transaction
from app.intake import dialogue, receipts
from app.intake.dialogue import Command, Request
from app.intake.gateways import twilio
from app.intake.service import NewReport, submit
from app.limits import WRONG_CODES
from app.models import Channel
from app.settings import Settings

blueprint = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")


@blueprint.post("/sms")
def receive_sms() -> ResponseReturnValue:
    """Accept one message from Twilio and answer it with at most one neutral segment."""
    settings = current_settings()
    address = settings.public_url + request.full_path.rstrip("?")
    if not twilio.is_genuine(
        settings.twilio, address, request.form, request.headers.get("X-Twilio-Signature", "")
    ):
        return _answer(None, HTTPStatus.FORBIDDEN)
    try:
        message = twilio.read_message(request.form)
    except twilio.MalformedMessage:
        return _answer(None, HTTPStatus.BAD_REQUEST)
    return _answer(_respond(settings, message))


def _respond(settings: Settings, message: twilio.InboundMessage) -> str:
    if not message.text.strip():
        return dialogue.say("empty", settings.default_language)
    if asked := dialogue.read_command(message.text):
        return _obey(settings, asked, message.sender)
    language = dialogue.guess_language(message.text)
    receipt = submit(
        settings,
        NewReport(
            channel=Channel.SMS,
            gateway=twilio.NAME,
            reference=message.provider_id,
            content={"text": message.text, "sender": message.sender},
            received_at=utcnow(),
            language=language,
            is_demonstration=settings.demonstration,
        ),
    )
    return dialogue.say("received", language, code=receipt.code)


def _obey(settings: Settings, asked: Request, sender: str) -> str:
    if asked.command is Command.HELP:
        return dialogue.say("help", asked.language)
    if not asked.rest:
        return dialogue.say("code_missing", asked.language)
    limits = current_limits()
    if not limits.is_allowed(WRONG_CODES, sender):
        return dialogue.say("too_many", asked.language)
    with transaction() as session:
        report = receipts.find_report(settings, session, asked.rest)
        if report is None:
            limits.count(WRONG_CODES, sender)
            return dialogue.say("unknown_code", asked.language)
        state = receipts.view(session, report).state
    if asked.command is Command.WITHDRAW:
        receipts.withdraw(report.id)
        return dialogue.say("withdrawn", report.language)
    return dialogue.say(f"status_{state}", report.language)


def _answer(text: str | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(twilio.twiml(text), status=status, content_type="text/xml; charset=utf-8")
