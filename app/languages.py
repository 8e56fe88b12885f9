"""Which language a page is in: asked for in the address, the account's own, the browser's, or the default."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_datetime
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.accounts.session import DESK_PATH, signed_in_user
from app.current import current_settings
from app.settings import LANGUAGES

NAMES = {"fr": "Français", "en": "English", "bm": "Bamanankan"}
DESK_LANGUAGES = ("fr", "en")


def page_language() -> str:
    """`fr`, `en` or `bm`, decided once a request."""
    if "page_language" not in g:
        g.page_language = _choose()
    return str(g.page_language)


def _choose() -> str:
    settings = current_settings()
    if not has_request_context():
        return settings.default_language  # a worker notes something for administrators
    is_desk = request.path.startswith(DESK_PATH)
    if is_desk and (language := _account_language()):
        return language
    offered = DESK_LANGUAGES if is_desk else LANGUAGES
    asked = _asked()
    if asked in offered:
        return asked
    return (
        request.accept_languages.best_match(offered, settings.default_language) or settings.default_language
    )


def _account_language() -> str:
    """The account's own language; none when nobody is signed in or the outage to be told of hides who it is."""
    try:
        user = signed_in_user()
    except (SQLAlchemyError, RedisError):
        return ""
    return user.language if user else ""


def _asked() -> str:
    """The language asked for; a form that can't be read asks for none, so that its error page can be shown."""
    try:
        return request.values.get("lang", "")
    except HTTPException:
        return request.args.get("lang", "")


def init_languages(app: Flask, translations: str) -> None:
    """Set up gettext with the given folder of catalogues, and what templates need of it."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = translations
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Africa/Bamako"
    Babel(app, locale_selector=page_language, timezone_selector=lambda: "Africa/Bamako")
    app.jinja_env.globals.update(page_language=page_language, language_names=NAMES)
    app.jinja_env.filters["moment"] = _moment


def _moment(value: datetime | None) -> str:
    """A moment in Bamako's time, in the page's language; a dash for none."""
    return str(format_datetime(value, "d MMM y, HH:mm")) if value else "–"
