"""What an auditor's machine finds in an exported trail: every way in which one could be tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from app.audit.checking import Outcome, Problem, check
from app.audit.digests import FIRST_DIGEST, FORMAT, Head, entry_digest, moment, sign, signature_digest

KEY = SigningKey(b"\x21" * 32)
FORGED = SigningKey(b"\x22" * 32)
BEGUN = datetime(2026, 3, 1, 8, tzinfo=UTC)
Record = dict[str, Any]


def trail(days: int = 4, a_day: int = 3, key: SigningKey = KEY, actor: str = "worker") -> list[Record]:
    """An exported trail: some entries a day, and the day's signed head."""
    records: list[Record] = [{"kind": "trail", "format": FORMAT, "public_keys": []}]
    previous, previous_head, sequence = FIRST_DIGEST, FIRST_DIGEST, 0
    for day in range(days):
        for _ in range(a_day):
            sequence += 1
            at = BEGUN + timedelta(days=day, minutes=sequence)
            detail = {"number": sequence}
            digest = entry_digest(sequence, at, actor, "case.read", f"case:{sequence}", detail, previous)
            records.append(entry(sequence, at, actor, detail, previous, digest))
            previous = digest
        head = Head(day + 1, sequence, previous, BEGUN + timedelta(days=day, hours=9), previous_head)
        signature = sign(head, key)
        records.append(signed(head, signature, key))
        previous_head = signature_digest(signature)
    return [*records, {"kind": "end", "entries": days * a_day, "heads": days}]


def entry(number: int, at: datetime, actor: str, detail: Record, previous: bytes, digest: bytes) -> Record:
    return {
        "kind": "entry",
        "sequence": number,
        "at": moment(at),
        "actor": actor,
        "action": "case.read",
        "subject": f"case:{number}",
        "detail": detail,
        "previous": previous.hex(),
        "digest": digest.hex(),
    }


def signed(head: Head, signature: bytes, key: SigningKey) -> Record:
    return {
        "kind": "head",
        "number": head.number,
        "sequence": head.sequence,
        "digest": head.digest.hex(),
        "signed_at": moment(head.signed_at),
        "previous": head.previous.hex(),
        "public_key": bytes(key.verify_key).hex(),
        "signature": signature.hex(),
    }


def looked_at(records: list[Record], earlier: list[Record] | None = None) -> Outcome:
    before = None if earlier is None else [json.dumps(each) for each in earlier]
    return check([json.dumps(each) for each in records], [bytes(KEY.verify_key)], before)


def problems(records: list[Record], earlier: list[Record] | None = None) -> set[Problem]:
    return {found.problem for found in looked_at(records, earlier).problems}


def counted(records: list[Record]) -> list[Record]:
    """With a last line that fits, as whoever tampers would write it."""
    kinds = [each["kind"] for each in records]
    return [*records[:-1], {"kind": "end", "entries": kinds.count("entry"), "heads": kinds.count("head")}]


def test_a_trail_that_nobody_touched_holds() -> None:
    outcome = looked_at(trail())
    assert outcome.holds
    assert (outcome.entries, outcome.heads, outcome.unsigned) == (12, 4, 0)
    assert looked_at(trail(days=4), earlier=trail(days=2)).holds


def delete_one(records: list[Record]) -> list[Record]:
    return records[:6] + records[7:]


def alter_one(records: list[Record]) -> list[Record]:
    return [{**each, "actor": "user:1"} if each.get("sequence") == 5 else each for each in records]


def alter_with_its_digest(records: list[Record]) -> list[Record]:
    changed = dict(records[6])
    changed["detail"] = {"number": 99}
    fields = [changed[name] for name in ("actor", "action", "subject")]
    at, previous = datetime.fromisoformat(changed["at"]), bytes.fromhex(changed["previous"])
    digest = entry_digest(changed["sequence"], at, *fields, changed["detail"], previous)
    return [*records[:6], {**changed, "digest": digest.hex()}, *records[7:]]


def swap_two(records: list[Record]) -> list[Record]:
    return [*records[:5], records[6], records[5], *records[7:]]


def leave_out_a_head(records: list[Record]) -> list[Record]:
    heads = [place for place, each in enumerate(records) if each["kind"] == "head"]
    return [each for place, each in enumerate(records) if place != heads[1]]


def swap_heads(records: list[Record]) -> list[Record]:
    first, second = (
        place for place, each in enumerate(records) if each["kind"] == "head" and each["number"] < 3
    )
    swapped = list(records)
    swapped[first], swapped[second] = records[second], records[first]
    return swapped


def write_anew(records: list[Record]) -> list[Record]:
    return trail(key=FORGED, actor="user:1")


def write_anew_under_the_old_heads(records: list[Record]) -> list[Record]:
    heads = iter([each for each in records if each["kind"] == "head"])
    return [next(heads) if each["kind"] == "head" else each for each in trail(actor="user:1")]


def take_all_heads_away(records: list[Record]) -> list[Record]:
    return [each for each in records if each["kind"] != "head"]


def no_longer_sign(records: list[Record]) -> list[Record]:
    return [each for each in records if each["kind"] != "head" or each["number"] == 1]


def put_one_in(records: list[Record]) -> list[Record]:
    return [*records[:4], records[3], *records[4:]]


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (delete_one, Problem.MISSING),
        (alter_one, Problem.CHANGED),
        (alter_with_its_digest, Problem.NOT_FOLLOWING),
        (swap_two, Problem.MISSING),
        (put_one_in, Problem.MISSING),
        (leave_out_a_head, Problem.HEAD_MISSING),
        (swap_heads, Problem.HEAD_ELSEWHERE),
        (write_anew, Problem.NOT_SIGNED),
        (write_anew_under_the_old_heads, Problem.HEAD_ELSEWHERE),
        (take_all_heads_away, Problem.NO_HEAD),
        (no_longer_sign, Problem.UNSIGNED_LONG),
    ],
)
def test_tampering_is_found(tamper: Callable[[list[Record]], list[Record]], problem: Problem) -> None:
    assert problem in problems(counted(tamper(trail())))


def test_a_file_that_was_cut_off_is_found() -> None:
    assert Problem.NO_END in problems(trail()[:-1])
    assert Problem.NO_END in problems([*trail(), trail()[1]])


def test_an_end_that_was_cut_off_with_its_heads_is_found_beside_an_earlier_file() -> None:
    cut = trail(days=2)
    assert looked_at(cut).holds  # that is why auditors keep what they were given
    assert problems(cut, earlier=trail(days=3)) == {Problem.NOT_AS_EARLIER}


def test_another_past_is_found_beside_an_earlier_file_even_when_it_is_signed() -> None:
    assert Problem.NOT_AS_EARLIER in problems(trail(actor="user:1"), earlier=trail(days=2))


def test_a_head_that_is_signed_by_nobody_known_proves_nothing() -> None:
    lines = [json.dumps(each) for each in trail()]
    assert not check(lines, []).holds
    assert not check(lines, [bytes(FORGED.verify_key)]).holds


@given(st.data())
def test_no_single_change_goes_unnoticed(data: st.DataObject) -> None:
    records = trail(days=2, a_day=2)
    place = data.draw(st.integers(1, len(records) - 2))
    name = data.draw(st.sampled_from(sorted(set(records[place]) - {"kind"})))
    value = records[place][name]
    other = data.draw(st.one_of(st.none(), st.integers(), st.text(max_size=8), st.just({}), st.just([])))
    if other == value:
        return
    records[place] = {**records[place], name: other}
    assert not looked_at(records).holds


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30), st.sampled_from(["{}", "[]", "null", '{"kind": "entry"}', '{"kind": []}'])
        )
    )
)
def test_any_file_gives_an_answer(lines: list[str]) -> None:
    assert not check(lines, [bytes(KEY.verify_key)], lines).holds
