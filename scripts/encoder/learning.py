"""Teaches the network from examples: three times through, each time typed otherwise, ever more slowly."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sentencepiece import SentencePieceProcessor

from scripts.encoder.base import BEGIN, END, PADDING, Base
from scripts.encoder.network import Learnt, answers, start
from scripts.encoder.pieces import without_accents
from workers.triage.encoder import cut
from workers.triage.learning import Example
from workers.triage.linear_model import LEVELS as REACHED

WINDOW = 192
LEVELS = len(REACHED) + 1  # with the one below all
_TIMES, _SPEED, _WARMING = 3, 1e-4, 0.06
_PIECES_AT_ONCE = 1024
_LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128, WINDOW)
_WITHOUT_CAPITALS, _WITHOUT_ACCENTS = 0.25, 0.2  # how many are typed so, beyond those that were


@dataclass(frozen=True)
class Batch:
    """Texts of about one length: their pieces, which examples they are, and which rows count."""

    pieces: np.ndarray
    examples: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class Answers:
    """What examples should give, a row each; an urgency of -1 where nobody said."""

    codes: np.ndarray
    main: np.ndarray
    levels: np.ndarray


def taught(
    examples: Sequence[Example],
    codes: Sequence[str],
    base: Base,
    fixed: Learnt,
    pieces: SentencePieceProcessor,
) -> Learnt:
    """What the network has learnt from the examples. Says on the way how far it is."""
    wanted, chance = _answers(examples, codes), random.Random(1)  # noqa: S311 - the same each time
    steps = _TIMES * len(list(_batches(examples, pieces, random.Random(0))))  # noqa: S311
    learnt = jax.tree.map(jnp.asarray, start(base, len(codes), LEVELS))
    rule = _rule(steps, learnt)
    state, key, done, began = rule.init(learnt), jax.random.key(0, impl="unsafe_rbg"), 0, time.monotonic()

    @jax.jit
    def step(learnt: Learnt, state: object, batch: tuple, key: jax.Array) -> tuple:
        wrong, slope = jax.value_and_grad(_wrong)(learnt, fixed, batch, base.heads, key)
        change, state = rule.update(slope, state, learnt)
        return optax.apply_updates(learnt, change), state, wrong

    for _ in range(_TIMES):
        for batch in _batches(examples, pieces, chance):
            key, own = jax.random.split(key)
            rows = (array[batch.examples] for array in (wanted.codes, wanted.main, wanted.levels))
            learnt, state, wrong = step(learnt, state, (batch.pieces, batch.counts, *rows), own)
            done += 1
            if done % 100 == 0:
                click.echo(f"{done}/{steps} wrong {float(wrong):.3f} {time.monotonic() - began:.0f} s")
    return jax.tree.map(np.asarray, learnt)


def _rule(steps: int, learnt: Learnt) -> optax.GradientTransformation:
    """How it learns: what starts from nothing ten times as fast as what E5 knows."""
    slow = optax.warmup_cosine_decay_schedule(0, _SPEED, int(steps * _WARMING), steps, _SPEED * 0.02)
    known = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(slow, weight_decay=0.01))
    new = optax.adamw(lambda done: slow(done) * 10, weight_decay=0.01)
    return optax.multi_transform(
        {"known": known, "new": new},
        {
            name: jax.tree.map(lambda _, kind="known" if name == "layers" else "new": kind, part)
            for name, part in learnt.items()
        },
    )


def _wrong(learnt: Learnt, fixed: Learnt, batch: tuple, heads: int, key: jax.Array) -> jax.Array:
    pieces, counts, codes, main, levels = batch
    said = answers(fixed, learnt, pieces, heads, key)
    by_code = optax.sigmoid_binary_cross_entropy(said["codes"], codes).sum(1)
    of_main = optax.softmax_cross_entropy_with_integer_labels(said["main"], main)
    is_told = (levels >= 0) * counts
    of_level = optax.softmax_cross_entropy_with_integer_labels(said["levels"], jnp.maximum(levels, 0))
    told = (of_level * is_told).sum() / jnp.maximum(is_told.sum(), 1)
    return ((by_code / 2 + of_main) * counts).sum() / counts.sum() + told / 2


def _answers(examples: Sequence[Example], codes: Sequence[str]) -> Answers:
    place = {code: at for at, code in enumerate(codes)}
    told = np.zeros((len(examples), len(codes)), np.float32)
    for row, example in enumerate(examples):
        told[row, [place[code] for code in example.codes]] = 1
    main = np.array([place[example.codes[0]] for example in examples], np.int32)
    levels = [-1 if example.urgency is None else example.urgency for example in examples]
    return Answers(told, main, np.array(levels, np.int32))


def _batches(
    examples: Sequence[Example], pieces: SentencePieceProcessor, chance: random.Random
) -> Iterator[Batch]:
    """All examples once, in an order by chance, in batches of about as many pieces each."""
    by_length: dict[int, list[tuple[int, list[int]]]] = {length: [] for length in _LENGTHS}
    for number, example in enumerate(examples):
        cuts = [BEGIN, *cut(pieces, _typed(example.text, chance))[: WINDOW - 2], END]
        by_length[next(length for length in _LENGTHS if length >= len(cuts))].append((number, cuts))
    batches = []
    for length, texts in by_length.items():
        chance.shuffle(texts)
        rows = max(4, _PIECES_AT_ONCE // length)
        batches += [_batch(texts[at : at + rows], rows, length) for at in range(0, len(texts), rows)]
    chance.shuffle(batches)
    yield from batches


def _batch(texts: Sequence[tuple[int, list[int]]], rows: int, length: int) -> Batch:
    pieces = np.full((rows, length), PADDING, np.int32)
    pieces[:, 0] = BEGIN
    for row, (_, cuts) in enumerate(texts):
        pieces[row, : len(cuts)] = cuts
    examples = np.zeros(rows, np.int64)
    examples[: len(texts)] = [number for number, _ in texts]
    return Batch(pieces, examples, (np.arange(rows) < len(texts)).astype(np.float32))


def _typed(text: str, chance: random.Random) -> str:
    if chance.random() < _WITHOUT_CAPITALS:
        text = text.lower()
    return without_accents(text) if chance.random() < _WITHOUT_ACCENTS else text
