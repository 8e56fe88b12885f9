"""Authors are called the same on both sides: where they are chosen from and where workers find them."""

from __future__ import annotations

import csv
from importlib import resources

from app.reference.taxonomy import actor_categories, actor_names


def test_names_are_those_of_the_workers_vocabulary_and_every_member_has_one() -> None:
    lines = resources.files("workers.vocabularies").joinpath("actors.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    assert {row["code"]: row["name"] for row in rows} == dict(actor_names())
    members = {code for category in actor_categories().values() for code in category.members}
    assert members == set(actor_names())
