"""What the type-ahead of places asks. Nothing typed is kept, or stands in an address."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from app.public.place_words import where_it_lies
from app.public.routes import blueprint
from app.reference.places import MOST_LETTERS, search_in_words

LARGEST_QUESTION_BYTES = 2_000
_PERMISSIONS = "camera=(), microphone=(), geolocation=(self)"
# With script the pages of the form follow each other within one document, so that it is the first one's policy that
# lets the page about the place ask the phone where it is. Nothing is asked before a button is pressed.
_ASKING = frozenset({"public.report_form", "public.submit_report", "public.next_page"})


@blueprint.post("/places")
def find_places() -> ResponseReturnValue:
    """`{"text": …}` in, `{"places": [{"code", "name", "detail"}]}` out; 400 and 413 for anything else."""
    if (request.content_length or 0) > LARGEST_QUESTION_BYTES:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    asked = request.get_json(silent=True)
    text = asked.get("text") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        abort(HTTPStatus.BAD_REQUEST)
    found = search_in_words(text[-MOST_LETTERS:])
    return {
        "places": [{"code": each.code, "name": each.name, "detail": where_it_lies(each)} for each in found]
    }


@blueprint.after_request
def allow_asking_the_phone(response: Response) -> Response:
    """Let the form, and no other page, ask the phone where it is."""
    if request.endpoint in _ASKING:
        response.headers["Permissions-Policy"] = _PERMISSIONS
    return response
