"""The page on which an administrator records what callers hear."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.administration import prompts
from app.database import db, transaction
from app.intake import spoken
from app.intake.spoken import PromptKey
from app.languages import NAMES
from app.models import VoicePrompt

blueprint = Blueprint("prompts", __name__, url_prefix="/desk/administration/prompts")

LARGEST_REQUEST_BYTES = 2 * prompts.LARGEST_BYTES  # a file somewhat too large gets an explanation
LABELS = {
    PromptKey.LANGUAGE: lazy_gettext("Choosing this language"),
    PromptKey.GREETING: lazy_gettext("Greeting, before the tone"),
    PromptKey.CODE: lazy_gettext("Before the code"),
}


@blueprint.url_value_preprocessor
def _allow_sounds(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the form, its anti-forgery token included: sounds are larger than other forms."""
    request.max_content_length = LARGEST_REQUEST_BYTES


@blueprint.get("")
def list_prompts() -> ResponseReturnValue:
    """What is recorded, by language, with a way to record, hear, replace and remove each."""
    return _page(FormState())


@blueprint.post("")
def change_prompt() -> ResponseReturnValue:
    """Keep a new sound, or remove the one that is there."""
    key, language = _place()
    if request.form.get("change") == "remove":
        with transaction() as session:
            prompts.remove_prompt(session, current_user(), key, language)
        flash(gettext("Removed."))
        return _done(key, language)
    problem = _keep(key, language)
    if problem:
        return _page(FormState(f"{key}-{language}", errors={"sound": problem}))
    flash(gettext("Kept. Callers hear it from now on."))
    return _done(key, language)


@blueprint.get("/<uuid:prompt_id>/sound")
def play(prompt_id: uuid.UUID) -> ResponseReturnValue:
    """One recorded sound."""
    found = db.session.get(VoicePrompt, prompt_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return Response(found.audio, content_type=found.content_type)


def _place() -> tuple[PromptKey, str]:
    """What the form is about; 400 for what can't be recorded."""
    key, language = request.form.get("key", ""), request.form.get("language", "")
    if key not in set(PromptKey) or language not in spoken.order():
        abort(HTTPStatus.BAD_REQUEST)
    return PromptKey(key), language


def _keep(key: PromptKey, language: str) -> str:
    """Keep the sound that was sent; what is wrong with it, in words, or nothing."""
    file = request.files.get("sound")
    content = file.read(prompts.LARGEST_BYTES + 1) if file else b""
    if not content:
        return gettext("Record something, or choose a file.")
    try:
        with transaction() as session:
            prompts.keep_prompt(session, current_user(), key, language, content)
    except prompts.TooLarge:
        return gettext("The file is larger than 2 MB. Half a minute is enough.")
    except prompts.NotASound:
        return gettext("This file can’t be played on a telephone: save it as WAV or MP3 and choose it again.")
    return ""


def _done(key: PromptKey, language: str) -> ResponseReturnValue:
    address = url_for("prompts.list_prompts", _anchor=f"{key}-{language}")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _page(form: FormState) -> ResponseReturnValue:
    places = prompts.prompt_places(db.session())
    offered = [NAMES[language] for language, each in places.items() if _is_offered(each)]
    page = render_template(
        "desk/administration/prompts.html",
        places=places,
        offered=offered,
        labels=LABELS,
        form=form,
        has_voice=spoken.has_voice,
    )
    answer = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    answer.headers["Permissions-Policy"] = (
        "camera=(), microphone=(self), geolocation=()"  # to record here only
    )
    return answer


def _is_offered(places: list[prompts.PromptPlace]) -> bool:
    return any(place.key is PromptKey.GREETING and place.recorded for place in places)
