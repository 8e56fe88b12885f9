"""A call to Twilio: what the caller hears, as TwiML, and what Twilio tells about the call.

Verbs and parameters: "TwiML for Programmable Voice" (<Record>, <Gather>, <Say> and its SSML) in Twilio's
documentation. Authenticate a request with `twilio.is_genuine` before reading it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Gather, Play, Say, VoiceResponse

from app.intake.gateways._twilio_facts import Voice, facts
from app.intake.gateways._twilio_webhooks import LONGEST_SID
from app.intake.gateways.protocol import LONGEST_IDENTIFIER, Malformed

LONGEST_SECONDS = 180  # of one recording
SILENCE_SECONDS = 5  # after which a recording ends
TIMES_SPOKEN = 2  # a code: once to fetch a pen, once to write
_BETWEEN_SIGNS = "700ms"
_BETWEEN_GROUPS = "1500ms"
_BETWEEN_TIMES_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something said to a caller: a recording at `url` where there is one, else `spoken` by a synthetic voice."""

    language: str
    spoken: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What Twilio tells of a call. Without a recording its address and id are empty and `seconds` is 0.

    `caller` is empty in the callback about a recording, and E.164 or the network's word for a hidden number
    elsewhere. `status` is the recording's where there is one (`completed`, `absent`), else the call's (`ringing`,
    `in-progress`, `completed`, `no-answer`…).
    """

    sid: str
    caller: str = field(default="", repr=False)
    recording_url: str = field(default="", repr=False)
    recording_sid: str = ""
    seconds: int = 0
    digits: str = field(default="", repr=False)
    status: str = ""


def answer_call(
    prompt_url: str | None,
    language: str,
    record_action: str,
    recording_status: str,
    longest_seconds: int = LONGEST_SECONDS,
    *,
    spoken: str,
) -> str:
    """Greet, beep and record. `spoken` is a short, harmless text in `language`, said where no prompt is recorded.

    When the caller has spoken, Twilio asks `record_action` how to go on, and tells `recording_status` when the file
    can be fetched. For a caller who says nothing it asks neither, and the call ends.
    """
    response = VoiceResponse()
    _prompt(response, Prompt(language, spoken, prompt_url or ""))
    response.record(
        action=record_action,
        method="POST",
        max_length=longest_seconds,
        timeout=SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=recording_status,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    response.hangup()
    return str(response)


def speak_code(code: str, language: str, prompt_url: str | None, spoken: str) -> str:
    """Say a receipt code sign by sign, slowly, TIMES_SPOKEN times, each after the prompt; then hang up."""
    response = VoiceResponse()
    for _ in range(TIMES_SPOKEN):
        _prompt(response, Prompt(language, spoken, prompt_url or ""))
        response.append(_spelt(code, language))
        response.pause(length=_BETWEEN_TIMES_SECONDS)
    response.hangup()
    return str(response)


def choose_language(action: str, prompts: Sequence[Prompt], seconds: int = 5) -> str:
    """Say all prompts ("for French, press 1") and wait `seconds` for one digit, given to `action` as `Digits`.

    `action` is asked without a digit when the caller presses none.
    """
    response = VoiceResponse()
    gather = Gather(action=action, method="POST", num_digits=1, timeout=seconds, input="dtmf")
    for prompt in prompts:
        _prompt(gather, prompt)
    response.append(gather)
    response.redirect(action, method="POST")
    return str(response)


def read_call(form: Mapping[str, str]) -> Call:
    """The call in a request's parameters. Raises Malformed without a call's id or with an impossible one."""
    sid = form.get("CallSid", "")
    if not 0 < len(sid) <= LONGEST_SID or not sid.isprintable():
        raise Malformed("no call")
    return Call(
        sid=sid,
        caller=_short(form.get("From", "")),
        recording_url=form.get("RecordingUrl", "")[:2000],
        recording_sid=form.get("RecordingSid", "")[:LONGEST_SID],
        seconds=_seconds(form.get("RecordingDuration", "")),
        digits=_short(form.get("Digits", "")),
        status=_short(form.get("RecordingStatus") or form.get("CallStatus") or ""),
    )


def _short(value: str) -> str:
    return value if value.isprintable() and len(value) <= LONGEST_IDENTIFIER else ""


def _seconds(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0


def _voice(language: str) -> Voice:
    """The voice of a language, or the fallback's: no synthetic voice speaks Bambara."""
    voices = facts().voices
    return voices.get(language, next(iter(voices.values())))


def _prompt(verb: TwiML, prompt: Prompt) -> None:
    voice = _voice(prompt.language)
    said = Say(prompt.spoken, voice=voice.voice, language=voice.locale)
    verb.append(Play(prompt.url) if prompt.url else said)


def _spelt(code: str, language: str) -> Say:
    """A code with a pause after each sign, and a longer one between its groups."""
    voice = _voice(language)
    say = Say(voice=voice.voice, language=voice.locale)
    for sign in code:
        if sign.isalnum():
            say.say_as(sign, interpret_as="characters")
        say.break_(time=_BETWEEN_SIGNS if sign.isalnum() else _BETWEEN_GROUPS)
    return say
