"""The language model's recogniser, by the weights that come with it: what spaCy works out in some sixty small layers
and a parser, asked here for persons alone.

What its network knows of a word before it looks at the words beside it depends on the word alone, so it is kept; the
rest is four layers, each one product of matrices. Its figures differ from spaCy's own in the last digits of a float.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from spacy.tokens import Doc

ATTRIBUTES = ("ORTH", "NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE")
"""What is read of a word: the first five for the network, the last because no name begins with a space."""

_DEPTH = 4
_NETWORK = (
    *("hashembed", "hashembed", "hashembed", "hashembed", "static_vectors", "maxout", "layernorm"),
    *("expand_window", "maxout", "layernorm") * _DEPTH,
    "linear",
)
_MOST_WORDS = 2**13
_TOGETHER = 16  # texts of which the words stand in one matrix
_TINY = np.float32(1e-8)
_PERSON = "PER"

Numbers = NDArray[np.float32]
Attributes = NDArray[np.uint64]


class UnknownNetwork(ValueError):
    """The language model is not built as this file knows it; it would have to be read anew."""


class _Layer(NamedTuple):
    """One product and what follows it; the three pieces of which the largest counts stand side by side."""

    weights: Numbers
    added: Numbers
    gain: Numbers
    shift: Numbers


class Recogniser:
    """The recogniser's weights, and the words it has met."""

    def __init__(self, parser: Any) -> None:
        """`parser` is spaCy's entity recogniser. Raises `UnknownNetwork`."""
        network, lower, upper = parser.model.layers
        layers = [each for each in network.walk(order="dfs_pre") if each.name in _NETWORK]
        if tuple(each.name for each in layers) != _NETWORK:
            raise UnknownNetwork
        self._words = _Words(layers[:7])
        self._layers = [
            _layer(maxout, norm) for maxout, norm in zip(layers[8:-1:3], layers[9:-1:3], strict=True)
        ]
        self._last = (_transposed(layers[-1].get_param("W")), layers[-1].get_param("b"))
        moves = parser.moves
        names = [moves.get_class_name(move) for move in range(moves.n_moves)]
        self._moves = _Moves(names, lower, upper)

    def persons(self, docs: Sequence[Doc]) -> list[list[tuple[int, int]]]:
        """For each text the stretches it takes for persons, in code points."""
        found: list[list[tuple[int, int]]] = []
        for at in range(0, len(docs), _TOGETHER):
            some = docs[at : at + _TOGETHER]
            told: list[Attributes] = [
                np.asarray(doc.to_array(list(ATTRIBUTES)), dtype=np.uint64) for doc in some
            ]
            for doc, each, rows in zip(some, told, self._read(some, told), strict=True):
                spans = self._moves.persons(rows, each[:, -1] == 1)
                found.append([(doc[first].idx, doc[last].idx + len(doc[last])) for first, last in spans])
        return found

    def _read(self, docs: Sequence[Doc], told: Sequence[Attributes]) -> Iterator[Numbers]:
        """What the network makes of the words of each text.

        Empty rows stand around each text, so that none reaches into another; each layer leaves one out at both ends.
        """
        ends = np.cumsum([0, *(len(each) + _DEPTH for each in told)]).tolist()
        rows = np.zeros((ends[-1] + _DEPTH, self._words.width), dtype=np.float32)
        for doc, each, begin in zip(docs, told, ends[:-1], strict=True):
            rows[begin + _DEPTH : begin + _DEPTH + len(each)] = self._words.known(doc, each)
        for layer in self._layers:
            rows = rows[1:-1] + _beside(rows, layer)
        weights, added = self._last
        said = rows @ weights + added
        return (said[begin : end - _DEPTH] for begin, end in pairwise(ends))


class _Words:
    """What the network knows of words by themselves."""

    def __init__(self, layers: Sequence[Any]) -> None:
        *self._hashed, self._static, self._maxout, self._norm = layers
        self.width: int = self._norm.get_dim("nO")
        self._kept: Numbers = np.zeros((_MOST_WORDS, self.width), dtype=np.float32)
        self._places: dict[tuple[int, int], int] = {}

    def known(self, doc: Doc, told: Attributes) -> Numbers:
        """A row for each word of a text; `told` are the attributes of its words."""
        places = self._places
        keys = [(orth, norm) for orth, norm, *_ in told.tolist()]
        new = {key: at for at, key in enumerate(keys) if key not in places}
        if new:
            if len(places) + len(new) > _MOST_WORDS:
                places.clear()
                new = {key: at for at, key in enumerate(keys)}
            self._meet(list(new), told[list(new.values())], doc)
        return self._kept[[places[key] for key in keys]]

    def _meet(self, keys: Sequence[tuple[int, int]], told: Attributes, doc: Doc) -> None:
        first = len(self._places)
        self._places.update((key, first + at) for at, key in enumerate(keys))
        parts = [each.predict(told[:, 1 + at]) for at, each in enumerate(self._hashed)]
        mixed = np.concatenate([*parts, self._vectors(told[:, 0], doc)], axis=1)
        self._kept[first : first + len(keys)] = self._norm.predict(self._maxout.predict(mixed))

    def _vectors(self, words: Attributes, doc: Doc) -> Numbers:
        vectors = doc.vocab.vectors
        rows = vectors.find(keys=words)
        found: Numbers = vectors.data[rows] @ self._static.get_param("W").T
        found[rows < 0] = 0
        return found


class _Moves:
    """From the rows of a text to its persons: for one word after the other the move that scores highest of those that
    are allowed there (out, a unit, the beginning, inside or last of an entity).
    """

    def __init__(self, names: Sequence[str], lower: Any, upper: Any) -> None:
        self._names = [name.partition("-")[::2] for name in names]
        weights = lower.get_param("W").transpose(
            0, 2, 1, 3
        )  # by what is looked at, and piece of which one counts
        self._word, self._first, self._before = (
            _transposed(each.reshape(-1, each.shape[-1])) for each in weights
        )
        pad = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(3, -1)
        self._added = lower.get_param("b").T.reshape(-1)
        self._pad = pad[1] + pad[2]
        self._scores, self._scores_added = _transposed(upper.get_param("W")), upper.get_param("b")
        allowed = [move == "O" or (move in {"B", "U"} and bool(label)) for move, label in self._names]
        at_end = [
            is_allowed and move != "B" for is_allowed, (move, _) in zip(allowed, self._names, strict=True)
        ]
        self._closed = np.where(allowed, np.float32(0), np.float32(-np.inf))
        self._closed_at_end = np.where(at_end, np.float32(0), np.float32(-np.inf))
        self._out = names.index("O")

    def persons(self, rows: Numbers, is_space: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """The first and last word of each person."""
        said = rows @ self._word + self._added
        scores = self._scored(said + self._pad) + self._closed
        scores[-1] += self._closed_at_end
        best = scores.argmax(axis=1)
        best[is_space] = self._out
        found: list[tuple[int, int]] = []
        end = -1
        for begin in np.flatnonzero(best != self._out).tolist():
            if begin > end:
                move, label = self._names[best[begin]]
                end = begin if move == "U" else self._last(rows, said, begin, label)
                if label == _PERSON:
                    found.append((begin, end))
        return found

    def _last(self, rows: Numbers, said: Numbers, begin: int, label: str) -> int:
        """The last word of an entity: where that scores higher than that it goes on, or the last of the text."""
        inside, last = self._names.index(("I", label)), self._names.index(("L", label))
        opened = rows[begin] @ self._first
        for index in range(begin + 1, len(rows) - 1):
            scores = self._scored(said[index] + opened + rows[index - 1] @ self._before)
            if scores[last] > scores[inside] or (scores[last] == scores[inside] and last < inside):
                return index
        return len(rows) - 1

    def _scored(self, said: Numbers) -> Numbers:
        half = said.shape[-1] // 2
        best = np.maximum(said[..., :half], said[..., half:])
        return np.asarray(best @ self._scores + self._scores_added, dtype=np.float32)


def _transposed(weights: Numbers) -> Numbers:
    return np.ascontiguousarray(weights.T)


def _layer(maxout: Any, norm: Any) -> _Layer:
    weights: Numbers = maxout.get_param("W").transpose(1, 0, 2)
    added: Numbers = maxout.get_param("b").T.reshape(-1)
    return _Layer(
        _transposed(weights.reshape(-1, weights.shape[-1])), added, norm.get_param("G"), norm.get_param("b")
    )


def _beside(rows: Numbers, layer: _Layer) -> Numbers:
    """What a layer makes of each row but the first and the last, with its neighbours."""
    width = rows.shape[1]
    said = np.concatenate((rows[:-2], rows[1:-1], rows[2:]), axis=1) @ layer.weights
    said += layer.added
    best = np.maximum(said[:, :width], said[:, width : 2 * width])
    np.maximum(best, said[:, 2 * width :], out=best)
    best -= (best.sum(axis=1) / np.float32(width))[:, None]
    spread = np.einsum("ij,ij->i", best, best) / np.float32(width) + _TINY
    best /= np.sqrt(spread)[:, None]
    return np.asarray(best * layer.gain + layer.shift, dtype=np.float32)
