"""The PDF of one case: from the file that the commission reads, or from the rows of the copy's level alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.exports.withheld import reason_in_words
from app.geography.map import draw_case_map
from app.plain_text import plain
from workers.exports.codebook import label
from workers.exports.formats.columns import Column, columns, heading
from workers.exports.papers.case_file import Account, CaseFile, Fact
from workers.exports.papers.paper_words import paper_words
from workers.exports.papers.printing import created, drawing, paper
from workers.exports.release import FieldKind, Progress, Release, Row, Table, Withheld

CASE_FILE, JUDICIAL_FILE = "case-file.pdf", "judicial-file.pdf"
_ACCOUNT = "account"  # the field that is set as text of its own
_ANSWERS = "boolean"


class NotOneCase(ValueError):
    """A case file was asked for of anything but one case."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table of the release as the template prints it."""

    label: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """One PDF. Raises NotOneCase unless the release holds exactly one case, or none that may go out."""
    file = release.case_file
    name = JUDICIAL_FILE if file is not None and file.judicial is not None else CASE_FILE
    path = folder / name
    path.write_bytes(paper(render(release)))
    progress(release.cases.count)
    return [path]


def render(release: Release) -> str:
    """The HTML of a case file."""
    copy, file = release.copy, release.case_file
    words = paper_words(copy.language)
    content = _of_file(file) if file is not None else _of_rows(release)
    html: str = _template().render(
        **content,
        file=file,
        copy=copy,
        language=copy.language,
        words=words,
        title=_title(words, file, content["reference"]),
        level=words[f"level_{copy.level}"],
        mark=words["mark"].format(
            number=copy.number, recipient=copy.recipient, day=copy.made_at.date().isoformat()
        ),
        created=created(copy.made_at),
        about=_about(release, words),
        withheld=[(_why(each, release), each.count) for each in release.withheld],
        digest=_digest(content, file),
    )
    return html


def _why(withheld: Withheld, release: Release) -> str:
    """The reason, with the field's name where it was not the whole case."""
    why, language = reason_in_words(withheld.reason, release.copy.language), release.copy.language
    named = (
        field for table in release.tables.values() for field in table.fields if field.code == withheld.field
    )
    field = next(named, None)
    return f"{heading(field, language)} : {why}" if field else why


def _title(words: Mapping[str, str], file: CaseFile | None, reference: str) -> str:
    is_judicial = file is not None and file.judicial is not None
    return words["judicial_title" if is_judicial else "title"].format(reference=reference)


def _about(release: Release, words: Mapping[str, str]) -> list[Fact]:
    copy = release.copy
    return [
        (words["recipient"], copy.recipient),
        (words["purpose"], copy.purpose),
        (words["made_at"], f"{copy.made_at:%Y-%m-%d %H:%M} UTC"),
        (words["software"], copy.software),
        (words["rules"], copy.rules),
    ]


def _of_file(file: CaseFile) -> dict[str, Any]:
    return {
        "reference": file.reference,
        "headline": file.title,
        "summary": file.facts,
        "map": drawing(file.map),
        "account": file.account,
        "tables": [],
    }


def _of_rows(release: Release) -> dict[str, Any]:
    """What the level let out of the case, as it stands in the tables."""
    table, language = release.cases, release.copy.language
    rows = list(table.rows())
    if len(rows) > 1:
        raise NotOneCase
    shown = _cells(table, rows[0], language) if rows else {}
    account = shown.pop(_ACCOUNT, ("", ""))[1]
    reference = shown.get("reference", ("", "–"))[1]
    return {
        "reference": reference,
        "headline": shown.get("violation", ("", ""))[1],
        "summary": [fact for fact in shown.values() if fact[1]],
        "map": drawing(_map(table, rows[0], language)) if rows else Markup(),
        "account": [Account("", account)] if account else [],
        "tables": [_sheet(each, language) for each in release.tables.values() if each is not table],
    }


def _in_words(table: Table, language: str) -> list[Column]:
    """One column for each field: its words where it is coded."""
    of_field: dict[str, Column] = {}
    for column in columns(table, language):
        if column.is_label or column.field.code not in of_field:
            of_field[column.field.code] = column
    return list(of_field.values())


def _cells(table: Table, row: Row, language: str) -> dict[str, Fact]:
    return {
        each.field.code: (heading(each.field, language), _cell(each, row, language))
        for each in _in_words(table, language)
    }


def _cell(column: Column, row: Row, language: str) -> str:
    value = column.value(row)
    if isinstance(value, bool):
        return label(str(value).lower(), _ANSWERS, language)
    return "" if value is None else plain(str(value))


def _map(table: Table, row: Row, language: str) -> Markup:
    """By codes alone: the region, and its cercle's chief town where the level lets the cercle out."""
    at = {field.code: row[place] for place, field in enumerate(table.fields) if field.kind is FieldKind.CODE}
    region, cercle = at.get("region"), at.get("cercle")
    words = paper_words(language)
    return draw_case_map(
        region if isinstance(region, str) else None,
        cercle if isinstance(cercle, str) else None,
        None,
        None,
        words["map_title"],
        words["map_about"],
    )


def _sheet(table: Table, language: str) -> _Sheet:
    chosen = _in_words(table, language)
    rows = [[_cell(each, row, language) for each in chosen] for row in table.rows()]
    return _Sheet(
        table.labels.get(language, table.code), [heading(each.field, language) for each in chosen], rows
    )


def _digest(content: Mapping[str, Any], file: CaseFile | None) -> str:
    """SHA-256 over what the file says, in one order: two copies of an unchanged case have the same."""
    said = asdict(file) if file is not None else {name: str(value) for name, value in content.items()}
    encoded = json.dumps(said, ensure_ascii=True, sort_keys=True, default=str).encode("ascii")
    return hashlib.sha256(encoded).hexdigest()


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("workers.exports.papers", ""), autoescape=True, undefined=StrictUndefined
    )
    environment.finalize = lambda value: plain(value) if type(value) is str else value
    return environment.get_template("case_file.html")
