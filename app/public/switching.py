"""Another language in the middle of a form: a button of the form itself, so that nothing typed is lost."""

from __future__ import annotations

from app.languages import ask_for_language

_LANGUAGE = "lang:"


def is_asking_for_language(pressed: str) -> bool:
    """Whether the button that was pressed asks for another language; the page is in it from now on."""
    if not pressed.startswith(_LANGUAGE):
        return False
    ask_for_language(pressed.removeprefix(_LANGUAGE))
    return True
