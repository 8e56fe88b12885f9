"""`seere anonymise` and `seere triage`: one answer for each line, in order, and nobody waits for another's line."""

import io
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workers.commands.jsonlines import at_hand, results


class Typed(io.BytesIO):
    """What comes piece by piece, as from a person or a pipe; it tells how much of it has been taken."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__()
        self.pieces = list(pieces)

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def test_a_line_is_handed_on_before_the_next_one_is_written() -> None:
    typed = Typed([b'{"text": "un"}\n', b'{"text": ', b'"deux"}\n{"te', b'xt": "trois"}'])
    given_on = at_hand(typed)
    assert next(given_on) == [b'{"text": "un"}']
    assert len(typed.pieces) == 3
    assert [*given_on] == [[b'{"text": "deux"}'], [b'{"text": "trois"}']]


@given(st.lists(st.binary(max_size=12), max_size=20))
def test_lines_are_those_of_the_stream_however_it_is_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    lines = [line.removesuffix(b"\n") for line in io.BytesIO(whole)]
    assert [line for some in at_hand(Typed([each for each in pieces if each])) for line in some] == lines
    assert [line for some in at_hand(io.BytesIO(whole)) for line in some] == lines


def test_many_lines_are_taken_together_but_not_all() -> None:
    assert [len(some) for some in at_hand(io.BytesIO(b"{}\n" * 130))] == [64, 64, 2]


def test_a_bad_line_costs_nobody_else_the_answer() -> None:
    def answers(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if any(line["text"] == "boum" for line in lines):
            raise RuntimeError("secret")
        return [{"text": line["text"].upper()} for line in lines]

    texts = [{"id": 1, "text": "a"}, {"id": 2, "text": "boum"}, {"id": 3}, {"id": 4, "text": "b"}]
    told = results([*(json.dumps(line).encode() for line in texts), b"", b"no"], answers)
    assert told[0] == {"id": 1, "text": "A"}
    assert told[1] == {"id": 2, "error": "could not be processed (RuntimeError)"}
    assert told[2]["id"] == 3
    assert "error" in told[2]
    assert told[3] == {"id": 4, "text": "B"}
    assert [each["error"] for each in told[4:]] == ["the line is empty", "the line is not JSON"]
