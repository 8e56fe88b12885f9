"""The console's page on which the texts to phones are read, changed and set back."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.schemas import PlainText
from app.database import db, transaction
from app.messaging import dialogue
from app.messaging.dialogue.languages import read
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED, transliterate
from app.messaging.wording_purposes import purpose
from app.messaging.wordings import (
    LONGEST_WORDING,
    ONE_SEGMENT_LANGUAGES,
    SAMPLE_CODE,
    UnknownWording,
    WordingRefused,
    list_texts,
    reset_wording,
    segments_of,
)
from app.messaging.wordings import (
    change_wording as change,
)

blueprint = Blueprint("wordings", __name__, url_prefix="/desk/administration/wordings")

_PROBLEMS = {
    "missing": lazy_gettext("Write something first."),
    "long": lazy_gettext("This is too long: shorten it."),
    "braces": lazy_gettext("Braces may only stand around a name, as in {code}."),
    "placeholder_lost": lazy_gettext("This must stay in the text: %(words)s."),
    "placeholder_unknown": lazy_gettext("Nothing can be filled in here for: %(words)s."),
    "harmful": lazy_gettext("This can harm whoever holds the phone. Take out what begins with: %(words)s."),
    "opt_in": lazy_gettext("Networks take the answer YES as consent: ask for another word."),
    "segments": lazy_gettext("This takes more than one SMS. Shorten it."),
    "segments_costly": lazy_gettext(
        "This takes more than one SMS, because of these signs: %(words)s. Rewrite them."
    ),
}


@blueprint.get("")
def list_wordings() -> ResponseReturnValue:
    """The texts of one language."""
    return _page(request.args.get("language") or dialogue.languages()[0], FormState())


@blueprint.post("/<language>/<key>")
def change_wording(language: str, key: str) -> ResponseReturnValue:
    """Say another text, say the shipped one again, or only rewrite the letters that make an SMS shorter."""
    act, user = request.form.get("act", "save"), current_user()
    text = PlainText().deserialize(request.form.get("text", ""))
    if act == "transliterate":
        return _page(language, FormState(key, {"text": transliterate(text)}))
    try:
        with transaction() as session:
            if act == "reset":
                reset_wording(session, key, language, user_id=user.id)
            else:
                change(session, key, language, text, user_id=user.id)
    except UnknownWording:
        abort(HTTPStatus.NOT_FOUND)
    except WordingRefused as refusal:
        form = FormState(key, {"text": text}, {"text": _in_words(refusal)})
        return _page(language, form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("The text is kept."))
    return redirect(url_for("wordings.list_wordings", language=language, _anchor=key), HTTPStatus.SEE_OTHER)


def _in_words(refusal: WordingRefused) -> str:
    code = "segments_costly" if refusal.code == "segments" and refusal.words else refusal.code
    marked = [f"{{{word}}}" if code.startswith("placeholder") else word for word in refusal.words]
    return str(_PROBLEMS[code]) % {"words": ", ".join(marked)} if marked else str(_PROBLEMS[code])


def _page(language: str, form: FormState) -> str:
    try:
        texts = list_texts(db.session(), language)
    except UnknownWording:
        abort(HTTPStatus.NOT_FOUND)
    return render_template(
        "desk/administration/wordings.html",
        texts=texts,
        language=language,
        languages=[(code, read(code)["name"]) for code in dialogue.languages()],
        is_one_segment=language in ONE_SEGMENT_LANGUAGES,
        purpose=purpose,
        segments_label=lambda count: ngettext("%(num)s SMS", "%(num)s SMS", count),
        form=form,
        gsm=(GSM_BASIC, GSM_EXTENDED),
        sample_code=SAMPLE_CODE,
        segments_of=segments_of,
        longest=LONGEST_WORDING,
    )
