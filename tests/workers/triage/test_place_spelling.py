"""Spellings of one Malian name that must meet, and names that must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference.spelling import spelling_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ouattagouna", "watagouna"),
        ("niafunke", "gnafunke"),
        ("diabaly", "djabali"),
        ("koutiala", "kutyala"),
        ("bankass", "bancas"),
        ("segou", "segu"),
        ("tenenkou", "tenencou"),
        ("toguere", "togere"),
        ("aguelhok", "aguelok"),
        ("douentza", "dwentza"),
    ],
)
def test_usual_spellings_meet(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("koro", "kori"), ("bamba", "bama"), ("gao", "gaou"), ("kita", "kati")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_a_doubled_letter_changes_nothing(name: str) -> None:
    assert spelling_key(name.replace("t", "tt")) == spelling_key(name.replace("tt", "t").replace("tt", "t"))
