"""XLSForm workbooks for tests, good and hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook

Rows = Sequence[Sequence[str]]

HEADINGS = (
    "type",
    "name",
    "label::Français (fr)",
    "label::English (en)",
    "relevant",
    "constraint",
    "required",
)
CHOICES: Rows = (
    ("list_name", "name", "label::Français (fr)", "label::English (en)"),
    ("yn", "yes", "Oui", "Yes"),
    ("yn", "no", "Non", "No"),
)


def xlsform(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, choices: Rows = CHOICES) -> bytes:
    """A workbook with these rows of questions."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (headings, *rows):
        survey.append(list(row))
    sheet = book.create_sheet("choices")
    for row in choices:
        sheet.append(list(row))
    settings = book.create_sheet("settings")
    settings.append(["form_title", "default_language"])
    settings.append(["Essai", "Français (fr)"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def changed(workbook: bytes, member: str, content: bytes | None, *, compressed: bool = True) -> bytes:
    """The same archive with one member replaced or added, or taken out (None)."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook)) as before,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name != member:
                after.writestr(name, before.read(name))
        if content is not None:
            after.writestr(member, content, zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED)
    return result.getvalue()


def part(workbook: bytes, member: str) -> bytes:
    """One member of an archive."""
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        return archive.read(member)
