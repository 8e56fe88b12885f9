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
from app.models import Attachment, Case, Opening, OpeningSubject
from app.openings import keeping, service
from app.openings.schemas import OpeningIn
from app.openings.subjects import Wanted
from app.openings.views import DOCUMENTS, ENDINGS, OpeningState, OpeningView, view

blueprint = Blueprint("openings", __name__, url_prefix="/desk/openings")

LOOK_AGAIN_SECONDS = 4
_INERT = "sandbox; default-src 'none'"  # even if a browser took the file for a page, nothing in it would run


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Ask for one thing to be opened, with a reason; the key to the answer goes to this browser only."""
    try:
        data = OpeningIn().load(request.form.to_dict())
    except ValidationError:
        abort(HTTPStatus.BAD_REQUEST)
    wanted, key = Wanted(OpeningSubject(data["subject"]), data["subject_id"], data["case"]), keeping.new_key()
    try:
        with transaction() as session:
            user = current_user()
            opening = service.ask(session, user, wanted, reason=data["reason"], public_key=key.public)
    except CaseworkError as error:
        return _refuse(error)
    address = url_for("openings.show", opening_id=opening.id)
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    keeping.give(response, opening.id, key)
    return response


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
    )
    response = make_response(page)
    if shown.state is OpeningState.WAITING:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)  # for who has no script
    if shown.state is OpeningState.OVER:
        keeping.forget(response, opening_id)
    return response


@blueprint.get("/<uuid:opening_id>/content")
def content(opening_id: uuid.UUID) -> ResponseReturnValue:
    """A copy that was opened, as a file that can do nothing; a document only to be saved."""
    shown = _view(opening_id)
    if shown.answer is None or shown.answer.content_type not in ENDINGS:
        abort(HTTPStatus.NOT_FOUND)
    content_type = shown.answer.content_type
    response: Response = send_file(
        io.BytesIO(shown.answer.body),
        content_type,
        as_attachment=content_type in DOCUMENTS,
        download_name=f"{opening_id.hex[:8]}.{ENDINGS[content_type]}",
        conditional=True,  # players of films ask for parts
        etag=False,
    )
    response.headers["Content-Security-Policy"] = _INERT
    return response


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
    return render_template("desk/opening_reason.html", form=form), status
