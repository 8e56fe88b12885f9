"""Words of a file in the language that its reader asked for, wherever the worker stands.

Flask-Babel's words take the language of a page; a file has one of its own, and a codebook has two. So the source
text, which a lazy word gives outside of any context, is looked up in the catalogue of the language wanted.
"""

from __future__ import annotations

from contextvars import Context
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask_babel.speaklater import LazyString

import app

LANGUAGES = ("fr", "en")
_CATALOGUES = Path(app.__file__).resolve().parent.parent / "translations"


def in_language(text: LazyString, language: str, **values: object) -> str:
    """A lazy word in `fr` or `en`, with values put into it as `%(name)s` says; its English where nobody translated."""
    source = Context().run(str, text)  # an empty context: no page, no language
    words: str = _catalogue(language).ugettext(source)
    return words % values if values else words


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(_CATALOGUES, [language])
