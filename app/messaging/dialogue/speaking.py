"""What is said, as it is shipped. What an administrator changed is app.messaging.wordings'."""

from __future__ import annotations

from app.messaging.dialogue.languages import DEFAULT, languages, read


def say(key: str, language: str, **values: str) -> str:
    """One text of the dialogue, in the language, falling back to French. Raises KeyError for a key there isn't."""
    spoken = read(language)["texts"] if language in languages() else {}
    text: str = spoken.get(key) or read(DEFAULT)["texts"][key]
    return text.format(**values)


def texts() -> dict[str, dict[str, str]]:
    """Every text by language and key, with its placeholders."""
    return {language: dict(read(language)["texts"]) for language in languages()}
