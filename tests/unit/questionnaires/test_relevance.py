"""When a question is put: beside a small oracle that decides the same by hand, and what is refused."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questionnaires.relevance import Unsupported, check, is_relevant, names_in

Answers = dict[str, str | list[str]]

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAMES = ("what", "who", "killed")
_CODES = ("yes", "no", "killing", "it's", "a-b")


@dataclass(frozen=True)
class Both:
    """An expression as written, and what it must come to."""

    written: str
    holds: Callable[[Answers], bool]


def number_of(answer: str | list[str]) -> float:
    text = (answer if isinstance(answer, str) else " ".join(answer)).strip()
    return float(text) if text.isdecimal() and text.isascii() else math.nan


def codes_of(answer: str | list[str]) -> list[str]:
    return answer.split() if isinstance(answer, str) else [code for each in answer for code in each.split()]


def quoted(code: str) -> str:
    return f'"{code}"' if "'" in code else f"'{code}'"


@st.composite
def comparisons(draw: st.DrawFn) -> Both:
    name, sign, number = (
        draw(st.sampled_from(_NAMES)),
        draw(st.sampled_from(list(_COMPARISONS))),
        draw(st.integers(0, 20)),
    )
    return Both(
        f"${{{name}}} {sign} {number}",
        lambda answers: _COMPARISONS[sign](number_of(answers.get(name, "")), number),
    )


@st.composite
def selections(draw: st.DrawFn) -> Both:
    name, code = draw(st.sampled_from(_NAMES)), draw(st.sampled_from(_CODES))
    return Both(
        f"selected(${{{name}}}, {quoted(code)})", lambda answers: code in codes_of(answers.get(name, ""))
    )


@st.composite
def equalities(draw: st.DrawFn) -> Both:
    name, code = draw(st.sampled_from(_NAMES)), draw(st.sampled_from(_CODES))

    def holds(answers: Answers) -> bool:
        answer = answers.get(name, "")
        return (answer if isinstance(answer, str) else " ".join(answer)) == code

    return Both(f"${{{name}}} = {quoted(code)}", holds)


def combined(parts: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    def join(left: Both, right: Both, word: str) -> Both:
        either = {"and": all, "or": any}[word]
        return Both(
            f"({left.written}) {word} ({right.written})",
            lambda answers: either([left.holds(answers), right.holds(answers)]),
        )

    return st.one_of(
        st.builds(join, parts, parts, st.sampled_from(["and", "or"])),
        st.builds(lambda part: Both(f"not({part.written})", lambda answers: not part.holds(answers)), parts),
    )


expressions = st.recursive(st.one_of(comparisons(), selections(), equalities()), combined, max_leaves=4)
values = st.one_of(
    st.just(""),
    st.integers(0, 20).map(str),
    st.sampled_from(_CODES),
    st.lists(st.sampled_from(_CODES), max_size=3),
    st.text(max_size=12),
)
all_answers = st.dictionaries(st.sampled_from(_NAMES), values)


@given(expressions, all_answers)
def test_an_expression_comes_to_what_it_says(expression: Both, answers: Answers) -> None:
    usual = {name: answer for name, answer in answers.items() if not _is_odd(answer)}
    check(expression.written)
    assert is_relevant(expression.written, usual) == expression.holds(usual), expression.written


def _is_odd(answer: str | list[str]) -> bool:
    """What no page gives: the oracle doesn't know XPath's numbers and white space."""
    return isinstance(answer, str) and answer not in _CODES and not (answer.isascii() and answer.isdecimal())


@given(expressions, st.dictionaries(st.text(max_size=8), values))
def test_odd_answers_never_raise(expression: Both, answers: Answers) -> None:
    assert is_relevant(expression.written, answers) in {True, False}


@given(st.text(max_size=60))
def test_whatever_is_written_is_refused_with_a_reason_or_can_be_evaluated(written: str) -> None:
    try:
        check(written)
    except Unsupported as refusal:
        assert str(refusal).partition(":")[0] in {"syntax", "function", "unquoted", "too_long"}  # noqa: PT017
        return
    assert is_relevant(written, {}) in {True, False}


@pytest.mark.parametrize(
    ("written", "answers", "expected"),
    [
        ("", {}, True),
        ("${killed} > 3", {}, False),
        ("${killed} > 3", {"killed": "unknown"}, False),
        ("${killed} > 9", {"killed": "10"}, True),
        ("not(${killed} > 3)", {}, True),
        ("${killed} = ''", {}, True),
        ("count-selected(${what}) >= 2", {"what": ["killing", "pillage"]}, True),
        ("count-selected(${what}) >= 2", {"what": ["killing"]}, False),
        ("selected(${what}, 'kill')", {"what": ["killing"]}, False),
        ("${killed} + ${injured} > 10", {"killed": "6", "injured": "6"}, True),
        ("string-length(${who}) > 0 and contains(${who}, 'state')", {"who": ["state"]}, True),
        ("${who} = '${killed}'", {"who": "1", "killed": "1"}, False),
        ("${killed} mod 0 = 1", {"killed": "1"}, True),  # it can't be decided, so it is asked
    ],
)
def test_what_an_administrator_writes(written: str, answers: Answers, expected: bool) -> None:
    assert is_relevant(written, answers) is expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("${who} = state", "unquoted:state"),
        ("${who} = ", "syntax:"),
        ("$who = 'x'", "syntax:$"),
        ("position() = 1", "function:position"),
        ("../who = 'x'", "function:/"),
        ("regex(${who}, 'x')", "syntax:"),
        (". > 3", "function:."),
        ("//*", "function://"),
        ("selected(${who})", "syntax:"),
        ("1" + " + 1" * 400, "too_long:"),
        ("(" * 40 + "1" + ")" * 40, "too_long:"),
        ("-" * 400 + "1", "syntax:"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(written: str, reason: str) -> None:
    with pytest.raises(Unsupported) as refusal:
        check(written)
    assert str(refusal.value).startswith(reason)


def test_an_answer_is_never_read_as_part_of_the_expression() -> None:
    sly = "' or '1'='1"
    assert not is_relevant("${who} = 'state'", {"who": sly})
    assert is_relevant('${who} = "' + sly + '"', {"who": sly})


def test_the_names_that_are_asked_about() -> None:
    assert names_in("selected(${what}, '${who}') or ${ killed } > 1") == {"what", "killed"}
