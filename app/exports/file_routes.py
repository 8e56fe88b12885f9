"""The page of one export: how far it is, its file, taking it back, trying again."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import IO, cast

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.current import current_settings
from app.database import close_session, db, transaction
from app.exports import asking, complaints, downloading, keeping, wording
from app.exports.blueprint import blueprint
from app.exports.formats import formats
from app.exports.sealed_files import CHUNK_BYTES, SealedFile
from app.exports.selection import ExportFilter
from app.looking_again import looked_at_again
from app.models import OPEN_STATES, ExportKind, ExportRecord
from app.safe.errors import LOCKED, SafeError
from app.safe.unlocking import must_be_unlocked

PACKAGE_TYPE = "application/zip"
_FORM = "export"


@blueprint.get("/<uuid:export_id>")
def show(export_id: uuid.UUID) -> ResponseReturnValue:
    """How far an export is, or its file; as JSON only how far."""
    record = asking.own_export(db.session(), current_user(), export_id)
    if request.accept_mimetypes.best == "application/json":
        return {"state": record.state, "done": record.rows_done, "total": record.rows_total}
    return _page(record, FormState(_FORM))


@blueprint.get("/<uuid:export_id>/file")
def download(export_id: uuid.UUID) -> ResponseReturnValue:
    """The file, or the part of it that was asked for (RFC 9110, 14): whoever was cut off goes on where it was."""
    user, session = current_user(), db.session()
    record = asking.own_export(session, user, export_id)
    try:
        file = downloading.opened(current_settings(), session, user, record, must_be_unlocked())
    except SafeError as error:
        if error.code == LOCKED:
            onward = url_for("exports.show", export_id=export_id)
            return redirect(url_for("safe.unlock_form", next=onward), HTTPStatus.SEE_OTHER)
        return _page(record, _problem(error.code))
    except CaseworkError as error:
        if error.code == downloading.FILE_OUTDATED:
            _outdate(export_id)
        return _page(asking.own_export(db.session(), user, export_id), _problem(error.code))
    try:
        answer = _answer(record, file)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if request.method == "GET" and answer.status_code != HTTPStatus.NOT_MODIFIED:
        _note(record, answer, file)
    else:
        answer.call_on_close(file.close)
    close_session()  # the bytes that follow may take minutes
    return answer


@blueprint.post("/<uuid:export_id>/cancel")
def cancel(export_id: uuid.UUID) -> ResponseReturnValue:
    """Have it not made, or erased before it is taken."""
    try:
        with transaction() as session:
            folder = asking.cancel(session, current_user(), export_id)
    except CaseworkError as error:
        return _again(export_id, error)
    if folder:
        keeping.erase(current_settings(), folder)
    return redirect(url_for("exports.show", export_id=export_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:export_id>/again")
def try_again(export_id: uuid.UUID) -> ResponseReturnValue:
    """Have a failed one made anew."""
    try:
        with transaction() as session:
            asking.try_again(session, current_user(), export_id)
    except CaseworkError as error:
        return _again(export_id, error)
    return redirect(url_for("exports.show", export_id=export_id), HTTPStatus.SEE_OTHER)


def _answer(record: ExportRecord, file: SealedFile) -> Response:
    """The whole file or the range that was asked for, with what a browser needs to go on later."""
    body = FileWrapper(cast("IO[bytes]", file), CHUNK_BYTES)
    answer = Response(body, content_type=PACKAGE_TYPE)  # not passed through: its end has to be heard of
    answer.content_length = record.byte_count or 0
    answer.headers["Content-Disposition"] = f'attachment; filename="seere-{record.reference}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag((record.sha256 or b"").hex())
    return cast(
        "Response", answer.make_conditional(request, accept_ranges=True, complete_length=record.byte_count)
    )


def _note(record: ExportRecord, answer: Response, file: SealedFile) -> None:
    """On record before the first byte goes; and once the last one did, that it was taken whole."""
    part, export_id = answer.content_range, record.id
    has_end = part.stop is None or part.stop == record.byte_count  # of all of it, or of its last part
    with transaction() as session:
        user = current_user()
        downloading.note_taking(session, user, session.get_one(ExportRecord, export_id), part.start or 0)
    application: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def ended() -> None:
        if has_end and file.has_ended:
            with application.app_context(), transaction() as session:
                downloading.taken_whole(session, export_id)
        file.close()

    answer.call_on_close(ended)


def _outdate(export_id: uuid.UUID) -> None:
    """Erase what must not be handed out any more."""
    with transaction() as session:
        folder = downloading.outdate(session, export_id, "worker")
    if folder:
        keeping.erase(current_settings(), folder)


def _problem(code: str) -> FormState:
    return FormState(_FORM, {}, {"": complaints.words_for(code)})


def _again(export_id: uuid.UUID, error: CaseworkError) -> ResponseReturnValue:
    form = complaints.from_casework(_FORM, {}, error)
    return _page(asking.own_export(db.session(), current_user(), export_id), form)


def _page(record: ExportRecord, form: FormState) -> ResponseReturnValue:
    is_open = record.state in OPEN_STATES
    chosen = ExportFilter.from_record(record.filters) if record.kind == ExportKind.CASES else None
    page = render_template(
        "desk/exports/export.html",
        record=record,
        is_open=is_open,
        can_be_taken=downloading.can_be_taken(current_user(), record, utcnow()),
        filters=wording.described(db.session(), chosen) if chosen else (),
        formats=formats(),
        form=form,
        wording=wording,
    )
    answer = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return looked_at_again(answer, when=is_open)


blueprint.add_app_template_filter(wording.file_size, "file_size")
