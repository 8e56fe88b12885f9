"""Calls through Twilio: a prompt, a recording, and the code spoken slowly. Many people don't read.

Every request is authenticated before anything of it is read, and what was said is durable before the code is spoken.
The same address serves "a call comes in" and "call status changes": a call that ends without a recording asks to be
called back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.current import current_settings
from app.database import db
from app.intake import caller_tokens, spoken
from app.intake.accepting import Unavailable, accept
from app.intake.arrivals import Recording, reference_of
from app.intake.gateways import twilio, twilio_voice
from app.intake.gateways.configured import ConfiguredGateway
from app.intake.gateways.protocol import Capability, InboundRequest, Malformed, MissedCall
from app.intake.gateways.twilio_voice import Call, Prompt
from app.intake.hearing import note_heard
from app.intake.spoken import PromptKey, Recorded
from app.intake.webhooks import known_gateway, read_request, refuse
from app.models import Arrival, VoicePrompt
from app.receipts import derived_code

blueprint = Blueprint("voice", __name__, url_prefix="/webhooks")

TWIML = "text/xml; charset=utf-8"
NOTHING_MORE = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
PROMPT_KEPT = timedelta(days=30)  # a prompt that is recorded anew has another address


@dataclass(frozen=True, slots=True)
class Heard:
    """A genuine request about a call: by which gateway, and what it says."""

    gateway: ConfiguredGateway
    request: InboundRequest
    call: Call

    @property
    def language(self) -> str:
        """The one that the caller chose, or the installation's."""
        asked = self.request.query.get("language", "")
        return asked if asked in spoken.order() else current_settings().default_language

    def address(self, part: str, **query: str) -> str:
        """Where Twilio asks how to go on. What is in it is signed by Twilio when it comes back."""
        address = f"{current_settings().public_url}/webhooks/{self.gateway.slug}/voice/{part}"
        return f"{address}?{urlencode(query)}" if query else address


def _genuine(view: Callable[[Heard], str]) -> Callable[[str], ResponseReturnValue]:
    """Authenticate, read, answer: 403 for a stranger, 400 without a call, 503 when nothing could be made durable."""

    @wraps(view)
    def answer(slug: str) -> ResponseReturnValue:
        try:
            heard = _hear(slug)
            if heard is None:
                return refuse(HTTPStatus.FORBIDDEN)
            twiml = view(heard)
        except Malformed:
            return refuse(HTTPStatus.BAD_REQUEST)
        except (Unavailable, SQLAlchemyError):
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        note_heard(slug)
        return Response(twiml, content_type=TWIML)

    return answer


def _hear(slug: str) -> Heard | None:
    gateway = known_gateway(slug)
    if gateway is None or Capability.VOICE not in gateway.provider.capabilities:
        return None
    asked = read_request("voice")
    if not twilio.is_genuine(gateway.configuration, asked):
        return None
    return Heard(gateway, asked, twilio_voice.read_call(asked.form))


@blueprint.post("/<slug>/voice")
@_genuine
def answer_call(heard: Heard) -> str:
    """Offer the languages that are recorded, or greet in the only one; note a call that is over."""
    if heard.call.status in ENDED:
        _note_missed(heard)
        return NOTHING_MORE
    recorded = _recorded()
    offered = spoken.offered_languages(recorded)
    if len(offered) > 1:
        prompts = [_prompt(recorded, PromptKey.LANGUAGE, language) for language in offered]
        return twilio_voice.choose_language(heard.address("language"), prompts)
    return _greet(heard, recorded, offered[0] if offered else current_settings().default_language)


@blueprint.post("/<slug>/voice/language")
@_genuine
def choose_language(heard: Heard) -> str:
    """Greet in the language whose digit was pressed; in the installation's for none or another digit."""
    recorded = _recorded()
    chosen = [
        each for each in spoken.offered_languages(recorded) if spoken.digit_of(each) == heard.call.digits
    ]
    return _greet(heard, recorded, chosen[0] if chosen else current_settings().default_language)


@blueprint.post("/<slug>/voice/recording")
@_genuine
def take_recording(heard: Heard) -> str:
    """Keep where the recording is, once, and speak its code. Twilio tells twice: both times the answer is the same."""
    settings, call = current_settings(), heard.call
    if not call.recording_url:
        return NOTHING_MORE
    caller = call.caller or caller_tokens.read(settings, call.sid, heard.request.query.get("caller", ""))
    recording = Recording(call.sid, caller, call.recording_url, heard.language)
    accept(settings, heard.gateway.slug, [recording], heard.request.received_at)
    reference = reference_of(settings, heard.gateway.slug, recording)
    prompt = _prompt(_recorded(), PromptKey.CODE, heard.language)
    code = derived_code(settings.lookup_key, reference.hex())
    return twilio_voice.speak_code(code, heard.language, prompt.url or None, prompt.spoken)


@blueprint.get("/prompts/<uuid:prompt_id>")
def prompt(prompt_id: uuid.UUID) -> ResponseReturnValue:
    """The sound of a prompt, for whoever plays it to a caller: it holds nothing of anybody, and never changes."""
    found = db.session.get(VoicePrompt, prompt_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(found.audio, content_type=found.content_type)
    answer.cache_control.public = True
    answer.cache_control.max_age = int(PROMPT_KEPT.total_seconds())
    return answer


def _greet(heard: Heard, recorded: Recorded, language: str) -> str:
    greeting = _prompt(recorded, PromptKey.GREETING, language)
    token = caller_tokens.make(current_settings(), heard.call.sid, heard.call.caller)
    return twilio_voice.answer_call(
        greeting.url or None,
        language,
        heard.address("recording", language=language),
        heard.address("recording", language=language, caller=token),
        spoken=greeting.spoken,
    )


def _note_missed(heard: Heard) -> None:
    """Somebody rang and left nothing: they want to be called back, if there is a number to call.

    When the end of a call is told before its recording, as can happen, both are kept: one call back too many.
    """
    call, slug = heard.call, heard.gateway.slug
    if not spoken.is_hidden(call.caller) and not _is_recorded(db.session(), slug, call.sid):
        accept(current_settings(), slug, [MissedCall(call.sid, call.caller)], heard.request.received_at)


def _is_recorded(session: Session, slug: str, call_sid: str) -> bool:
    reference = reference_of(current_settings(), slug, Recording(call_sid, "", ""))
    try:
        found = session.scalar(select(Arrival.id).where(Arrival.reference == reference))
    except SQLAlchemyError:
        return False  # nobody can tell: better one call back too many
    return found is not None


def _recorded() -> Recorded:
    """What is recorded; nothing while the database is away, so that the synthetic voice speaks."""
    try:
        return spoken.recorded_prompts(db.session())
    except SQLAlchemyError:
        db.session.remove()
        return {}


def _prompt(recorded: Recorded, key: PromptKey, language: str) -> Prompt:
    identifier = recorded.get((key, language))
    url = f"{current_settings().public_url}/webhooks/prompts/{identifier}" if identifier else ""
    return Prompt(language, spoken.words(key, language), url)
