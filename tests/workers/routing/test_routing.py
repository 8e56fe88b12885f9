"""Who is proposed a case, and above all who is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.contracts import RoutableCase, RoutableOrganisation, RoutingRule
from workers.routing import route

CASE = RoutableCase({"pillage": 0.9}, "Bandiagara", "Koro", 0.9, 2, ("unknown_armed_men",))
CNDH = RoutableOrganisation("cndh", is_active=True, names=frozenset({"CNDH"}))
CSO = RoutableOrganisation("cso", is_active=True)
ANY = RoutingRule("r1", "everything", "cndh")
LOCAL = RoutingRule(
    "r2", "pillage at Bandiagara", "cso", frozenset({"pillage"}), frozenset({"Bandiagara"}), deadline_hours=24
)


def _chosen(
    case: RoutableCase, *rules: RoutingRule, organisations: tuple[RoutableOrganisation, ...] = (CNDH, CSO)
) -> list[str]:
    return [referral.organisation_id for referral in route(case, rules, organisations)]


def test_every_rule_that_fires_proposes_its_organisation_soonest_deadline_first() -> None:
    assert _chosen(CASE, ANY, LOCAL) == ["cso", "cndh"]


def test_two_rules_for_one_organisation_are_one_referral_with_the_shorter_deadline() -> None:
    (referral,) = route(CASE, [ANY, replace(LOCAL, organisation_id="cndh")], [CNDH])
    assert referral.rule_ids == ("r1", "r2")
    assert referral.deadline_hours == 24


def test_the_reason_names_the_rule_and_what_made_it_fire() -> None:
    (referral,) = route(CASE, [LOCAL], [CSO])
    assert referral.reasons == ("pillage at Bandiagara: pillage (90%), region Bandiagara",)


@pytest.mark.parametrize(
    "case",
    [
        replace(CASE, may_share=False),
        replace(CASE, violations={"pillage": 0.4}),
        replace(CASE, violations={"none": 0.9}),
        replace(CASE, violations={}),
        replace(CASE, region="Gao"),
        replace(CASE, region=None),
        replace(CASE, place_confidence=0.3),
    ],
    ids=["not to share", "unsure", "no incident", "nothing", "elsewhere", "nowhere", "place unsure"],
)
def test_uncertain_or_not_to_be_shared_is_left_to_a_person(case: RoutableCase) -> None:
    assert _chosen(case, LOCAL) == []


def test_an_organisation_that_is_not_active_gets_nothing() -> None:
    assert _chosen(CASE, ANY, organisations=(replace(CNDH, is_active=False),)) == []


def test_an_organisation_never_gets_a_case_against_those_it_is_bound_to() -> None:
    bound = replace(CSO, conflict_actors=frozenset({"gendarmerie"}))
    case = replace(CASE, actors=("unknown_armed_men", "gendarmerie"))
    assert _chosen(case, LOCAL, organisations=(bound,)) == []


def test_an_organisation_never_gets_a_case_that_names_it() -> None:
    assert _chosen(replace(CASE, named_organisations=("cndh",)), ANY) == []


def test_a_rule_for_an_organisation_that_does_not_exist_proposes_nothing() -> None:
    assert _chosen(CASE, replace(ANY, organisation_id="gone")) == []


@pytest.mark.parametrize(("least", "chosen"), [(2, ["cndh"]), (3, [])])
def test_a_rule_may_ask_for_urgency(least: int, chosen: list[str]) -> None:
    assert _chosen(CASE, replace(ANY, minimum_urgency=least)) == chosen


@pytest.mark.parametrize(("actor", "chosen"), [("unknown_armed_men", ["cndh"]), ("fama", [])])
def test_a_rule_may_ask_for_an_actor(actor: str, chosen: list[str]) -> None:
    assert _chosen(CASE, replace(ANY, actors=frozenset({actor}))) == chosen


@given(
    st.permutations([ANY, LOCAL, replace(ANY, id="r3", organisation_id="cso")]), st.permutations([CNDH, CSO])
)
def test_the_order_of_rules_and_organisations_changes_nothing(
    rules: list[RoutingRule], organisations: list[RoutableOrganisation]
) -> None:
    assert route(CASE, rules, organisations) == route(
        CASE, sorted(rules, key=lambda rule: rule.id), [CNDH, CSO]
    )
