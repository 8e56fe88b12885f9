"""Which language a page is in: asked for in the address, the account's own, the browser's, or the default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from babel.core import Locale, UnknownLocaleError
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import force_locale, format_datetime, refresh
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.accounts.session import DESK_PATH, signed_in_user
from app.catalogues import CataloguesBabel, init_templates, is_marked, mark
from app.current import current_settings
from app.known_languages import FALLBACK, SOURCE, Progress, languages, offered_from, read_progress

NAMES: Mapping[str, str] = {code: each.name for code, each in languages().items()}
DESK_LANGUAGES = ("fr", "en")
_EXTENSION = "seere_translation_progress"


def page_language() -> str:
    """The code of one of the known languages, decided once a request."""
    if "page_language" not in g:
        g.page_language = _choose()
    return str(g.page_language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have words, dates and numbers in a language, whatever that of the page or the process is: flask_babel's own
    `force_locale` moves dates alone, since catalogues are found by the page's language.
    """
    before = g.get("page_language")
    g.page_language = language
    try:
        with force_locale(language):
            yield
    finally:
        if before is None:
            g.pop("page_language", None)
        else:
            g.page_language = before


def _choose() -> str:
    settings = current_settings()
    if not has_request_context():
        return settings.default_language  # a worker notes something for administrators
    is_desk = request.path.startswith(DESK_PATH)
    if is_desk and (language := _account_language()):
        return language
    asked = _asked()
    if asked in (DESK_LANGUAGES if is_desk else NAMES):
        return asked
    offered = DESK_LANGUAGES if is_desk else offered_languages()
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


def ask_for_language(language: str) -> None:
    """Have the page in the language that a form's field says, once the form was read; an unknown one asks nothing."""
    if language in NAMES and not request.path.startswith(DESK_PATH):
        g.page_language = language
        refresh()


def _asked() -> str:
    """The language asked for; a form that can't be read asks for none, so that its error page can be shown.

    A multipart form isn't read for it: there may be files in it. See `ask_for_language`.
    """
    if request.mimetype == "multipart/form-data":
        return request.args.get("lang", "")
    try:
        return request.values.get("lang", "")
    except HTTPException:
        return request.args.get("lang", "")


def translation_progress() -> Mapping[str, Progress]:
    """How much of what a citizen sees is translated, by language."""
    return cast("Mapping[str, Progress]", current_app.extensions[_EXTENSION])


def offered_languages() -> tuple[str, ...]:
    """The languages that every public page links to: those that are translated well enough."""
    progress = translation_progress()
    return tuple(code for code in NAMES if code in DESK_LANGUAGES or progress[code].share >= offered_from())


def is_partial(language: str) -> bool:
    """Whether so much is missing in a language that its pages say so."""
    return language not in offered_languages()


def words_language() -> str:
    """The language that the page's words are in: the fallback's where nothing at all is translated yet.

    It goes into the page's `lang`, so that a screen reader doesn't read French aloud as if it were another language.
    """
    language = page_language()
    is_begun = language in DESK_LANGUAGES or translation_progress()[language].translated > 0
    return language if is_begun else FALLBACK


def page_direction() -> str:
    """`ltr` or `rtl`, as the page's words run."""
    return languages()[words_language()].direction


class _ShownLanguages(Mapping[str, str]):
    """Names by code. All can be looked up; going through them gives those that this page links to."""

    def __getitem__(self, code: str) -> str:
        return NAMES[code]

    def __iter__(self) -> Iterator[str]:
        current = page_language()
        return (code for code in NAMES if code == current or code in offered_languages())

    def __len__(self) -> int:
        return len(list(iter(self)))


def init_languages(app: Flask, translations: str) -> None:
    """Set up gettext with the given folder of catalogues, and what templates need of it."""
    app.extensions[_EXTENSION] = read_progress(Path(translations))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = translations
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Africa/Bamako"
    CataloguesBabel(page_language).init_app(  # type: ignore[no-untyped-call]
        app, locale_selector=_formats, timezone_selector=lambda: "Africa/Bamako"
    )
    init_templates(app, page_language)
    app.jinja_env.globals.update(
        page_language=page_language,
        words_language=words_language,
        page_direction=page_direction,
        is_partial=is_partial,
        language_names=_ShownLanguages(),
    )
    app.jinja_env.filters["moment"] = _moment
    app.after_request(_mark_fallbacks)


def _formats() -> str:
    """In which language dates and numbers are written: in French for one that CLDR doesn't know."""
    language = words_language()
    try:
        Locale.parse(language)
    except UnknownLocaleError:
        return FALLBACK
    return language


def _mark_fallbacks(response: Response) -> Response:
    """Say in the page which words are in another language than the page."""
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    if (language := page_language()) in {SOURCE, FALLBACK}:
        return response
    page = response.get_data(as_text=True)
    if is_marked(page):
        is_mixed = words_language() == language
        response.set_data(mark(page, _FOREIGN if is_mixed else r"\1"))
    return response


_FOREIGN = rf'<span lang="{FALLBACK}" dir="{languages()[FALLBACK].direction}">\1</span>'


def _moment(value: datetime | None) -> str:
    """A moment in Bamako's time, in the page's language; a dash for none."""
    return str(format_datetime(value, "d MMM y, HH:mm")) if value else "–"
