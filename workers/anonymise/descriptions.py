"""What the text says of a person beside the name: sex, and part in what happened. Silent if unclear."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from workers.anonymise.evidence import Reading
from workers.anonymise.lexicon import vocabulary
from workers.contracts import Entity, EntityLabel

_BEFORE, _AFTER = 3, 4
_VICTIM, _AUTHOR, _WITNESS, _SOURCE = "victime", "auteur présumé", "témoin", "déclarant"


def described(reading: Reading, entities: Sequence[Entity], *, is_shown: bool) -> tuple[Entity, ...]:
    """Give every person sex and role, one and the same at each mention; `is_shown` writes them into the token."""
    sexes, roles = _said_of_each(reading, entities)
    return tuple(_described(entity, sexes, roles, is_shown=is_shown) for entity in entities)


@cache
def described_words(section: str, kind: str) -> frozenset[str]:
    """The folded words of one kind in descriptions.toml."""
    return frozenset(_vocabulary()[section][kind].replace("-", "").split())


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    return tomllib.loads(vocabulary("descriptions.toml").read_text(encoding="utf-8"))


def _said_of_each(
    reading: Reading, entities: Sequence[Entity]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    sexes: dict[str, set[str]] = {}
    roles: dict[str, set[str]] = {}
    for entity in entities:
        if entity.label is EntityLabel.PERSON:
            before, inside, after = _around(reading, entity)
            sexes.setdefault(entity.token, set()).update(_sexes(before, inside, after))
            roles.setdefault(entity.token, set()).update(_roles(before, after))
    return sexes, roles


def _described(
    entity: Entity, sexes: Mapping[str, set[str]], roles: Mapping[str, set[str]], *, is_shown: bool
) -> Entity:
    sex, role = _only(sexes.get(entity.token, set())), _only(roles.get(entity.token, set()))
    said = ", ".join(filter(None, (sex, role)))
    shown = f"{entity.token[:-1]}: {said}]" if is_shown and said else ""
    return replace(entity, sex=sex, role=role, shown=shown)


def _only(said: set[str]) -> str:
    return next(iter(said)) if len(said) == 1 else ""


def _around(reading: Reading, entity: Entity) -> tuple[list[str], list[str], list[str]]:
    """Folded words of the same sentence before, in and after the name."""
    inside = [i for i, word in enumerate(reading.words) if entity.start <= word.start < entity.end]
    if not inside:
        return [], [], []
    first, last = inside[0], inside[-1] + 1
    before = _until_sentence(reading, range(first - 1, max(-1, first - _BEFORE - 3), -1), first)
    after = list(range(last, min(last + _AFTER, len(reading.words))))
    stop = next((i for i in after if reading.words[i].opens_sentence), len(reading.words))
    return (
        [reading.words[i].folded for i in reversed(before)],
        [reading.words[i].folded for i in inside],
        [reading.words[i].folded for i in after if i < stop],
    )


def _until_sentence(reading: Reading, indexes: range, first: int) -> list[int]:
    """Words before the name down to the sentence's start; a colon (`Victime : …`) does not end it."""
    kept: list[int] = []
    following = first
    for index in indexes:
        gap = reading.words[following].gap
        if reading.words[following].opens_sentence and ":" not in gap:
            break
        kept.append(index)
        following = index
    return kept


def _sexes(before: Sequence[str], inside: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    is_kin_of = bool(before) and before[-1] in described_words("singling", "links")  # `le neveu d'Oumou`
    near = "" if is_kin_of else next((sex for word in reversed(before[-2:]) if (sex := _sex_of(word))), "")
    if near:
        yield near
    yield from filter(None, (_sex_of(word) for word in inside[1:]))
    if any(word in described_words("role_around", "passive") for word in after[:2]):
        yield from ("femme" for word in after[1:3] if _is_feminine_participle(word))


def _sex_of(word: str) -> str:
    return next((sex for sex in ("femme", "homme") if word in described_words("sex", sex)), "")


def _is_feminine_participle(word: str) -> bool:
    """`blessée`, `morte`: folded forms that end in -e where the masculine form is listed too."""
    harm = described_words("role_around", "harm") | described_words("role_around", "state")
    return word in harm and word.endswith("e") and word[:-1] in harm


def _roles(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for role in (_VICTIM, _AUTHOR, _WITNESS, _SOURCE):
        if any(word in described_words("role_before", role) for word in before[-_BEFORE:]):
            yield role
            return
    yield from _role_as_source(before)
    yield from _role_after(after)
    yield from _role_as_object(before)


def _role_as_source(before: Sequence[str]) -> Iterator[str]:
    """`je suis X`, `mon nom est X`, `my name is X`: whoever reports."""
    said = " ".join(before[-3:])
    if said.endswith(("je suis", "mon nom est", "moi cest", "m appelle", "my name is", "i am", "n togo ye")):
        yield _SOURCE


def _role_after(after: Sequence[str]) -> Iterator[str]:
    harm, passive = described_words("role_around", "harm"), described_words("role_around", "passive")
    if not after:
        return
    if any(word in passive for word in after[:2]) and any(
        word in harm or word in described_words("role_around", "state") for word in after[1:]
    ):
        yield _VICTIM
    elif after[0] in described_words("role_around", "active") and len(after) > 1:
        if any(word in described_words("role_around", "saw") for word in after[1:3]):
            yield _WITNESS
        elif after[1] in described_words("role_around", "state"):
            yield _VICTIM
        elif after[1] in harm:
            yield _AUTHOR


def _role_as_object(before: Sequence[str]) -> Iterator[str]:
    """`violée par X` is done by X; `ont tué mon frère X` is done to X."""
    harm = described_words("role_around", "harm")
    if not any(word in harm for word in before):
        return
    by = described_words("role_around", "by")
    if any(word in by for word in before[-3:]):
        yield _AUTHOR
    elif not any(word in described_words("role_around", "passive") for word in before):
        yield _VICTIM
