"""CSV of the Humanitarian Exchange Language: under the headings a row of tags (HXL 1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.plain_text import harmless
from workers.exports.formats.columns import Column, columns
from workers.exports.formats.comma_separated import cell_rows, write_rows
from workers.exports.release import Progress, Release, Table

_CODE, _NAME = "code", "name"


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """A file for each table that has tags; columns without a tag stay, and HXL tools pass over them."""
    tagged = [table for table in release.tables.values() if any(field.hxl for field in table.fields)]
    return [_write(release, table, folder, progress) for table in tagged]


def _write(release: Release, table: Table, folder: Path, progress: Progress) -> Path:
    path, language = folder / f"{table.code}.csv", release.copy.language
    chosen = columns(table, language)
    headings = [[harmless(column.heading) for column in chosen], [tag_of(column) for column in chosen]]
    write_rows(path, headings, cell_rows(table, chosen, language, progress))
    return path


def tag_of(column: Column) -> str:
    """The tag of a column: that of its field, and for what a code means the same with `+name` for `+code`."""
    tag = column.field.hxl
    if not tag or not column.is_label:
        return tag
    hashtag, *attributes = tag.split("+")
    return "+".join([hashtag, *(each for each in attributes if each != _CODE), _NAME])
