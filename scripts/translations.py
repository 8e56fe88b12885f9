"""Bring the catalogues up to date with the source, count what is translated, and say so in docs/translation.md.

`make translations` runs it between extracting and compiling. Not pybabel's own update: that knows no language without
CLDR data (Tamasheq, Soninke), and would hand the desk's words to people who translate for citizens.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from app.known_languages import (
    FALLBACK,
    PROGRESS_FILE,
    SOURCE,
    Language,
    Progress,
    citizen_facing,
    languages,
    offered_from,
)

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("fr", "bm")  # catalogues that hold the desk's words too
UNREAD = "wants a native reader"  # stands in the comment of an entry that no native speaker has read
WIDTH = None  # a text is one line


@dataclass(frozen=True, slots=True)
class Unread:
    """A translation that no native speaker has read yet."""

    source: str
    translation: str


def update(translations: Path) -> None:
    """Bring every catalogue up to date with messages.pot; what is gone from the source is gone."""
    template = _read(translations / "messages.pot")
    for code in languages():
        if code != SOURCE:
            _update_one(translations / code / "LC_MESSAGES" / "messages.po", languages()[code], template)


def _update_one(path: Path, language: Language, template: Catalog) -> None:
    catalogue = _read(path) if path.exists() else _new(language, template.creation_date)
    whole = language.code in WHOLE
    catalogue.update(
        template if whole else _for_citizens(template), no_fuzzy_matching=True, update_creation_date=False
    )
    if not whole:
        for message in catalogue:
            message.locations = [each for each in message.locations if is_for_citizens(each[0])]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, ignore_obsolete=True, sort_output=True)


def _new(language: Language, created: datetime) -> Catalog:
    return Catalog(
        locale=language.code,
        project="Seere",
        version="0",
        header_comment=f"# Seere: {language.name}. See docs/translation.md.",
        msgid_bugs_address="none",
        last_translator="none",
        language_team="Seere",
        revision_date=created,
        creation_date=created,
        fuzzy=False,
    )


def _for_citizens(template: Catalog) -> Catalog:
    """The part of a template that citizens see."""
    part = Catalog(creation_date=template.creation_date)
    for message in template:
        if message.id and _is_seen(message):
            part[message.id] = message
    return part


def is_for_citizens(path: str) -> bool:
    """Whether the words of a source file are seen by citizens."""
    return path.startswith(citizen_facing())


def _is_seen(message: Message) -> bool:
    return any(is_for_citizens(file) for file, _ in message.locations)


def count(translations: Path) -> dict[str, Progress]:
    """How far each language is. The source is whole by itself."""
    wanted = len(list(_wanted(_catalogue(translations, FALLBACK))))
    counted = {SOURCE: Progress(wanted, wanted)}
    for code in languages():
        if code != SOURCE:
            done = [each for each in _wanted(_catalogue(translations, code)) if _is_translated(each)]
            counted[code] = Progress(wanted, len(done), len([each for each in done if _is_unread(each)]))
    return {code: counted[code] for code in languages()}


def _wanted(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id and _is_seen(message))


def _is_translated(message: Message) -> bool:
    return all([message.string] if isinstance(message.string, str) else message.string)


def _is_unread(message: Message) -> bool:
    return UNREAD in " ".join(message.user_comments)


def progress_file(counted: dict[str, Progress]) -> str:
    """What the pages know of it (app/known_languages.py)."""
    lines = ["# Written by 'make translations': how many of the texts that citizens see are translated.", ""]
    for code, progress in counted.items():
        lines += [f"[{code}]", *(f"{name} = {value}" for name, value in asdict(progress).items()), ""]
    return "\n".join(lines)


def document(translations: Path, counted: dict[str, Progress]) -> str:
    """The text of docs/translation.md."""
    rows = [_row(languages()[code], progress) for code, progress in counted.items()]
    lists = [_list_of(translations, languages()[code]) for code in counted if counted[code].unread]
    return "\n".join([_HEAD.format(percent=round(100 * offered_from())), *rows, "", _HOW, *lists]) + "\n"


def _row(language: Language, progress: Progress) -> str:
    is_offered = progress.share >= offered_from()
    return (
        f"| {language.english} | {language.name} | `{language.code}` | {progress.translated} of {progress.wanted}"
        f" | {progress.unread} | {'yes' if is_offered else 'on /languages only'} |"
    )


def _list_of(translations: Path, language: Language) -> str:
    """Every translation of one language that wants a native reader."""
    found = sorted(_unread(_catalogue(translations, language.code)), key=lambda each: each.source.casefold())
    lines = [f"- {_quoted(each.source)}<br>{_quoted(each.translation)}" for each in found]
    return "\n".join([f"\n### {language.english} ({language.name})\n", *lines])


def _unread(catalogue: Catalog) -> Iterable[Unread]:
    for message in _wanted(catalogue):
        if _is_translated(message) and _is_unread(message):
            yield Unread(_first(message.id), _first(message.string))


def _first(text: object) -> str:
    return text if isinstance(text, str) else str(next(iter(text)))  # type: ignore[arg-type]


def _quoted(text: str) -> str:
    """A text as Markdown shows it: its own signs mean nothing."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|" else sign for sign in text).replace("\n", " ")


def _catalogue(translations: Path, code: str) -> Catalog:
    return _read(translations / code / "LC_MESSAGES" / "messages.po")


def _read(path: Path) -> Catalog:
    """A catalogue; its folder's name is its language even where CLDR doesn't know it."""
    with path.open("rb") as file:
        return read_po(file, locale=None if path.suffix == ".pot" else path.parts[-3])


_HEAD = """# Translation

Written by `make translations`; a test keeps it true. Don't edit it by hand.

Everything that a citizen sees is written in English in the source and translated in `translations/`. What a language
lacks is shown in French, marked as French for screen readers. A language of which {percent} % is translated is
offered on every page; the others are on the page `/languages`, and say themselves that they are not finished.
The desk's pages are in French and English.

| language | its own name | code | texts that citizens see | want a native reader | offered |
|---|---|---|---|---|---|"""

_HOW = """## How to translate

1. Open `translations/<code>/LC_MESSAGES/messages.po` with any editor for PO files, such as Poedit, and fill in what is
   empty. Words between `%(` and `)s` stay as they are: something is put in their place.
2. Write for people who are frightened and read little: short sentences, everyday words, nothing that would name what
   the site is for to somebody who looks over their shoulder.
3. Run `make translations`. A new language needs an entry in `app/languages.toml` first.
4. People who don't read can listen: an administrator records each page under *Spoken prompts*.

## Wants a native reader

These were put together from other texts by somebody who doesn't speak the language. Read one, mend it, and take away
the comment `wants a native reader` above it."""


def main() -> None:
    """Update, count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count-only", action="store_true", help="leave the catalogues as they are")
    translations = ROOT / "translations"
    if not parser.parse_args().count_only:
        update(translations)
    counted = count(translations)
    (translations / PROGRESS_FILE).write_text(progress_file(counted), "utf-8")
    (ROOT / "docs" / "translation.md").write_text(document(translations, counted), "utf-8")


if __name__ == "__main__":
    main()
