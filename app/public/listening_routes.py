"""A page read aloud. Nothing of it is loaded before somebody presses the button."""

from __future__ import annotations

import io
from http import HTTPStatus

from flask import abort, send_file, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.database import db
from app.intake.listening import key_of, known_pages
from app.languages import page_language
from app.models import VoicePrompt
from app.public.routes import blueprint


@blueprint.get("/listen/<key>/<language>")
def listen(key: str, language: str) -> ResponseReturnValue:
    """The recording of a page, whole or in the parts that a browser asks for.

    It isn't kept by the browser: a sound of ours in a phone's cache would say that its owner was here.
    """
    found = db.session.scalar(
        select(VoicePrompt).where(VoicePrompt.key == key_of(key), VoicePrompt.language == language)
    )
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return send_file(io.BytesIO(found.audio), mimetype=found.content_type, conditional=True)


def recording_of(page: str) -> str:
    """The address of a page's recording in the language of the page; empty where there is none."""
    language = page_language()
    is_there = known_pages().has(page, language)
    return url_for("public.listen", key=page, language=language) if is_there else ""


@blueprint.record_once
def _init_listening(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["recording_of"] = recording_of
