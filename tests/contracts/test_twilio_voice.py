"""Calls: a prompt, a recording, the code twice; and what Twilio tells of a call."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.gateways.protocol import Malformed
from app.intake.gateways.twilio_voice import (
    Call,
    Prompt,
    answer_call,
    choose_language,
    read_call,
    speak_code,
)

RECORDED = "https://seere.example.org/voice/recorded?language=fr"
FILED = "https://seere.example.org/voice/filed"
PROMPT = "https://seere.example.org/voice/prompts/7"


def verbs(twiml: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(twiml.encode())  # noqa: S314 - our own
    assert root.tag == "Response"
    return list(root)


def test_a_caller_hears_the_recorded_prompt_and_is_recorded_after_the_beep() -> None:
    play, record, hangup = verbs(answer_call(PROMPT, "bm", RECORDED, FILED, spoken="Parlez."))
    assert (play.tag, play.text, hangup.tag) == ("Play", PROMPT, "Hangup")
    assert record.tag == "Record"
    assert record.attrib == {
        "action": RECORDED,
        "method": "POST",
        "maxLength": "180",
        "timeout": "5",
        "finishOnKey": "#",
        "playBeep": "true",
        "trim": "trim-silence",
        "recordingStatusCallback": FILED,
        "recordingStatusCallbackMethod": "POST",
        "recordingStatusCallbackEvent": "completed absent",
    }


@pytest.mark.parametrize(
    ("language", "locale"), [("fr", "fr-FR"), ("en", "en-GB"), ("bm", "fr-FR"), ("ff", "fr-FR")]
)
def test_without_a_recording_a_synthetic_voice_speaks(language: str, locale: str) -> None:
    say = verbs(answer_call(None, language, RECORDED, FILED, 60, spoken="Parlez <ici> & là."))[0]
    assert (say.tag, say.text, say.get("language")) == ("Say", "Parlez <ici> & là.", locale)
    assert (say.get("voice") or "").startswith("Polly.")


def test_a_code_is_spelt_twice_with_pauses() -> None:
    spoken = verbs(speak_code("AB7-K", "fr", None, "Votre code :"))
    assert [verb.tag for verb in spoken] == ["Say", "Say", "Pause"] * 2 + ["Hangup"]
    for prompt, spelt in (spoken[0:2], spoken[3:5]):
        assert prompt.text == "Votre code :"
        assert [(part.tag, part.text) for part in spelt if part.tag == "say-as"] == [
            ("say-as", sign) for sign in "AB7K"
        ]
        pauses = [part.get("time") for part in spelt if part.tag == "break"]
        assert pauses == ["700ms", "700ms", "700ms", "1500ms", "700ms"]
        assert not (spelt.text or "").strip()


def test_a_language_is_chosen_by_one_digit_and_silence_goes_on() -> None:
    prompts = [Prompt("bm", "Bamanankan", PROMPT), Prompt("fr", "Pour le français, tapez 2.")]
    gather, redirect = verbs(choose_language(FILED, prompts))
    assert {"numDigits": "1", "action": FILED, "input": "dtmf"}.items() <= gather.attrib.items()
    assert [(part.tag, part.text) for part in gather] == [("Play", PROMPT), ("Say", prompts[1].spoken)]
    assert (redirect.tag, redirect.text) == ("Redirect", FILED)


def test_a_recorded_call_is_read() -> None:
    form = {
        "CallSid": "CA1",
        "From": "+22370112233",
        "CallStatus": "in-progress",
        "RecordingSid": "RE1",
        "RecordingUrl": "https://api.twilio.com/RE1",
        "RecordingDuration": "42",
        "Digits": "#",
    }
    expected = Call("CA1", "+22370112233", "https://api.twilio.com/RE1", "RE1", 42, "#", "in-progress")
    assert read_call(form) == expected
    assert read_call({"CallSid": "CA1", "RecordingStatus": "absent"}) == Call("CA1", status="absent")
    assert "70112233" not in repr(expected)


@given(
    st.dictionaries(
        st.sampled_from(["CallSid", "From", "RecordingUrl", "RecordingDuration", "Digits", "CallStatus"]),
        st.text(),
    )
)
def test_any_form_is_a_call_or_malformed(form: dict[str, str]) -> None:
    try:
        call = read_call(form)
    except Malformed:
        return
    assert call.sid == form["CallSid"]
    assert call.seconds >= 0


@pytest.mark.parametrize("sid", ["", "C" * 65, "C\n"])
def test_a_call_without_an_id_is_malformed(sid: str) -> None:
    with pytest.raises(Malformed):
        read_call({"CallSid": sid, "From": "+22370112233"})
