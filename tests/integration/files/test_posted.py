"""A form with files, as any browser without script sends it: the text always arrives, the files sealed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Request
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from app.intake import upload_limits
from app.intake.uploads import MOST_FILES, PIECE_BYTES, begin
from app.languages import page_language
from app.public import parts, posted
from app.public.posted import Posted, read_posted
from app.settings import Settings
from tests.integration.files.conftest import content, found, sqlite_only, stored

STORY = "Des hommes armés ont pris vingt bœufs près du marché."
BOUNDARY = b"----a-boundary"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 20

Part = tuple[bytes, bytes]  # what stands before it, and the part


def text(name: str, value: bytes | str) -> Part:
    """A field."""
    raw = value.encode() if isinstance(value, str) else value
    return f'Content-Disposition: form-data; name="{name}"'.encode(), raw


def file(value: bytes, *, name: bytes = b"IMG_2231.jpg") -> Part:
    """A file, called what its phone calls it."""
    head = (
        b'Content-Disposition: form-data; name="files"; filename="' + name + b'"\r\nContent-Type: image/jpeg'
    )
    return head, value


def body(sent: Iterable[Part], *, end: bytes = b"--\r\n") -> bytes:
    """The parts as a browser writes them."""
    whole = b"".join(
        b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + value + b"\r\n" for head, value in sent
    )
    return whole + b"--" + BOUNDARY + end


class Trickling:
    """A request's bytes in bits, as a slow network brings them."""

    def __init__(self, raw: bytes, most: int) -> None:
        self._raw = io.BytesIO(raw)
        self._most = most

    def read(self, size: int = -1, /) -> bytes:
        return self._raw.read(min(size, self._most))


def read(
    app: Flask, settings: Settings, raw: bytes, *, most: int = 1 << 20, length: int | None = None
) -> Posted:
    """Post a body to the form and read it."""
    environ: dict[str, Any] = EnvironBuilder(path="/", method="POST").get_environ()
    environ |= {
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY.decode()}",
        "wsgi.input": Trickling(raw, most),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": str(len(raw) if length is None else length),
    }
    with app.request_context(environ), no_temporary_files():
        return read_posted(Request(environ), settings)


def opened(settings: Settings, tokens: Iterable[str]) -> list[bytes]:
    """The files of some tokens, as a worker would open them."""
    files = []
    for token in tokens:
        upload = found(settings, token)
        assert upload is not None
        assert upload.is_complete
        files.append(content(upload))
    return files


@contextmanager
def no_temporary_files() -> Iterator[None]:
    """What somebody sends never lies on the disk in the clear, not even for a moment."""

    def refuse(*_arguments: Any, **_more: Any) -> Any:
        raise AssertionError("a temporary file was made")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
            patch.setattr(tempfile, name, refuse)
        patch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
        yield


def test_text_and_two_files_arrive(app: Flask, settings: Settings) -> None:
    film = b"\x00\x01" * PIECE_BYTES
    got = read(app, settings, body([text("text", STORY), file(PHOTO), file(film), text("go", "on")]))
    assert got.fields == {"text": STORY, "go": "on"}
    assert got.problems == {}
    assert opened(settings, got.uploads) == [PHOTO, film]


@sqlite_only
@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    story=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60),
    photo=st.binary(min_size=1, max_size=400) | st.just(b"\r\n--" + BOUNDARY[:-1] + b"\r\n-- x\r"),
    most=st.integers(1, 90),
    end=st.sampled_from([b"--\r\n", b"--", b"--\r\nafter it"]),
)
def test_wherever_the_network_breaks_the_bytes_it_is_the_same_form(
    app: Flask, settings: Settings, story: str, photo: bytes, most: int, end: bytes
) -> None:
    got = read(app, settings, body([text("text", story), file(photo)], end=end), most=most)
    assert got.fields == {"text": story}
    assert opened(settings, got.uploads) == [photo]


@sqlite_only
@how(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), end=st.sampled_from([b"", b"--\r\n", b"\r\n", b"--\r\n\r\n\x00"]))
def test_rubbish_behind_the_text_does_not_lose_the_text(
    app: Flask, settings: Settings, raw: bytes, end: bytes
) -> None:
    got = read(app, settings, body([text("text", STORY)], end=b"\r\n" + raw + end))
    assert got.fields["text"] == STORY


@sqlite_only
def test_a_file_is_not_a_byte_longer_wherever_its_end_is_cut(app: Flask, settings: Settings) -> None:
    whole = body([file(PHOTO[:50])])
    for cut in range(1, 45):
        got = read(app, settings, whole, most=len(whole) - cut)
        assert opened(settings, got.uploads) == [PHOTO[:50]], cut


@sqlite_only
def test_no_file_chosen_is_no_file(app: Flask, settings: Settings) -> None:
    got = read(app, settings, body([text("text", STORY), file(b"", name=b"")]))
    assert (got.fields, got.uploads, got.problems) == ({"text": STORY}, [], {})
    assert stored() == []


@sqlite_only
@pytest.mark.parametrize("name", [b"Ma photo \xe9.jpg", b"\xff\xfe", b'a"; name="text', "ɲɛ.jpg".encode()])
def test_a_files_name_may_be_anything_and_is_nowhere(app: Flask, settings: Settings, name: bytes) -> None:
    got = read(app, settings, body([file(PHOTO, name=name), text("text", STORY)]))
    assert got.fields["text"] == STORY
    assert opened(settings, got.uploads) in ([PHOTO], [])


@sqlite_only
@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (STORY.encode("cp1252", "replace"), STORY),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀"),
        (b"a\r\nb\x00c", "a\nbc"),
    ],
)
def test_no_letter_is_lost_whatever_its_encoding(
    app: Flask, settings: Settings, raw: bytes, meant: str
) -> None:
    assert read(app, settings, body([text("text", raw)])).fields == {"text": meant}


@sqlite_only
def test_a_field_ticked_twice_holds_a_line_each(app: Flask, settings: Settings) -> None:
    assert read(app, settings, body([text("who", "army"), text("who", "police")])).fields == {
        "who": "army\npolice"
    }


@sqlite_only
def test_a_file_that_is_too_large_is_said_and_the_rest_kept(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posted, "LARGEST_FILE_BYTES", 1000)
    sent = [text("text", STORY), file(b"x" * 1001), file(b"y" * 1000), text("after", "it")]
    got = read(app, settings, body(sent))
    assert got.fields == {"text": STORY, "after": "it"}
    assert opened(settings, got.uploads) == [b"y" * 1000]
    assert len(got.problems["files"]) == 1
    assert [upload.is_complete for upload in stored()] == [True]  # nothing of the other one stays


@sqlite_only
def test_more_files_than_may_be_sent_are_said(app: Flask, settings: Settings) -> None:
    got = read(app, settings, body([text("text", STORY), *[file(b"x")] * (MOST_FILES + 1)]))
    assert len(got.uploads) == MOST_FILES
    assert str(MOST_FILES) in got.problems["files"][0]


@sqlite_only
def test_without_room_for_files_the_text_still_arrives(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_limits, "MOST_UNATTACHED_BYTES", 0)
    got = read(app, settings, body([file(PHOTO), file(PHOTO), text("text", STORY)]))
    assert (got.fields, got.uploads) == ({"text": STORY}, [])
    assert len(got.problems["files"]) == 1


@sqlite_only
def test_a_form_that_was_cut_is_no_form_and_what_came_expires(app: Flask, settings: Settings) -> None:
    whole = body([text("text", STORY), file(b"x" * 3 * PIECE_BYTES)])
    with pytest.raises(ClientDisconnected):
        read(app, settings, whole[:-PIECE_BYTES], length=len(whole))
    assert [upload.is_complete for upload in stored()] == [False]


@sqlite_only
def test_files_that_are_here_already_come_as_tokens(app: Flask, settings: Settings) -> None:
    first, second = begin(settings, 5).token, begin(settings, 5).token
    sent = [text("file", first), text("file", second), text("drop", second), text("text", STORY), file(PHOTO)]
    got = read(app, settings, body(sent))
    assert got.fields == {"text": STORY}
    assert got.uploads[0] == first
    assert len(got.uploads) == 2
    assert found(settings, second) is None


@sqlite_only
def test_a_form_without_files_is_read_the_same_way(app: Flask, settings: Settings) -> None:
    builder = EnvironBuilder(
        path="/", method="POST", data={"text": STORY, "file": ["one", "two"], "lang": "bm"}
    )
    with app.request_context(builder.get_environ()) as context:
        got = read_posted(context.request, settings)
        assert page_language() == "bm"
    assert got == Posted({"text": STORY, "lang": "bm"}, ["one", "two"], {})


@sqlite_only
def test_the_page_answers_in_the_language_of_the_form(app: Flask, settings: Settings) -> None:
    with app.app_context():
        got = read(app, settings, body([text("lang", "en"), *[file(b"x")] * (MOST_FILES + 1)]))
    assert got.problems["files"] == [f"Only {MOST_FILES} files can be sent at once."]


@sqlite_only
def test_fields_have_a_limit_and_files_another(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(app, settings, body([text("text", "x" * (parts.LARGEST_FIELDS_BYTES + 1))]))
    with pytest.raises(RequestEntityTooLarge):
        read(app, settings, body([text("a", "")] * (parts.MOST_PARTS + 1)))
    monkeypatch.setattr(posted, "LARGEST_POST_BYTES", 500)
    with pytest.raises(RequestEntityTooLarge):
        read(app, settings, body([file(b"x" * 600)]))
