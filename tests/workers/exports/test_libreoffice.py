"""LibreOffice opens our workbooks without complaint and sees in them what we put in."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from app.plain_text import CUT_MARK, plain
from tests.workers.exports.releases import ROWS, release, table
from tests.workers.exports.test_formats import AWKWARD, code_and_label
from workers.exports.formats import WRITERS

SOFFICE = shutil.which("soffice")
AS_TEXT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,false"  # UTF-8, cells as they are shown


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not on this machine")
def test_libreoffice_reads_a_workbook_as_it_was_written(tmp_path: Path) -> None:
    made = [*ROWS, *((*ROWS[0][:-1], text) for text in AWKWARD)]
    (path,) = WRITERS["xlsx"](release(table(rows=made)), tmp_path, lambda _rows: None)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        AS_TEXT,
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert "rror" not in done.stdout + done.stderr
    with path.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        _, *read = csv.reader(file)
    assert len(read) == len(made)
    for row, cells in zip(made, read, strict=True):
        *expected, account = code_and_label(row)
        *shown, text = cells
        assert shown == [_shown(value) for value in expected]
        assert text == plain(account) or (
            text.endswith(CUT_MARK) and account.startswith(text[: -len(CUT_MARK)])
        )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
