"""The third voice: a small encoder of many languages that has read what the second voice learns from.

Where the second voice knows words and groups of letters, this one knows what sentences mean, in languages that it has
hardly seen examples in as well. It is the multilingual E5 (small) of Wang et al. (2024, MIT licence), taught and
rounded to eight bits by scripts/encoder, and runs in ONNX Runtime. It takes many times as long as all other reading
together, so it is asked only where the others aren't sure (workers/triage/second_voice.py).

It is kept as `encoder.onnx`, `encoder.pieces` (the parts of words that it knows, for SentencePiece) and `encoder.json`,
its manifest.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from workers.triage.linear_model import MODELS
from workers.triage.violations import NONE

_NAME = "encoder"
_MOST_WINDOWS = 6  # some 800 words; the other voices read on
_MOST_CHARACTERS = 10_000  # more than six windows hold
_MOST_UNKNOWN = 0.2  # of the pieces, above which it is a script that the encoder never learnt


@dataclass(frozen=True, slots=True)
class Meant:
    """What the encoder makes of a text: log-odds that it tells of each code, and that it reaches each urgency level.

    The levels are called "1" to "3", as in `linear_model.LEVELS`.
    """

    codes: Mapping[str, float]
    levels: Mapping[str, float]


@dataclass(frozen=True)
class Encoder:
    """The encoder with what cuts texts into the pieces it knows; and what it was made from."""

    session: onnxruntime.InferenceSession
    pieces: SentencePieceProcessor
    codes: tuple[str, ...]
    levels: tuple[str, ...]
    window: int  # pieces that it reads at once, with the marks of beginning and end
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def meant(self, text: str) -> Meant | None:
        """What `text` means; None where most of it is in no script that the encoder knows.

        A long text is read in windows: a code or level is as likely as where it is likeliest, "none" as where it is
        least so.
        """
        numbers = cut(self.pieces, text[:_MOST_CHARACTERS])
        if numbers.count(self.pieces.unk_id()) > _MOST_UNKNOWN * len(numbers) or not numbers:
            return None
        said = np.vstack([self._said(part) for part in _windows(numbers, self.window - 2)])
        most, least = said.max(axis=0).tolist(), said.min(axis=0).tolist()
        count = len(self.codes)
        codes = {code: (least if code == NONE else most)[at] for at, code in enumerate(self.codes)}
        return Meant(codes, dict(zip(self.levels, most[count:], strict=True)))

    def _said(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        marked = [self.pieces.bos_id(), *numbers, self.pieces.eos_id()]
        (said,) = self.session.run(None, {"pieces": np.array(marked, dtype=np.int64)})
        return np.asarray(said, dtype=np.float32)


class Whole:
    """The encoder's reading of one text, made when somebody first asks for it."""

    def __init__(self, text: str, encoder: Encoder | None) -> None:
        self._text, self._encoder = text, encoder
        self.was_asked = False

    @property
    def codes(self) -> Mapping[str, float]:
        """The log-odds that the text tells of each code; empty where the encoder has nothing to say."""
        return self._meant.codes if self._meant else {}

    @property
    def levels(self) -> Mapping[str, float]:
        """The log-odds that the text reaches each urgency level; empty where the encoder has nothing to say."""
        return self._meant.levels if self._meant else {}

    @cached_property
    def _meant(self) -> Meant | None:
        self.was_asked = True
        return self._encoder.meant(self._text) if self._encoder else None


def cut(pieces: SentencePieceProcessor, text: str) -> list[int]:
    """The numbers of the pieces that `text` is made of; halves of characters, which stop SentencePiece, become `?`."""
    whole = text.encode(errors="replace").decode()
    return list(pieces.encode(unicodedata.normalize("NFKC", whole)))


def _windows(numbers: Sequence[int], most: int) -> list[Sequence[int]]:
    """The pieces in windows of about one length, none longer than `most`."""
    count = min(-(-len(numbers) // most), _MOST_WINDOWS)
    each = min(-(-len(numbers) // count), most)
    return [numbers[at * each : (at + 1) * each] for at in range(count)]


@cache
def running_encoder() -> Encoder | None:
    """The encoder that ships with the project; None where it was left out. Takes a tenth of a second, once."""
    folder = resources.files(MODELS)
    network, pieces, manifest = (folder.joinpath(f"{_NAME}.{end}") for end in ("onnx", "pieces", "json"))
    if not network.is_file():
        return None
    told = json.loads(manifest.read_text(encoding="utf-8"))
    with resources.as_file(network) as path:
        session = _session(path)
    return Encoder(
        session=session,
        pieces=SentencePieceProcessor(model_proto=pieces.read_bytes()),
        codes=tuple(told.pop("codes")),
        levels=tuple(told.pop("levels")),
        window=told.pop("window"),
        manifest=told,
    )


def _session(network: Path) -> onnxruntime.InferenceSession:
    """One thread, for workers share a machine, and half the memory (60 MB) for a hundredth of the time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3  # errors; what it says of the machine is nobody's business
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
