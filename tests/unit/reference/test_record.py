"""The record's vocabularies say what the code counts on."""

from __future__ import annotations

from app.models import ActState, InvolvementRole, LinkKind, PersonKind
from app.models.persons import UNKNOWN
from app.reference.record import vocabulary
from app.reference.taxonomy import actor_categories


def test_codes_and_words_agree() -> None:
    for name, codes in {
        "role": InvolvementRole,
        "act_state": ActState,
        "link": LinkKind,
        "inverse_link": LinkKind,
        "person_kind": PersonKind,
        "reliability": "ABCDEF",
        "credibility": "123456",
    }.items():
        assert list(vocabulary(name)) == [str(code) for code in codes]


def test_unknown_can_always_be_said() -> None:
    assert all(
        UNKNOWN in vocabulary(name) for name in ("sex", "age_group", "condition", "certainty", "count")
    )


def test_every_point_can_be_settled_by_an_answer_that_there_is() -> None:
    answers = set(vocabulary("answer"))
    assert all(point.needs and point.needs <= answers for point in vocabulary("check").values())
    assert all({"fr", "en"} <= set(point.labels) for point in vocabulary("check").values())


def test_every_kind_of_author_has_a_nature() -> None:
    assert {category.nature for category in actor_categories().values()} == {"state", "non_state", "unknown"}
