"""Catalogues that fall back to French, and say where they did.

Flask-Babel knows only languages that CLDR knows, and falls back to the source, which is English. Here a catalogue is
found by the code of the page's language, whatever CLDR says, and what it lacks is taken from the French one. In
templates such words stand between two marks, which become `<span lang="fr">` in the finished page (see `mark`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context
from flask_babel import Babel, Domain

from app.known_languages import FALLBACK, SOURCE

LanguageSelector = Callable[[], str]

_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: nobody's letters
_MARKED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_MARKS = re.compile(rf"[{_OPEN}{_CLOSE}]|\\ue00[01]")  # as they are, or as JSON writes them
_KEPT_PLAIN = re.compile(  # whatever holds no elements, and each tag with its attributes
    r"""(<(script|style|title|textarea|option)\b.*?</\2>|<(?:[^<>"']|"[^"]*"|'[^']*')*>)""", re.DOTALL
)
_BETWEEN = 3  # parts that re.split gives a time: the text, what is kept plain, and the group within


class _Marking(NullTranslations):
    """The words of another catalogue, between two marks."""

    def __init__(self, words: NullTranslations) -> None:
        super().__init__()
        self._words = words

    def gettext(self, message: str) -> str:
        """One text."""
        return f"{_OPEN}{self._words.ugettext(message)}{_CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One text in the form for a number."""
        return f"{_OPEN}{self._words.ungettext(msgid1, msgid2, n)}{_CLOSE}"


class _Catalogues(Domain):
    """The catalogue of the page's language with what it falls back to."""

    def __init__(self, language: LanguageSelector, *, is_marking: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._language = language
        self._is_marking = is_marking

    def get_translations(self) -> NullTranslations:
        """Flask-Babel asks for these at each text."""
        if not has_app_context():
            return NullTranslations()
        language = self._language()
        if language not in self.cache:
            self.cache[language] = self._with_fallback(language)
        found: NullTranslations = self.cache[language]
        return found

    def _with_fallback(self, language: str) -> NullTranslations:
        own = self._load(language)
        if language not in {SOURCE, FALLBACK}:
            french = self._load(FALLBACK)
            own.add_fallback(_Marking(french) if self._is_marking else french)
        return own

    def _load(self, language: str) -> NullTranslations:
        return Translations.load(self.translation_directories[0], [language], self.domain[0])


class CataloguesBabel(Babel):
    """Flask-Babel over the catalogues above. `language` gives the code of the page's language."""

    def __init__(self, language: LanguageSelector) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._language = language

    @cached_property
    def domain_instance(self) -> Domain:
        """The catalogues for Python code: never marked, since nobody knows where its words end up."""
        return _Catalogues(self._language)


def init_templates(app: Flask, language: LanguageSelector) -> None:
    """Have templates mark what falls back."""
    words = _Catalogues(language, is_marking=True)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: words.get_translations().ugettext(text),
        ngettext=lambda one, many, number: words.get_translations().ungettext(one, many, number),
        newstyle=True,
    )


def marked(words: str) -> str:
    """Words of the language that is fallen back to, for a page's template that gets them from elsewhere."""
    return f"{_OPEN}{words}{_CLOSE}"


def is_marked(page: str) -> bool:
    """Whether anything on a page fell back."""
    return _MARKS.search(page) is not None


def mark(page: str, replacement: str) -> str:
    """A finished page with `replacement` (as for `re.sub`) for what fell back; plain words in tags and titles."""
    parts = _KEPT_PLAIN.split(page)
    for at in range(0, len(parts), _BETWEEN):
        parts[at] = _MARKS.sub("", _MARKED.sub(replacement, parts[at]))
    for at in range(1, len(parts), _BETWEEN):
        parts[at] = _MARKS.sub("", parts[at])
        parts[at + 1] = ""  # the name of the element, which the part before holds too
    return "".join(parts)
