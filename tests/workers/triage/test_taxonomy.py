"""The shared lists: the 22 fixed codes, with labels in every language of the pages."""

import pytest

from app.reference.taxonomy import ActorCategory, ViolationType, actor_categories, violations

FIXED = {
    "killing",
    "enforced_disappearance",
    "arbitrary_detention",
    "torture",
    "sexual_violence",
    "abduction",
    "pillage",
    "extortion",
    "forced_displacement",
    "attack_on_civilians",
    "attack_on_school_or_health",
    "explosive_device",
    "child_recruitment",
    "child_rights",
    "descent_based_slavery",
    "harmful_practice",
    "expression_and_assembly",
    "land_and_livelihood",
    "denial_of_justice",
    "threats",
    "other",
    "none",
}


def test_the_codes_are_the_fixed_ones() -> None:
    assert set(violations()) == FIXED


def test_the_order_is_that_of_the_list() -> None:
    assert [violation.order for violation in violations().values()] == list(range(len(FIXED)))


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_every_kind_has_its_own_label(language: str) -> None:
    kinds: list[ViolationType | ActorCategory] = [*violations().values(), *actor_categories().values()]
    labels = [kind.label(language) for kind in kinds]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_labels_are_found_by_iso_code_and_fall_back_to_french() -> None:
    killing = violations()["killing"]
    assert killing.label("bam") == killing.label("bm")
    assert killing.label("snk") == killing.label("fr")


def test_starting_urgencies_are_levels() -> None:
    assert {violation.default_urgency for violation in violations().values()} <= {0, 1, 2, 3}
    assert violations()["none"].default_urgency == 0
