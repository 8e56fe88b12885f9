"""The rules of what becomes of each field: understood or refused, never taken for "keep", and stricter outwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.fields import (
    FieldDefinition,
    FieldsError,
    Rule,
    RuleKind,
    parse_rule,
    read_tables,
    tables,
    tables_at,
)
from app.exports.level_rules import rules_for
from app.exports.levels import Level
from workers.disclosure.periods import PERIODS
from workers.exports.generalising import band, kind_under, period
from workers.exports.shaping import check_columns

LADDER = ("day", "week", "month")
KNOWN = {"keep", "drop", "generalise:week", "generalise:month", "generalise:day"}
ANY_RULE = st.one_of(
    st.sampled_from(sorted(KNOWN)), st.text(max_size=20), st.text(max_size=8).map("generalise:{}".format)
)


@given(ANY_RULE)
def test_a_rule_that_nobody_knows_is_refused(written: str) -> None:
    if written in KNOWN:
        assert str(parse_rule(written, "date", LADDER)) == written
    else:
        with pytest.raises(FieldsError):
            parse_rule(written, "date", LADDER)


def entry(**changed: Any) -> dict[str, Any]:
    words = {"fr": "Jour", "en": "Day"}
    rules = {"public": "drop", "partner": "generalise:week", "cndh": "keep", "judicial": "keep"}
    field = {"kind": "date", "label": words, "about": words, "hxl": "#date", "width": 9, "ladder": "date"}
    whole = {**field, "rules": rules, **changed}
    table = {"label": words, "fields": {"day": {name: value for name, value in whole.items() if value}}}
    return {"ladders": {"date": list(LADDER)}, "tables": {"cases": table}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": {"public": "drop", "partner": "drop", "cndh": "keep"}},
        {"rules": dict.fromkeys(Level, "tokenise")},
        {"kind": "code"},
        {"kind": "picture"},
        {"hxl": "date"},
        {"label": {"fr": "Jour"}},
        {"quasi": "wealth"},
        {"rules": None},
    ],
)
def test_a_field_that_cannot_be_followed_stops_the_loading(wrong: dict[str, Any]) -> None:
    assert "cases" in read_tables(entry())
    with pytest.raises(FieldsError, match=r"cases\.day"):
        read_tables(entry(**wrong))


def openness(field: FieldDefinition, rule: Rule) -> int:
    if rule.kind is RuleKind.DROP:
        return 0
    if rule.kind is RuleKind.GENERALISE:
        return len(field.ladder) - field.ladder.index(rule.to)
    return 100 if rule.kind is RuleKind.KEEP else 50


def test_no_field_is_more_open_to_more_people() -> None:
    for table in tables().values():
        for field in table.fields:
            open_to = [
                openness(field, field.rules[level]) for level in (Level.PUBLIC, Level.PARTNER, Level.CNDH)
            ]
            assert open_to == sorted(open_to), (table.code, field.code)


def test_every_field_is_read_and_what_may_single_out_is_guarded() -> None:
    for table in tables().values():
        check_columns(table)
    for level in (Level.PUBLIC, Level.PARTNER):
        rules, fields = rules_for(level), tables_at(level)["cases"].fields
        assert rules is not None
        guarded = {field.quasi for field in fields}
        assert guarded >= {"place", "date", "actor", "sex", "age", "count", "sensitive"}
        day = next(field for field in fields if field.quasi == "date")
        assert day.rules[level].to == rules.finest["date"]
        assert (
            next(field.code for field in reversed(fields) if field.quasi == "place") == rules.finest["place"]
        )
        loose = {
            "reference",
            "violation",
            "violations",
            "verification",
            "account",
            "latitude",
            "longitude",
            "copy",
        }
        assert all(field.quasi or field.code in loose for field in fields), "a field that nobody guards"
        for field in fields:
            kind_under(field, field.rules[level])  # every generalised field has a kind


def test_where_rows_are_coarse_nothing_stands_beside_the_case_that_could_be_laid_over_it() -> None:
    """No second table counts or dates what the case's row made coarse; and no other day than the event's goes out, so
    that months of it (whole weeks) can't be laid over the months of the calendar in which figures count what came in.
    """
    for level in (Level.PUBLIC, Level.PARTNER):
        out = tables_at(level)
        assert set(out) == {"cases"}
        for field in out["cases"].fields:
            rule = field.rules[level]
            if field.kind in {"date", "integer", "decimal"}:
                assert rule.kind is RuleKind.GENERALISE, field.code
            if field.kind == "date":
                assert field.quasi == "date", field.code
            if field.kind == "reference":
                assert rule.kind is RuleKind.TOKENISE, field.code
            if field.kind == "text":
                assert rule.kind is RuleKind.TEXT or field.code == "copy", field.code


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(PERIODS), st.sampled_from(PERIODS))
def test_a_period_is_never_finer_than_what_is_known(day: date, known: str, wanted: str) -> None:
    coarser = max(known, wanted, key=PERIODS.index)
    neighbours = [day + timedelta(days=step) for step in (-1, 0, 1)]
    same = {each for each in neighbours if period(each, coarser) == period(day, coarser)}
    assert {period(each, wanted, known) for each in same} == {period(day, wanted, known)}


@given(st.integers(1, 10_000))
def test_every_count_has_a_band(count: int) -> None:
    lowest = int(band(count).partition("-")[0].rstrip("+"))
    assert lowest <= count
    assert band(None) == "unknown"
