"""What rules may ask for, what nothing may widen, and who never gets anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import ConsentCondition, Disclosure
from app.reference.taxonomy import actor_categories, meant_authors, possible_authors
from workers.contracts import (
    ConsentAsked,
    RoutableCase,
    RoutableOrganisation,
    RoutingRule,
    Withheld,
)
from workers.routing import judge, route
from workers.routing.comparison import Comparison
from workers.routing.conditions import limits
from workers.routing.moments import is_within

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
KINDS = ("cndh", "civil_society", "institution")
VIOLATIONS, REGIONS, ACTORS = (
    ("pillage", "torture"),
    ("ML19", "ML05"),
    ("fama", "gendarmerie", "dozo", "state"),
)

some = st.frozensets
moments = st.integers(0, 24 * 60).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
hours = st.none() | st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda pair: pair[0] != pair[1])
cases = st.builds(
    RoutableCase,
    violations=st.dictionaries(st.sampled_from([*VIOLATIONS, "none"]), st.floats(0, 1), max_size=3),
    region=st.none() | st.sampled_from(REGIONS),
    cercle=st.none() | st.sampled_from(("ML1901", "ML0501")),
    place_confidence=st.floats(0, 1),
    urgency=st.integers(0, 3),
    actors=st.lists(st.sampled_from(ACTORS), max_size=3),
    named_organisations=st.lists(st.sampled_from(("cndh", "Herders", "other")), max_size=2),
    may_share=st.booleans(),
    language=st.sampled_from(("fra", "bam")),
    channel=st.sampled_from(("sms", "web")),
    arrived_at=st.none() | moments,
    allowed_kinds=st.none() | some(st.sampled_from(KINDS)),
    allows_identity=st.booleans(),
    needs_person=st.booleans(),
)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "violations": some(st.sampled_from(VIOLATIONS), min_size=1),
        "regions": some(st.sampled_from(REGIONS), min_size=1),
        "actors": some(st.sampled_from(ACTORS), min_size=1),
        "minimum_urgency": st.integers(0, 3),
        "minimum_confidence": st.floats(0.5, 1),
        "languages": some(st.sampled_from(("fra", "bam")), min_size=1),
        "channels": some(st.sampled_from(("sms", "web")), min_size=1),
        "days": some(st.integers(0, 6), min_size=1),
        "hours": hours,
        "consent": st.sampled_from(ConsentAsked),
    },
)
organisations = st.lists(
    st.builds(
        RoutableOrganisation,
        id=st.sampled_from(("cndh", "cso")),
        is_active=st.booleans(),
        conflict_actors=some(st.sampled_from(ACTORS)),
        names=some(st.sampled_from(("Herders", "Union"))),
        kind=st.sampled_from(KINDS),
    ),
    unique_by=lambda organisation: organisation.id,
)
rules = st.builds(
    lambda key, to, disclosure, asked: RoutingRule(key, key, to, disclosure=disclosure, **asked),
    st.sampled_from(("a", "b", "c")),
    st.sampled_from(("cndh", "cso", "gone")),
    st.sampled_from(("summary", "anonymised", "with_identity")),
    conditions,
)
tables = st.lists(rules, max_size=3, unique_by=lambda rule: rule.id)


@given(cases, tables, organisations)
def test_nothing_goes_to_whom_it_may_not(
    case: RoutableCase, table: list[RoutingRule], known: list[RoutableOrganisation]
) -> None:
    by_id = {each.id: each for each in known}
    for referral in route(case, table, known):
        receiver = by_id[referral.organisation_id]
        assert case.may_share
        assert receiver.is_active
        assert receiver.conflict_actors.isdisjoint(case.actors)
        assert {receiver.id, *receiver.names}.isdisjoint(case.named_organisations)
        assert case.allowed_kinds is None or receiver.kind in case.allowed_kinds
        assert referral.disclosure != "with_identity" or case.allows_identity
        assert not (referral.is_sent and case.needs_person)


@given(cases, rules, conditions, organisations)
def test_asking_for_more_never_widens(
    case: RoutableCase, rule: RoutingRule, added: dict[str, Any], known: list[RoutableOrganisation]
) -> None:
    unset = {name: value for name, value in added.items() if getattr(rule, name) == getattr(PLAIN, name)}
    narrower = replace(rule, **unset)
    wide = {referral.organisation_id for referral in route(case, [rule], known)}
    assert {referral.organisation_id for referral in route(case, [narrower], known)} <= wide


PLAIN = RoutingRule("plain", "plain", "cndh")


@given(cases, tables, organisations)
def test_what_is_withheld_has_a_reason_and_what_is_routed_has_none(
    case: RoutableCase, table: list[RoutingRule], known: list[RoutableOrganisation]
) -> None:
    judged = judge(case, table, known)
    assert [each.referral for each in judged if each.withheld is None] == route(case, table, known)
    assert len({each.referral.organisation_id for each in judged}) == len(judged)


@given(moments, hours.filter(lambda pair: pair is not None))
def test_a_time_is_in_a_window_or_in_the_rest_of_the_day(moment: datetime, pair: tuple[int, int]) -> None:
    first, until = pair
    assert is_within(moment, (), (first, until)) != is_within(moment, (), (until, first))


@given(st.integers(0, 6), st.integers(0, 47))
def test_a_night_belongs_to_the_day_on_which_it_begins(day: int, hour: int) -> None:
    moment = MONDAY + timedelta(days=day, hours=hour)
    assert is_within(moment, {day}, (22, 6)) == (22 <= hour < 30)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"cercles": frozenset({"ML1901"})}, True),
        ({"cercles": frozenset({"ML1902"})}, False),
        ({"cercles": frozenset({"ML1902"}), "regions": frozenset({"ML19"})}, True),
        ({"languages": frozenset({"bam"})}, False),
        ({"channels": frozenset({"sms"})}, True),
        ({"days": frozenset({0})}, True),
        ({"days": frozenset({1})}, False),
        ({"hours": (22, 1)}, True),
        ({"consent": ConsentAsked.NEVER_ASKED}, True),
        ({"consent": ConsentAsked.ALLOWED}, False),
        ({"actors": meant_authors(["state"])}, True),
    ],
)
def test_each_condition_is_asked(asked: dict[str, Any], *, fits: bool) -> None:
    assert [each.organisation_id for each in route(CASE, [replace(PLAIN, **asked)], [CNDH])] == [
        "cndh"
    ] * fits


CASE = RoutableCase(
    {"pillage": 0.9},
    "ML19",
    "ML1901",
    0.9,
    2,
    ("gendarmerie",),
    language="fra",
    channel="sms",
    arrived_at=MONDAY,
)
CNDH = RoutableOrganisation("cndh", is_active=True, kind="cndh")


def test_where_two_rules_differ_the_organisation_sees_the_least() -> None:
    table = [PLAIN, replace(PLAIN, id="other", disclosure="summary", sends_at_once=False)]
    (referral,) = route(CASE, table, [CNDH])
    assert (referral.disclosure, referral.is_sent) == ("summary", True)
    known = replace(CASE, allowed_kinds=frozenset({"cndh"}), allows_identity=True)
    (referral,) = route(known, [replace(PLAIN, disclosure="with_identity")], [CNDH])
    assert referral.disclosure == "with_identity"


def test_the_words_of_the_engine_are_those_of_the_tables() -> None:
    assert [str(each) for each in ConsentAsked] == [str(each) for each in ConsentCondition]
    assert limits().disclosures == tuple(str(each) for each in Disclosure)


def test_a_category_means_its_members_and_a_member_may_be_meant_by_its_category() -> None:
    state = actor_categories()["state"]
    assert meant_authors(["state", "dozo"]) == state.members | {"state", "dozo"}
    assert possible_authors(["police"]) & meant_authors(["state"]) == {"police", "state"}


def test_a_comparison_counts_what_changes_and_why_the_rest_is_withheld() -> None:
    before = replace(PLAIN, id="r", violations=frozenset({"pillage"}))
    after = replace(before, violations=frozenset({"torture"}), sends_at_once=False)
    comparison = Comparison(after, [before], before, [CNDH])
    tortured = replace(CASE, violations={"torture": 0.9})
    comparison.add("1", CASE)
    comparison.add("2", tortured)
    comparison.add("3", replace(tortured, allowed_kinds=frozenset()))
    assert (comparison.cases, comparison.referred, comparison.sent_at_once) == (3, 1, 0)
    assert (comparison.gained, comparison.lost) == (1, 1)
    assert comparison.withheld == {Withheld.CONSENT: 1}
    assert (comparison.before["cndh"], comparison.after["cndh"]) == (1, 1)
    assert comparison.examples == ["2"]
