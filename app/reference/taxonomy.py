"""The kinds of violation and of alleged authors, with their labels, as the data files beside this module give them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

_FALLBACK = "fr"
# What people's languages are called where labels are asked for by ISO 639-3.
_SHORT = {"fra": "fr", "eng": "en", "bam": "bm"}


def _label(labels: Mapping[str, str], language: str) -> str:
    short = _SHORT.get(language, language[:2].lower())
    return labels.get(short, labels[_FALLBACK])


@dataclass(frozen=True, slots=True)
class ViolationType:
    """A kind of violation: its fixed code, its place in lists (from 0), the urgency (0–3) of a fresh report."""

    code: str
    order: int
    default_urgency: int
    labels: Mapping[str, str]

    def label(self, language: str) -> str:
        """What it is called in `fr`, `en` or `bm`; in French for any other language."""
        return _label(self.labels, language)


@dataclass(frozen=True, slots=True)
class ActorCategory:
    """A kind of alleged author. `members` are the codes of those that workers tell apart; `nature` is `state`,
    `non_state` or `unknown`.
    """

    code: str
    order: int
    labels: Mapping[str, str]
    members: frozenset[str] = frozenset()
    nature: str = "unknown"

    def label(self, language: str) -> str:
        """What it is called in `fr`, `en` or `bm`; in French for any other language."""
        return _label(self.labels, language)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _labels(entry: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType({language: entry[language] for language in _SHORT.values()})


@cache
def violations() -> Mapping[str, ViolationType]:
    """All kinds of violation by code, in the order of lists."""
    entries = enumerate(_read("violations.toml").items())
    return MappingProxyType(
        {
            code: ViolationType(code, order, entry["urgency"], _labels(entry))
            for order, (code, entry) in entries
        }
    )


@cache
def actor_categories() -> Mapping[str, ActorCategory]:
    """All kinds of alleged author by code, in the order of lists."""
    entries = enumerate(_read("actors.toml")["categories"].items())
    return MappingProxyType(
        {
            code: ActorCategory(
                code, order, _labels(entry), frozenset(entry.get("members", ())), entry["nature"]
            )
            for order, (code, entry) in entries
        }
    )


@cache
def actor_names() -> Mapping[str, str]:
    """What those whom workers tell apart are called in Mali, in French, by code; categories have labels instead."""
    return MappingProxyType(dict(_read("actors.toml")["names"]))


def possible_authors(codes: Iterable[str]) -> frozenset[str]:
    """Actor codes, and the categories that they belong to: "the State" may be the police as well as the army.

    An organisation that must not be sent what names its own people isn't sent what may mean them either.
    """
    named = frozenset(codes)
    return named | {
        code for code, category in actor_categories().items() if not named.isdisjoint(category.members)
    }


def meant_authors(codes: Iterable[str]) -> frozenset[str]:
    """Actor codes, and for a category everybody who belongs to it: whoever says "the State" means the police too."""
    named = frozenset(codes)
    members = (category.members for code, category in actor_categories().items() if code in named)
    return named.union(*members)
