"""Workbooks made to hurt: each ends as one clear problem, within bounds of memory and time."""

from __future__ import annotations

import os
import random
import zipfile
from io import BytesIO

import pytest

from tests.workers.questionnaires.workbooks import changed, part, xlsform
from workers.questionnaires import apart
from workers.questionnaires.apart import read_apart
from workers.questionnaires.xlsform import read

SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsform(("text", "a", "Quoi ?", "What?"))


def bomb(megabytes: int) -> bytes:
    return changed(GOOD, "xl/media/a.xml", b"\0" * megabytes * 1024 * 1024)


def with_doctype(coding: str) -> bytes:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    return changed(GOOD, SHEET, text.encode(coding))


def lying_about_its_size() -> bytes:
    """The directory of the archive announces less than a member unpacks to."""
    data = bytearray(changed(GOOD, "xl/media/a.xml", b"\0" * 30 * 1024 * 1024))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(b"xl/media/a.xml")
        start = data.rfind(signature, 0, at if signature == b"PK\x01\x02" else data.find(b"xl/media/a.xml"))
        data[start + offset : start + offset + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def far_away_cell() -> bytes:
    sheet = part(GOOD, SHEET).decode()
    cell = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return changed(GOOD, SHEET, sheet.replace("</sheetData>", cell).encode())


def many_members() -> bytes:
    result = BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(500):
            archive.writestr(f"{number}.xml", "")
    return result.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_workbook"),
        (b"type,name,label\ntext,a,A\n", "not_a_workbook"),
        (b"PK\x03\x04" + b"\0" * 200, "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (GOOD[: len(GOOD) // 2], "not_a_workbook"),
        (b"x" * (2 * 1024 * 1024 + 1), "too_large"),
        (bomb(40), "unpacks_too_large"),
        (many_members(), "unpacks_too_large"),
        (lying_about_its_size(), "not_a_workbook"),
        (with_doctype("utf-8"), "declarations"),
        (with_doctype("utf-16-le"), "declarations"),
        (changed(GOOD, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macros"),
        (changed(GOOD, SHEET, b"<worksheet><broken"), "unreadable"),
        (changed(GOOD, "xl/workbook.xml", None), "not_a_workbook"),
        (changed(GOOD, SHEET, None), ""),
    ],
)
def test_a_hostile_file_is_one_clear_problem(data: bytes, code: str) -> None:
    found = read(data)
    assert found.document is None
    assert len(found.problems) == 1
    assert code in {"", found.problems[0].code}


def test_a_cell_at_the_end_of_the_sheet_costs_nothing() -> None:
    assert read(far_away_cell()).document is not None


def test_a_hundred_broken_workbooks_break_nothing() -> None:
    chance = random.Random(4)
    for _ in range(100):
        data = bytearray(GOOD)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        found = read(bytes(data))
        assert (found.document is None) == any(not problem.is_note for problem in found.problems)


@pytest.mark.slow
def test_the_process_apart_reads_and_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEERE_WORKER_KEYS", "a secret of the worker")
    seen = {}
    run = apart.subprocess.run
    monkeypatch.setattr(apart.subprocess, "run", lambda *a, **k: seen.update(k) or run(*a, **k))
    document, problems = read_apart(GOOD)
    assert (document is not None, problems) == (True, [])
    assert set(seen["env"]) == {"PYTHONPATH", "OPENBLAS_NUM_THREADS"}
    assert "SEERE_WORKER_KEYS" in os.environ


@pytest.mark.slow
def test_what_takes_too_long_or_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 0.01)
    assert read_apart(GOOD) == (None, [apart.Problem("too_much_work").as_record()])


@pytest.mark.slow
def test_a_process_that_dies_is_a_problem_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    assert read_apart(GOOD) == (None, [apart.Problem("too_much_work").as_record()])
