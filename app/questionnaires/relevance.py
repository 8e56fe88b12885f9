"""When a question is put: the part of XLSForm's `relevant` that is supported, evaluated by elementpath.

An expression is XPath 1.0 over earlier answers, `${name}`: comparison, `and`, `or`, `not()`, arithmetic, `selected()`,
`count-selected()` and the functions on strings and numbers below. What isn't answered is the empty string. Answers
are handed over as variables, never pasted into the expression. https://xlsform.org/en/#relevant
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isnan, nan
from typing import Any

from elementpath import ElementPathError, XPath1Parser, XPathContext

from app.intake.submission import Answer

LONGEST_EXPRESSION = 500  # characters
DEEPEST_NESTING = 12  # parentheses within each other
_OPERATORS = {"and", "or", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "(", "$"}
_LITERALS = {"(string)", "(integer)", "(decimal)", "(float)"}
_FUNCTIONS = {
    *("not", "true", "false", "boolean", "selected", "count-selected"),
    *("number", "round", "floor", "ceiling"),
    *("string", "string-length", "contains", "starts-with", "normalize-space", "concat"),
}
_SUPPORTED = frozenset(_OPERATORS | _LITERALS | _FUNCTIONS)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"\A[ \t\r\n]*-?[0-9]{1,30}(?:\.[0-9]{0,30})?[ \t\r\n]*\Z")
_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_STRAY_VARIABLE = re.compile(r"\$(?!\{)")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


class Unsupported(ValueError):
    """An expression can't be used; the message is a code and what it is about: `function:position`."""


class _Parser(XPath1Parser):
    """XPath 1.0 with the two functions that ODK adds for choices, and comparison as its recommendation has it."""


@_Parser.method(_Parser.function("selected", nargs=2))
def evaluate_selected(self: Any, context: XPathContext | None = None) -> bool:
    return str(self.get_argument(context, index=1)) in str(self.get_argument(context)).split()


@_Parser.method(_Parser.function("count-selected", nargs=1))
def evaluate_count_selected(self: Any, context: XPathContext | None = None) -> int:
    return len(str(self.get_argument(context)).split())


def _evaluate_comparison(self: Any, context: XPathContext | None = None) -> bool:
    return _compared(str(self.symbol), self[0].evaluate(context), self[1].evaluate(context))


def _compared(sign: str, left: object, right: object) -> bool:
    """elementpath raises for `"" > 3` and finds `"3" = 3` false; https://www.w3.org/TR/xpath-10/#booleans doesn't."""
    if sign in {"=", "!="}:
        if isinstance(left, bool) or isinstance(right, bool):
            return _COMPARISONS[sign](_truth(left), _truth(right))
        if isinstance(left, str) and isinstance(right, str):
            return _COMPARISONS[sign](left, right)
    return _COMPARISONS[sign](_number(left), _number(right))


for _sign in _COMPARISONS:  # classes of our own: the library's are shared with every other parser
    _class = _Parser.symbol_table[_sign]
    _own = type(f"_Own{_class.__name__}", (_class,), {"evaluate": _evaluate_comparison})
    _Parser.symbol_table[_sign] = _own


def _number(value: object) -> float:
    """XPath 1.0's number(): what isn't one, the empty string too, is not-a-number."""
    if isinstance(value, str):
        return float(value) if _NUMBER.match(value) else nan
    return float(value) if isinstance(value, bool | int | float | Decimal) else nan


def names_in(expression: str) -> set[str]:
    """The questions that an expression asks about."""
    return set(_REFERENCE.findall(_QUOTED.sub("''", expression)))


def check(expression: str) -> None:
    """Raises Unsupported for what can't be evaluated here, or isn't an expression at all."""
    if not expression:
        return
    try:
        _evaluated(expression, {})
    except RecursionError as error:
        raise Unsupported("too_long:") from error
    except (ElementPathError, ArithmeticError, ValueError, TypeError) as error:
        if isinstance(error, Unsupported):
            raise


def _evaluated(expression: str, answers: Mapping[str, Answer]) -> bool:
    variables: dict[str, Any] = {name: _value(answers.get(name, "")) for name in names_in(expression)}
    return _truth(_parsed(expression).evaluate(XPathContext(item="", variables=variables)))


def is_relevant(expression: str, answers: Mapping[str, Answer]) -> bool:
    """Whether a question is put, after these answers. Never raises: what can't be decided is asked."""
    if not expression:
        return True
    try:
        return _evaluated(expression, answers)
    except (ElementPathError, ArithmeticError, ValueError, TypeError, RecursionError):
        return True


def _value(answer: Answer) -> str:
    return answer if isinstance(answer, str) else " ".join(answer)


def _truth(found: object) -> bool:
    """XPath 1.0's boolean(): an empty string, zero and what isn't a number are false."""
    return bool(found) and not (isinstance(found, float) and isnan(found))


@lru_cache(maxsize=512)
def _parsed(expression: str) -> Any:
    if len(expression) > LONGEST_EXPRESSION or _depth(expression) > DEEPEST_NESTING:
        raise Unsupported("too_long:")
    plain = _QUOTED.sub("''", expression)
    if _STRAY_VARIABLE.search(plain):
        raise Unsupported("syntax:$")
    try:
        token = _Parser().parse(_with_variables(expression))
    except (ElementPathError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise Unsupported(f"syntax:{plain[:40]}") from error
    _refuse_unsupported(token)
    return token


def _refuse_unsupported(token: Any) -> None:
    for symbol, value in _symbols(token):
        if symbol == "(name)":  # a word without quotes would be a path
            raise Unsupported(f"unquoted:{str(value)[:40]}")
        if symbol not in _SUPPORTED:
            raise Unsupported(f"function:{symbol[:40]}")


def _with_variables(expression: str) -> str:
    """`${name}` as XPath writes it, outside of quoted strings."""
    parts, at = [], 0
    for quoted in _QUOTED.finditer(expression):
        parts += [_REFERENCE.sub(r"$\1", expression[at : quoted.start()]), quoted.group()]
        at = quoted.end()
    return "".join([*parts, _REFERENCE.sub(r"$\1", expression[at:])])


def _depth(expression: str) -> int:
    depth = deepest = 0
    for sign in expression:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _symbols(token: Any) -> Iterator[tuple[str, object]]:
    yield str(token.symbol), token.value
    if token.symbol != "$":  # below it stands the variable's name
        for part in token:
            yield from _symbols(part)
