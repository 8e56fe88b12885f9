"""Recording what callers hear: kept, heard, replaced, removed; only what a telephone can play, and nothing besides."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.administration import prompts
from app.database import db
from app.models import AuditEntry, Role, VoicePrompt
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.sounds import mp3_file, opus_file, wave_file

PAGE = "/desk/administration/prompts"


@dataclass
class Administrator:
    """A browser in which an administrator is signed in."""

    client: FlaskClient

    def change(self, sound: bytes | None = None, **fields: str) -> TestResponse:
        """Send the form of one prompt."""
        form: dict[str, object] = {"key": "greeting", "language": "fr", "change": "keep", **fields}
        form["csrf_token"] = csrf_token(self.client, PAGE)
        if sound is not None:
            form["sound"] = FileStorage(io.BytesIO(sound), "said by Mariam.wav")
        boundary, body = encode_multipart(form)
        return self.client.post(PAGE, data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.fixture
def administrator(enter: Enter) -> Administrator:
    """Somebody who may change prompts."""
    return Administrator(enter(Role.ADMINISTRATOR)[0])


def kept() -> list[VoicePrompt]:
    db.session.rollback()
    return list(db.session.scalars(select(VoicePrompt)))


def changes() -> list[str]:
    found = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "voice_prompt.changed").order_by(AuditEntry.sequence)
    )
    return [f"{entry.detail['change']} {entry.detail['key']} {entry.detail['language']}" for entry in found]


def test_every_sentence_of_every_language_is_offered_with_what_to_say(administrator: Administrator) -> None:
    page = administrator.client.get(PAGE).text
    assert page.count("data-prompt ") == 9
    assert "Nothing is recorded yet" in page
    assert "No synthetic voice speaks this language" in page
    assert len(set(re.findall(r'id="([^"]+)"', page))) == len(re.findall(r'id="([^"]+)"', page))


@pytest.mark.parametrize("sound", [wave_file(), mp3_file()], ids=["WAV", "MP3"])
def test_a_sound_is_kept_played_and_on_record(administrator: Administrator, sound: bytes) -> None:
    answer = administrator.change(sound)
    assert answer.status_code == 303
    prompt = kept()[0]
    page = administrator.client.get(PAGE).text
    assert f"{PAGE}/{prompt.id}/sound" in page
    assert "Callers are greeted in one language: Français" in page
    played = administrator.client.get(f"{PAGE}/{prompt.id}/sound")
    assert (played.content_type, played.data) == (prompt.content_type, sound)
    assert changes() == ["recorded greeting fr"]


def test_a_replaced_sound_has_another_address_and_the_old_one_is_gone(administrator: Administrator) -> None:
    administrator.change(wave_file())
    first = kept()[0].id
    administrator.change(mp3_file())
    assert [prompt.content_type for prompt in kept()] == ["audio/mpeg"]
    assert administrator.client.get(f"{PAGE}/{first}/sound").status_code == 404
    assert changes() == ["recorded greeting fr", "replaced greeting fr"]


def test_a_removed_sound_is_gone_and_removing_it_again_changes_nothing(administrator: Administrator) -> None:
    administrator.change(wave_file(), language="bm")
    for _ in range(2):
        assert administrator.change(language="bm", change="remove").status_code == 303
    assert kept() == []
    assert changes() == ["recorded greeting bm", "removed greeting bm"]


def test_two_greetings_make_callers_choose(administrator: Administrator) -> None:
    administrator.change(wave_file())
    administrator.change(wave_file(), language="bm")
    assert "Callers choose between: Français, Bamanankan" in administrator.client.get(PAGE).text


def test_who_recorded_it_is_not_in_the_sound_that_anybody_can_fetch(administrator: Administrator) -> None:
    sound = wave_file()
    tags = b"LIST" + struct.pack("<I", 12) + b"INFOIART" + b"Mary"
    administrator.change(sound + tags + b"Mariam Traore, Bamako")
    assert kept()[0].audio == sound
    administrator.change(
        b"ID3\x04\0\0\0\0\0\x0a" + b"Mariam    " + mp3_file() + b"TAG" + b"Mariam".ljust(125)
    )
    assert kept()[0].audio == mp3_file()


@pytest.mark.parametrize(
    "sound",
    [opus_file(), b"\x1aE\xdf\xa3 webm", b"RIFF\0\0\0\0WAVE", b"<html>", b"MZ" * 40, wave_file()[:30]],
    ids=["Ogg", "WebM", "empty WAV", "HTML", "program", "cut"],
)
def test_what_a_telephone_cant_play_is_refused_with_what_to_do(
    administrator: Administrator, sound: bytes
) -> None:
    answer = administrator.change(sound)
    assert answer.status_code == 422
    assert "save it as WAV or MP3" in answer.text
    assert 'href="#greeting-fr-sound"' in answer.text
    assert kept() == []


def test_nothing_chosen_and_too_much_are_explained(administrator: Administrator) -> None:
    assert "choose a file" in administrator.change().text
    assert "larger than 2 MB" in administrator.change(b"\0" * (prompts.LARGEST_BYTES + 1)).text
    assert administrator.change(wave_file(100)).status_code == 303  # 1.6 MB, far above other forms


@pytest.mark.parametrize("fields", [{"key": "other"}, {"language": "xx"}, {"language": ""}])
def test_only_what_callers_hear_can_be_recorded(administrator: Administrator, fields: dict[str, str]) -> None:
    assert administrator.change(wave_file(), **fields).status_code == 400
    assert kept() == []


def test_this_page_alone_may_use_the_microphone(administrator: Administrator) -> None:
    assert "microphone=(self)" in administrator.client.get(PAGE).headers["Permissions-Policy"]
    elsewhere = administrator.client.get("/desk/administration").headers["Permissions-Policy"]
    assert "microphone=()" in elsewhere


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_nobody_else_hears_or_changes_prompts(enter: Enter, role: Role) -> None:
    client, _ = enter(role)
    assert client.get(PAGE).status_code == 403


def test_public_pages_are_recorded_language_by_language(administrator: Administrator) -> None:
    page = administrator.client.get(f"{PAGE}?pages=taq").text
    assert "Coming back: typing the code" in page
    assert page.count("data-prompt ") == len(page_labels_of(page))
    answer = administrator.change(wave_file(), key="page:code", language="taq")
    assert answer.headers["Location"].endswith("?pages=taq#page:code-taq")
    assert kept()[0].key == "page:code"
    assert (
        '<audio controls preload="none" src="/listen/code/taq"'
        in administrator.client.get("/receipt?lang=taq").text
    )
    administrator.change(key="page:code", language="taq", change="remove")
    assert "<audio" not in administrator.client.get("/receipt?lang=taq").text


def page_labels_of(page: str) -> list[str]:
    return re.findall(r'<div id="page:([^"]+)-taq" class="prompt">', page)


def test_the_questions_that_are_put_can_be_recorded_too(administrator: Administrator) -> None:
    names = page_labels_of(administrator.client.get(f"{PAGE}?pages=taq").text)
    assert {"first", "where", "when", "consent", "check", "sent", "code", "receipt", "about"} <= set(names)
    assert any(name.startswith("q.") for name in names)


def test_a_sound_that_cant_be_kept_is_explained_on_the_page_of_its_language(
    administrator: Administrator,
) -> None:
    answer = administrator.change(b"<html>", key="page:first", language="ff")
    assert answer.status_code == 422
    assert 'href="#page:first-ff-sound"' in answer.text


@pytest.mark.parametrize(
    "fields", [{"key": "page:other"}, {"key": "page:"}, {"key": "page:first", "language": "xx"}]
)
def test_a_page_that_does_not_exist_can_not_be_recorded(
    administrator: Administrator, fields: dict[str, str]
) -> None:
    assert administrator.change(wave_file(), **fields).status_code == 400
    assert kept() == []
