"""Asking to open something sealed, and the page that shows it for ten minutes to who asked."""

from __future__ import annotations

import io
import uuid
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_casework, status_of
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.looking_again import looked_at_again
from app.models import Attachment, Case, Opening, OpeningSubject
from app.openings import keeping, service
from app.openings.amounts import amounts_for, most_in_an_hour, thresholds
from app.openings.own_keys import NothingThere, original_here
from app.openings.schemas import OpeningIn
from app.openings.subjects import Wanted, case_of
from app.openings.views import DOCUMENTS, ENDINGS, OpeningState, OpeningView, view
from app.safe import strength
from app.safe.errors import FACTOR_MISSING, LOCKED, SafeError

blueprint = Blueprint("openings", __name__, url_prefix="/desk/openings")

_INERT = "sandbox; default-src 'none'"  # even if a browser took the file for a page, nothing in it would run


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Ask for one thing to be opened, with a reason; the key to the answer goes to this browser only."""
    try:
        data = OpeningIn().load(request.form.to_dict())
    except ValidationError:
        abort(HTTPStatus.BAD_REQUEST)
    wanted = Wanted(OpeningSubject(data["subject"]), data["subject_id"], data["case"], data["part"])
    key = keeping.new_key()
    try:
        _check_strong()
        with transaction() as session:
            user = current_user()
            opening = service.ask(session, user, wanted, reason=data["reason"], public_key=key.public)
    except CaseworkError as error:
        return _refuse(error)
    address = url_for("openings.show", opening_id=opening.id)
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    keeping.give(response, opening.id, key)
    return response


@blueprint.get("")
def ask_form() -> ResponseReturnValue:
    """The form by which one sign of an account is asked for, on a page of its own: each sign is a link to it."""
    try:
        data = OpeningIn().load(request.args.to_dict())
        wanted = Wanted(OpeningSubject(data["subject"]), data["subject_id"], data["case"], data["part"])
        case = case_of(db.session(), current_user(), wanted)
    except ValidationError:
        abort(HTTPStatus.BAD_REQUEST)
    except CaseworkError as error:
        abort(status_of(error))
    form = FormState("opening", request.args.to_dict())
    return render_template("desk/opening_reason.html", form=form, case=case)


@blueprint.get("/overview")
def overview() -> ResponseReturnValue:
    """Who opened how much, beside their colleagues: for those who read the audit trail."""
    return render_template(
        "desk/openings_overview.html",
        organisations=amounts_for(db.session(), current_user(), utcnow()),
        thresholds=thresholds(),
        most=most_in_an_hour(),
    )


@blueprint.get("/<uuid:opening_id>")
def show(opening_id: uuid.UUID) -> ResponseReturnValue:
    """What was opened, or how far it is; as JSON only the latter."""
    shown = _view(opening_id)
    if request.accept_mimetypes.best == "application/json":
        return {"state": shown.state}
    case = db.session.get(Case, shown.opening.case_id) if shown.opening.case_id else None
    page = render_template(
        "desk/opening.html",
        view=shown,
        case=case,
        reader=current_user(),
        now=utcnow(),
        picture=_picture(shown),
        no_form=FormState(),
        seconds_left=_seconds_left(shown),
    )
    response = make_response(page)
    looked_at_again(response, when=shown.state is OpeningState.WAITING)
    if shown.state is OpeningState.OPEN:  # when its time is over it is gone from the screen as well
        looked_at_again(response, after=_seconds_left(shown) + 1)
    if shown.state is OpeningState.OVER:
        keeping.forget(response, opening_id)
    return response


@blueprint.get("/<uuid:opening_id>/content")
def content(opening_id: uuid.UUID) -> ResponseReturnValue:
    """A copy that was opened, as a file that can do nothing; a document only to be saved."""
    shown = _view(opening_id)
    if shown.shape == "original":
        return _original(shown)
    if shown.answer is None or shown.answer.content_type not in ENDINGS:
        abort(HTTPStatus.NOT_FOUND)
    content_type = shown.answer.content_type
    if content_type in DOCUMENTS:
        _note_saved(opening_id)
    response: Response = send_file(
        io.BytesIO(shown.answer.body),
        content_type,
        as_attachment=content_type in DOCUMENTS,
        download_name=_neutral_name(opening_id, content_type),
        conditional=True,  # players of films ask for parts
        etag=False,
    )
    response.headers["Content-Security-Policy"] = _INERT
    return response


def _original(shown: OpeningView) -> Response:
    """A file as it came, piece by piece, to be saved and never shown."""
    _note_saved(shown.opening.id)
    try:
        file = original_here(db.session(), shown.opening)
    except (SafeError, NothingThere):
        abort(HTTPStatus.NOT_FOUND)
    response = Response(stream_with_context(file.parts), content_type=file.content_type)
    response.content_length = file.size
    name = _neutral_name(shown.opening.id, file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = _INERT
    return response


def _neutral_name(opening_id: uuid.UUID, content_type: str) -> str:
    return f"{opening_id.hex[:8]}.{ENDINGS[content_type]}"


def _note_saved(opening_id: uuid.UUID) -> None:
    with transaction() as session:
        user = current_user()
        service.note_saved(session, user, service.opening_of(session, user, opening_id))


def _check_strong() -> None:
    """Raises CaseworkError(`factor_missing`) unless a second factor was given in this session."""
    if not strength.is_strong():
        raise CaseworkError(FACTOR_MISSING)


def _seconds_left(shown: OpeningView) -> int:
    return max(0, int((shown.opening.expires_at - utcnow()).total_seconds()))


def _picture(shown: OpeningView) -> Attachment | None:
    """The picture that is shown, on which parts may be hidden."""
    is_copy = shown.shape == "picture" and shown.opening.subject == OpeningSubject.ATTACHMENT
    return db.session.get(Attachment, shown.opening.subject_id) if is_copy else None


def _view(opening_id: uuid.UUID) -> OpeningView:
    """The opening as this person's browser may see it; what is over is erased first."""
    opening, now = _own(opening_id), utcnow()
    if opening.expires_at <= now and opening.sealed_answer is not None:
        with transaction() as session:
            service.erase_expired(session, now)
        opening = _own(opening_id)
    return view(opening, keeping.held_key(), now)


def _own(opening_id: uuid.UUID) -> Opening:
    try:
        return service.opening_of(db.session(), current_user(), opening_id)
    except CaseworkError:
        abort(HTTPStatus.NOT_FOUND)


def _refuse(error: CaseworkError) -> ResponseReturnValue:
    """The form once more on a page of its own; what may not be opened at all gets the bare status."""
    status = status_of(error)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
        abort(status)
    form = from_casework("opening", request.form.to_dict(), error)
    is_locked = error.code == LOCKED
    page = render_template(
        "desk/opening_reason.html", form=form, case=None, locked=is_locked, back=_back_to_case()
    )
    return page, status


def _back_to_case() -> str:
    """The case that the form belongs to, for who must unlock the safe first."""
    case_id = request.form.get("case", type=uuid.UUID)
    return url_for("casework.case", case_id=case_id) if case_id else url_for("casework.inbox")
