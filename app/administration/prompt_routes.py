"""The pages on which an administrator records what callers hear, and the public pages for people who don't read."""

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
from app.administration.page_labels import page_labels
from app.database import db, transaction
from app.intake import spoken
from app.intake.listening import PREFIX, known_pages
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
    """What is recorded, by language, with a way to record, hear, replace and remove each.

    What callers hear; with `pages` in the address the public pages in that language.
    """
    language = request.args.get("pages", "")
    return _pages(language, FormState()) if language in NAMES else _page(FormState())


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
        state = FormState(f"{key}-{language}", errors={"sound": problem})
        return _pages(language, state) if key.startswith(PREFIX) else _page(state)
    flash(_kept(key))
    return _done(key, language)


@blueprint.get("/<uuid:prompt_id>/sound")
def play(prompt_id: uuid.UUID) -> ResponseReturnValue:
    """One recorded sound."""
    found = db.session.get(VoicePrompt, prompt_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return Response(found.audio, content_type=found.content_type)


def _place() -> tuple[str, str]:
    """What the form is about; 400 for what can't be recorded."""
    key, language = request.form.get("key", ""), request.form.get("language", "")
    is_heard = key in set(PromptKey) and language in spoken.order()
    is_page = key.startswith(PREFIX) and key.removeprefix(PREFIX) in page_labels() and language in NAMES
    if not (is_heard or is_page):
        abort(HTTPStatus.BAD_REQUEST)
    return key, language


def _kept(key: str) -> str:
    if key.startswith(PREFIX):
        return gettext("Kept. Within a minute it can be heard on the page.")
    return gettext("Kept. Callers hear it from now on.")


def _keep(key: str, language: str) -> str:
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


def _done(key: str, language: str) -> ResponseReturnValue:
    known_pages().forget()
    pages = language if key.startswith(PREFIX) else None
    address = url_for("prompts.list_prompts", pages=pages, _anchor=f"{key}-{language}")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _page(form: FormState) -> ResponseReturnValue:
    places = prompts.prompt_places(db.session())
    offered = [NAMES[language] for language, each in places.items() if _is_offered(each)]
    shown = {"places": places, "offered": offered, "labels": LABELS, "has_voice": spoken.has_voice}
    return _recording_page("desk/administration/prompts.html", form, names=NAMES, **shown)


def _pages(language: str, form: FormState) -> ResponseReturnValue:
    places = prompts.page_places(db.session(), language, page_labels())
    shown = {"places": places, "language": language, "names": NAMES}
    return _recording_page("desk/administration/page_prompts.html", form, **shown)


def _recording_page(template: str, form: FormState, **shown: object) -> ResponseReturnValue:
    page = render_template(template, form=form, **shown)
    answer = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    answer.headers["Permissions-Policy"] = (
        "camera=(), microphone=(self), geolocation=()"  # to record here only
    )
    return answer


def _is_offered(places: list[prompts.PromptPlace]) -> bool:
    return any(place.key == PromptKey.GREETING and place.recorded for place in places)
