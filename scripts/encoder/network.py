"""The network that is taught, in JAX: E5's layers, their mean over the pieces, and what is asked of it."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from scripts.encoder.base import PADDING, Base

Learnt = dict[str, Any]
SPREAD = 4.0  # the mean over the pieces is small for a layer that starts from nothing
_DROPPED = 0.1
EPSILON = 1e-12


def start(base: Base, codes: int, levels: int) -> Learnt:
    """What is learnt: the layers from E5, the questions from nothing. The pieces stay as E5 has them."""
    width = base.embeddings["norm_w"].shape[0]
    chance = np.random.default_rng(0)

    def question(answers: int, bias: float = 0.0) -> dict[str, np.ndarray]:
        weights = chance.normal(0, 0.02, (width, answers)).astype(np.float32)
        return {"w": weights, "b": np.full(answers, bias, np.float32)}

    return {
        "layers": jax.tree.map(lambda *each: np.stack(each), *base.layers),
        "codes": question(codes, -2.0),
        "main": question(codes),
        "levels": question(levels),
    }


def answers(fixed: Learnt, learnt: Learnt, pieces: jax.Array, heads: int, key: Any = None) -> dict[str, Any]:
    """Log-odds of codes, and of what is main and of urgency before softmax, for texts (rows) of padded pieces.

    With a `key`, some of what it knows is left out by chance, as one learns.
    """
    said = _mean(fixed, learnt["layers"], pieces, heads, key) * SPREAD
    if key is not None:
        said = _without_some(said, jax.random.fold_in(key, 7))
    return {name: said @ learnt[name]["w"] + learnt[name]["b"] for name in ("codes", "main", "levels")}


def _mean(fixed: Learnt, layers: Learnt, pieces: jax.Array, heads: int, key: Any) -> jax.Array:
    written = pieces != PADDING
    away = jnp.where(written, 0, -1e9)[:, None, None, :]
    entered = fixed["word"][pieces] + fixed["place"][: pieces.shape[1]]
    start_values = _normal(entered, fixed["norm_w"], fixed["norm_b"])
    count = layers["q_w"].shape[0]
    keys = jnp.zeros(count) if key is None else jax.random.split(key, count)

    def one(values: jax.Array, each: tuple[Learnt, Any]) -> tuple[jax.Array, None]:
        layer, chance = each
        return _layer(values, layer, away, heads, None if key is None else chance), None

    last, _ = jax.lax.scan(one, start_values, (layers, keys))
    counted = written[..., None]
    return (last * counted).sum(1) / counted.sum(1)


def _layer(values: jax.Array, layer: Learnt, away: jax.Array, heads: int, key: Any) -> jax.Array:
    first, second = (None, None) if key is None else jax.random.split(key)
    looked = _dense(_attention(values, layer, away, heads), layer, "ao")
    values = _normal(values + _without_some(looked, first), layer["aln_w"], layer["aln_b"])
    thought = _dense(jax.nn.gelu(_dense(values, layer, "fi"), approximate=True), layer, "fo")
    return _normal(values + _without_some(thought, second), layer["oln_w"], layer["oln_b"])


def _attention(values: jax.Array, layer: Learnt, away: jax.Array, heads: int) -> jax.Array:
    texts, length, width = values.shape

    def split(name: str) -> jax.Array:
        return _dense(values, layer, name).reshape(texts, length, heads, -1).transpose(0, 2, 1, 3)

    query, key, value = split("q"), split("k"), split("v")
    weights = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / query.shape[-1] ** 0.5 + away, axis=-1)
    return (weights @ value).transpose(0, 2, 1, 3).reshape(texts, length, width)


def _dense(values: jax.Array, layer: Learnt, name: str) -> jax.Array:
    return values @ layer[f"{name}_w"].T + layer[f"{name}_b"]


def _normal(values: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    centred = values - values.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * weight + bias


def _without_some(values: jax.Array, key: Any) -> jax.Array:
    if key is None:
        return values
    stays = jax.random.bernoulli(key, 1 - _DROPPED, values.shape)
    return jnp.where(stays, values / (1 - _DROPPED), 0)
