"""The words of spreadsheet.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

_FALLBACK = "fr"


def words(section: str, language: str) -> Mapping[str, str]:
    """The words of a section in `fr` or `en` by their codes, in order; French for any other language."""
    return {code: entry.get(language, entry[_FALLBACK]) for code, entry in _all()[section].items()}


def rule_in_words(rule: str, language: str) -> str:
    """What a rule of fields.toml did; the rule itself where nobody has put it into words."""
    kind, _, step = rule.partition(":")
    done = words("rules", language).get(kind, kind)
    return f"{done} ({step_in_words(step, language)})" if step else done


def step_in_words(step: str, language: str) -> str:
    """What a value was generalised to; the step itself where nobody has put it into words."""
    return words("steps", language).get(step, step)


@cache
def _all() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = resources.files(__package__).joinpath("spreadsheet.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
