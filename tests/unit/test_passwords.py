"""Passwords cost an attacker what RFC 9106 asks for, and tell nobody whether an account exists."""

from __future__ import annotations

from argon2 import extract_parameters
from argon2.low_level import Type

from app.accounts.passwords import PARAMETERS, hash_password, is_correct


def test_the_parameters_are_those_of_rfc_9106_low_memory() -> None:
    assert PARAMETERS.type is Type.ID
    assert PARAMETERS.memory_cost >= 64 * 1024
    assert PARAMETERS.time_cost >= 3
    assert PARAMETERS.salt_len >= 16


def test_only_the_right_password_is_correct() -> None:
    stored = hash_password("correct horse battery")
    assert is_correct(stored, "correct horse battery")
    assert not is_correct(stored, "correct horse batterx")
    assert not is_correct(None, "correct horse battery")
    assert not is_correct("no hash at all", "correct horse battery")
    assert extract_parameters(stored).type is Type.ID
