"""Exports: the right rows, whole, safe to open, and on record."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit import Action
from app.database import db
from app.exports.comma_separated import FORMULA_STARTS, cell
from app.exports.rows import plain
from app.exports.spreadsheet import LONGEST_CELL
from app.models import AuditEntry, Case, ExportRecord, OrganisationKind, ReferralState, Role, User
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import GENDARMES, KORO, PILLAGE, TORTURE, refer, report_case

VERIFIED: dict[str, Any] = {"verification": "verified", "verified_at": datetime(2026, 3, 12, 12, tzinfo=UTC)}


def analyst(enter: Enter) -> tuple[FlaskClient, User]:
    return enter(Role.ANALYST, OrganisationKind.CNDH)


def referred(user: User, *conclusions: Any, **columns: Any) -> Case:
    case = report_case(*conclusions, **{**VERIFIED, **columns})
    refer(case, user, ReferralState.ACCEPTED)
    return case


def download(client: FlaskClient, file_format: str = "csv", **filters: str) -> TestResponse:
    token = csrf_token(client, "/desk/exports")
    return client.post(
        "/desk/exports", data={"file_format": file_format, "csrf_token": token, **filters}, buffered=True
    )


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_only_verified_cases_go_out_and_only_those_one_may_see(enter: Enter) -> None:
    client, user = analyst(enter)
    mine = referred(user, PILLAGE, KORO, GENDARMES)
    referred(user, verification="pending")
    referred(user, is_withdrawn=True)
    report_case(**VERIFIED)
    (row,) = rows(download(client))
    assert row["Reference"] == mine.reference
    assert row["Violation codes"] == "pillage"
    assert row["Region"] == "Bandiagara"
    assert row["Alleged authors (codes)"] == "gendarmerie"
    assert row["Verified on"] == "2026-03-12"
    assert "20 boeufs" in row["Anonymised account"]


def test_filters_and_the_preview_agree_with_the_file(enter: Enter) -> None:
    client, user = analyst(enter)
    march = referred(user, PILLAGE, KORO)
    april = referred(user, TORTURE, verified_at=datetime(2026, 4, 1, tzinfo=UTC))
    for filters, expected in (
        ({"first": "2026-03-12", "last": "2026-03-12"}, [march]),
        ({"first": "2026-04-01"}, [april]),
        ({"last": "2026-03-31"}, [march]),
        ({"region": "ML19"}, [march]),
        ({"violation": "torture"}, [april]),
        ({"violation": "torture", "region": "ML19"}, []),
    ):
        assert [row["Reference"] for row in rows(download(client, **filters))] == [
            each.reference for each in expected
        ]
        preview = client.get("/desk/exports", query_string=filters).text
        assert f"{len(expected)} case" in preview


UNFIT = [
    {"first": "2026-03-12", "last": "2026-03-11"},
    {"first": "yesterday"},
    {"first": "9999-12-31"},
    {"last": "0001-01-01"},
    {"region": "\x00"},
    {"violation": "' OR 1=1"},
    {"period": "ever"},
]


def test_a_filter_that_cannot_be_is_refused_with_words(enter: Enter) -> None:
    client, _ = analyst(enter)
    for filters in UNFIT:
        assert client.get("/desk/exports", query_string=filters).status_code == 422
        answer = download(client, **filters)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_the_record_holds_who_what_how_much_and_the_digest_of_the_file(enter: Enter) -> None:
    client, user = analyst(enter)
    referred(user, PILLAGE)
    answer = download(client, "xlsx", region="")
    db.session.rollback()
    record = db.session.scalars(select(ExportRecord)).one()
    assert (record.user_id, record.row_count, record.file_format) == (user.id, 1, "xlsx")
    assert record.sha256 == hashlib.sha256(answer.data).digest()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.EXPORT_MADE)).one()
    assert entry.detail["sha256"] == record.sha256.hex()
    assert record.sha256.hex()[:12] in client.get("/desk/exports").text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=seere-20")


def test_others_do_not_see_what_was_exported(enter: Enter) -> None:
    client, user = analyst(enter)
    referred(user, PILLAGE)
    download(client)
    stranger, _ = analyst(enter)
    assert "Nothing was exported yet" in stranger.get("/desk/exports").text


def test_a_spreadsheet_has_typed_dates_and_says_what_it_is(enter: Enter) -> None:
    client, user = analyst(enter)
    case = referred(user, PILLAGE, occurred_from=date(2026, 3, 1), occurred_to=date(2026, 3, 2))
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx", violation="pillage").data))
    cases, about = book.worksheets
    heading = [each.value for each in cases[1]]
    values = dict(zip(heading, (each.value for each in cases[2]), strict=True))
    assert values["Reference"] == case.reference
    assert values["Occurred from"].date() == date(2026, 3, 1)
    assert cases.freeze_panes == "B2"
    assert cases.auto_filter.ref is not None
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["Cases"] == "1"
    assert user.display_name in told["Made by"]


def test_no_account_breaks_a_file_or_runs_as_a_formula(enter: Enter) -> None:
    client, user = analyst(enter)
    nasty = '=HYPERLINK("http://x")\x01\x0b\ufffe, "quoted";\nline two 🙂'
    case = referred(user, PILLAGE)
    with_text = db.session.get_one(Case, case.id)
    with_text.anonymised_text = nasty
    db.session.commit()
    (row,) = rows(download(client))
    assert row["Anonymised account"] == "'" + plain(nasty)
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx").data))
    found = book.worksheets[0].cell(2, 15)
    assert found.data_type == "s"
    assert found.value == plain(nasty)


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark(enter: Enter) -> None:
    client, user = analyst(enter)
    case = referred(user, PILLAGE)
    db.session.get_one(Case, case.id).anonymised_text = "a" * (LONGEST_CELL + 100)
    db.session.commit()
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx").data))
    value = book.worksheets[0].cell(2, 15).value
    assert len(str(value)) == LONGEST_CELL
    assert str(value).endswith("[…]")
    assert len(rows(download(client))[0]["Anonymised account"]) == LONGEST_CELL + 100


def test_many_cases_are_all_there_in_order(enter: Enter) -> None:
    client, user = analyst(enter)
    expected = [referred(user, PILLAGE).reference for _ in range(30)]
    assert [row["Reference"] for row in rows(download(client))] == expected


def test_those_who_may_not_export_get_nothing(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    token = csrf_token(client, "/desk/account")
    assert client.post("/desk/exports", data={"file_format": "csv", "csrf_token": token}).status_code == 403
    db.session.rollback()
    assert db.session.scalars(select(ExportRecord)).all() == []


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    written = cell(text)
    assert not written.startswith(FORMULA_STARTS)
    assert written in {text, "'" + text}


@given(st.text())
def test_plain_text_can_be_written_anywhere(text: str) -> None:
    kept = plain(text)
    kept.encode("utf-8")
    assert all(letter in "\n\t" or ord(letter) >= 32 for letter in kept)
