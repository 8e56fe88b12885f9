"""The tus protocol: begin a file, go on where it was cut, see how far it is (https://tus.io/protocols/resumable-upload).

Nothing that a browser says about a file is read: neither its name nor its type is kept anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from app.bodies import body_of
from app.clock import utcnow
from app.current import current_limits, current_settings
from app.database import close_session, db
from app.files.form import FileLimits, allow_recording, files_here
from app.files.metered import Metered
from app.intake import uploads
from app.intake.upload_limits import Meter, check_beginning, check_room
from app.intake.uploads import LARGEST_FILE_BYTES, Progress, UploadRefused
from app.public.tokens import Form, form_nonce
from app.security import is_from_another_site

blueprint = Blueprint("files", __name__, url_prefix="/files")

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
FORM_HEADER = "Seere-Form"  # the token of the page that the file is sent from
SEALED_HEADER = "Seere-Sealed"  # "1": the phone sealed it before it stored it
MOST_AT_ONCE = 12  # in one process; the other threads stay for those who write
TRY_AGAIN_SECONDS = "10"
STATUS_OF = {
    "unknown": HTTPStatus.NOT_FOUND,
    "expired": HTTPStatus.GONE,
    "offset": HTTPStatus.CONFLICT,
    "complete": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "no_room": HTTPStatus.INSUFFICIENT_STORAGE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
for shown in (allow_recording, files_here):
    blueprint.add_app_template_global(shown)
blueprint.add_app_template_global(FileLimits, "file_limits")

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


@blueprint.before_request
def guard() -> None:
    """Only our own pages, and only this version of the protocol."""
    if is_from_another_site():
        _refuse(HTTPStatus.FORBIDDEN)
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        _refuse(HTTPStatus.PRECONDITION_FAILED)


@blueprint.after_request
def say_version(response: Response) -> Response:
    """The protocol wants it on every answer."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Tus-Version"] = VERSION
    return response


@blueprint.errorhandler(UploadRefused)
def refused(refusal: UploadRefused) -> ResponseReturnValue:
    """The status for what a service refused; no text, nobody reads it."""
    status = STATUS_OF[str(refusal)]
    later = {"Retry-After": TRY_AGAIN_SECONDS} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Response(status=status, headers=later)


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
def options() -> ResponseReturnValue:
    """What of the protocol is spoken here."""
    said = {"Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(LARGEST_FILE_BYTES)}
    return Response(status=HTTPStatus.NO_CONTENT, headers=said)


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Make room for a file of `Upload-Length` bytes."""
    size = _whole_number("Upload-Length")  # a length that is to be told later isn't spoken here
    if not _is_from_a_form(request.headers.get(FORM_HEADER, "")):
        _refuse(HTTPStatus.FORBIDDEN)
    _check_room()
    check_beginning(current_limits(), _who())
    sealed = request.headers.get(SEALED_HEADER) == "1"
    new = uploads.begin(current_settings(), size, was_sealed_on_phone=sealed)
    headers = {"Location": url_for("files.append", token=new.token)}
    return Response(status=HTTPStatus.CREATED, headers=headers | _state(_existing(new.token)))


@blueprint.route("/<token>", methods=["HEAD"])
def progress(token: str) -> ResponseReturnValue:
    """How far a file is."""
    state = _existing(token)
    if not state.is_complete and state.expires_at <= utcnow():
        raise UploadRefused("expired")
    return Response(status=HTTPStatus.OK, headers=_state(state) | {"Upload-Length": str(state.size)})


@blueprint.route("/<token>", methods=["PATCH", "POST"])
def append(token: str) -> ResponseReturnValue:
    """Take bytes from `Upload-Offset` on. POST stands for PATCH where a network between lets that not pass."""
    if request.method == "POST" and request.headers.get("X-HTTP-Method-Override") != "PATCH":
        _refuse(HTTPStatus.METHOD_NOT_ALLOWED)
    if request.mimetype != CONTENT_TYPE:
        _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    offset = _whole_number("Upload-Offset")
    _check_room()
    with _one_of_few(), body_of(request, LARGEST_FILE_BYTES) as body:
        metered = Metered(body, Meter(current_limits(), _who()))
        state = uploads.append(current_settings(), token, offset, metered)
    return Response(status=HTTPStatus.NO_CONTENT, headers=_state(state))


@blueprint.delete("/<token>")
def remove(token: str) -> ResponseReturnValue:
    """Throw away what came, unless a report has it."""
    if not uploads.remove(current_settings(), token):
        raise UploadRefused("unknown")
    return Response(status=HTTPStatus.NO_CONTENT)


def _state(state: Progress) -> dict[str, str]:
    said = {"Upload-Offset": str(state.received)}
    return said if state.is_complete else said | {"Upload-Expires": http_date(state.expires_at)}


def _existing(token: str) -> Progress:
    state = uploads.progress(current_settings(), db.session(), token)
    if state is None:
        raise UploadRefused("unknown")
    return state


def _is_from_a_form(token: str) -> bool:
    return any(form_nonce(form, token) for form in Form)


def _whole_number(header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        _refuse(HTTPStatus.BAD_REQUEST)
    return int(value)


def _check_room() -> None:
    check_room(current_settings(), db.session())
    close_session()  # the bytes that follow may take minutes


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise UploadRefused("busy")
    try:
        yield
    finally:
        _places.release()


def _who() -> str:
    return request.remote_addr or ""


def _refuse(status: HTTPStatus) -> NoReturn:
    abort(Response(status=status))
