"""What a release holds at each level, what it withholds and why, and that two copies can't be laid over each other."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.database import db, transaction
from app.models import Case, CaseConflict, OrganisationKind, Role, User
from tests.workers.exports.asked import asked_for, many_cases, released, report_of, rows_of
from workers.exports.formats import WRITERS
from workers.exports.generalising import period
from workers.exports.guarding import CannotRelease
from workers.processing import Keys


def case_of(number: int) -> Case:
    return db.session.scalars(select(Case).where(Case.number == number)).one()


def test_each_level_gets_its_rows_and_nobody_gets_what_must_stay(
    keys: Keys, make_user: Callable[..., User]
) -> None:
    user = make_user(role=Role.ANALYST)
    partner = make_user(kind=OrganisationKind.CIVIL_SOCIETY).organisation
    numbers = many_cases(120)
    held, refused, concerned, allowed = numbers[:4]
    report_of(case_of(refused).id, {"share_with": ["cndh"]})
    report_of(case_of(allowed).id, {"share_with": ["cndh", "civil_society"]})
    report_of(case_of(allowed).id, None)
    with transaction() as session:
        session.execute(update(Case).where(Case.number == held).values(needs_person="unsafe_addition"))
        session.execute(update(Case).where(Case.number == numbers[4]).values(received_at=utcnow()))
        session.add(CaseConflict(case_id=case_of(concerned).id, organisation_id=partner.id, source="machine"))

    commission = released(keys, asked_for(user, "cndh"))
    rows = rows_of(commission)
    assert [row["reference"] for row in rows] == [f"S-{number:06d}" for number in numbers if number != held]
    for code in commission.tables:
        copies = {row["copy"] for row in rows_of(commission, code)}
        assert copies <= {commission.copy.number}, "a row that leaks says which copy it is from"
    assert (rows[0]["place"], rows[0]["victim_sex"], rows[0]["women"]) == ("Sangha", "female", 1)
    assert {each.reason: each.count for each in commission.withheld} == {"held": 1}
    for code, table in commission.tables.items():
        assert len(list(table.rows())) == table.count, code
        assert {len(row) for row in table.rows()} <= {len(table.fields)}
    known = {row["reference"] for row in rows_of(commission, "persons")}
    assert {row["person"] for row in rows_of(commission, "involvements")} == known

    record = asked_for(user, "partner", recipient_organisation_id=partner.id)
    outside = released(keys, record)
    assert {each.reason: each.count for each in outside.withheld} == {
        "held": 5,
        "no_consent": 5,
        "rounded": 5,
    }, "that it was one is nobody's to know"
    assert outside.cases.count == 120 - 3, "nor is a case that concerns the recipient counted anywhere"
    row = rows_of(outside)[0]
    assert set(row) >= {"cercle", "occurred_from", "account"}
    assert not set(row) & {"place", "received_on", "women", "channel", "actors"}
    assert (row["cercle"], row["occurred_from"], row["victim_age"]) == ("ML0501", "2026-W11", "adult")
    assert row["latitude"] != 14.46
    assert set(outside.tables) == {"cases"}
    assert outside.risks is not None
    assert outside.risks.k >= 5
    assert outside.settle is not None
    with transaction() as session:
        outside.settle(session, record)

    everybody = released(keys, asked_for(user, "public"))
    assert {each.reason: each.count for each in everybody.withheld}["too_recent"] == 10
    assert set(rows_of(everybody)[0]) == {
        "reference",
        "violation",
        "region",
        "occurred_from",
        "actor_category",
        "victim_sex",
        "victim_age",
        "victims",
        "copy",
    }


def test_two_copies_share_no_reference_and_no_order(keys: Keys, make_user: Callable[..., User]) -> None:
    user = make_user(role=Role.ANALYST)
    many_cases(60)
    one, other = (released(keys, asked_for(user, "partner")) for _ in range(2))
    references = [[row["reference"] for row in rows_of(each)] for each in (one, other)]
    assert not set(references[0]) & set(references[1])
    again = rows_of(one)
    assert [row["reference"] for row in again] == references[0], "asked for twice, rows are the same"
    kinds = [[row["violation"] for row in rows_of(each)] for each in (one, other)]
    assert Counter(kinds[0]) == Counter(kinds[1])
    assert kinds[0] != kinds[1]


def test_where_few_look_alike_nothing_goes_out(keys: Keys, make_user: Callable[..., User]) -> None:
    user = make_user(role=Role.ANALYST)
    with pytest.raises(CannotRelease, match="nothing_chosen"):
        released(keys, asked_for(user, "cndh"))
    many_cases(4)
    with pytest.raises(CannotRelease, match="too_few"):
        released(keys, asked_for(user, "partner"))


def test_where_nothing_goes_out_it_is_told_what_stood_against_it(
    keys: Keys, make_user: Callable[..., User]
) -> None:
    user = make_user(role=Role.ANALYST)
    many_cases(4)
    with transaction() as session:
        session.execute(update(Case).values(received_at=utcnow()))
    with pytest.raises(CannotRelease, match="nothing_chosen") as nothing:
        released(keys, asked_for(user, "public"))
    assert [each.reason for each in nothing.value.withheld] == ["too_recent", "rounded"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_knows_a_case_finds_no_row_of_it_in_any_file_of_a_copy(
    keys: Keys, make_user: Callable[..., User], tmp_path: Path
) -> None:
    """The attacker knows cercle and day of every case, has all files of a copy, and joins whatever can be joined."""
    user = make_user(role=Role.ANALYST)
    places = [("ML05", "ML0501"), ("ML05", "ML0502"), ("ML07", "ML0701")]
    for at in range(24):
        region, cercle = places[at % 3]
        day = date(2026, 3, 2) + timedelta(days=3 * at)
        many_cases(
            5 + at % 4, region_code=region, cercle_code=cercle, occurred_from=day, place_name=f"Hameau {at}"
        )
    for level, least in (("partner", 5), ("public", 10)):
        release = released(keys, asked_for(user, level))
        for file_format in ("huridocs", "geojson", "csv"):
            folder = tmp_path / level / file_format
            folder.mkdir(parents=True)
            WRITERS[file_format](release, folder, lambda _: None)
        assert [path.name for path in (tmp_path / level / "csv").glob("*.csv")] == ["cases.csv"]
        with (tmp_path / level / "huridocs" / "events.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        points = json.loads((tmp_path / level / "geojson" / "cases.geojson").read_text("utf-8"))["features"]
        where = {each["properties"]["reference"]: each["geometry"] for each in points}
        assert [row["reference"] for row in rows] == sorted(row["reference"] for row in rows), (
            "by token alone"
        )
        alike = Counter(
            (row["region"], row.get("cercle"), row["occurred_from"], str(where[row["reference"]]))
            for row in rows
        )
        assert min(alike.values()) >= least, level
        for at in range(24):
            region, cercle = places[at % 3]
            day = date(2026, 3, 2) + timedelta(days=3 * at)
            fits = [
                row
                for row in rows
                if row["region"] in {"", region}
                and row.get("cercle") in {None, "", cercle}
                and row["occurred_from"]
                in {"", *(period(day, step) for step in ("week", "month", "quarter", "year"))}
            ]
            assert not fits or len(fits) >= least
            assert not fits or len({row["violation"] for row in fits}) >= 2
        for path in (tmp_path / level).rglob("*"):
            if path.is_file():
                assert "Hameau" not in path.read_text("utf-8")
                assert not re.search(r"2026-0[345]-\d\d", path.read_text("utf-8")), "no day"
