"""Every language, and how much of what one sees here is translated into it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.known_languages import languages as known_languages
from app.languages import translation_progress
from app.public.routes import blueprint


@blueprint.get("/languages")
def languages() -> ResponseReturnValue:
    """A link to each, with what is still shown in French."""
    progress = translation_progress()
    known = [(language, progress[code].percent) for code, language in known_languages().items()]
    return render_template("public/languages.html", known=known)
