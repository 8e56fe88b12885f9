"""The parts of words that the encoder reads: of the 250,000 of a hundred languages, those that may be met here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from sentencepiece import SentencePieceProcessor
from sentencepiece import sentencepiece_model_pb2 as form

from scripts.encoder.base import BEGIN, END, PADDING, UNKNOWN
from workers.triage.encoder import cut

_USUAL = 20_000  # of Latin letters, the most usual ones of all languages
_SIGNS = frozenset("▁’ʼ«»€…–—°")
_KINDS = form.ModelProto.SentencePiece
_UNWRITTEN = {
    BEGIN: _KINDS.CONTROL,
    PADDING: _KINDS.CONTROL,
    END: _KINDS.CONTROL,
    UNKNOWN: _KINDS.UNKNOWN,
}


def kept_pieces(pieces: Sequence[tuple[str, float]], texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces that `texts` need, however they are typed, and of the usual ones; in order."""
    whole = SentencePieceProcessor(model_proto=packed_pieces(pieces))
    needed = {number for text in texts for typed in set(manners(text)) for number in cut(whole, typed)}
    latin = (number for number, (piece, _) in enumerate(pieces) if number > UNKNOWN and _is_latin(piece))
    usual = sorted(latin, key=lambda number: -pieces[number][1])[:_USUAL]
    return sorted({BEGIN, PADDING, END, UNKNOWN, *needed, *usual})


def packed_pieces(pieces: Sequence[tuple[str, float]]) -> bytes:
    """The pieces as a model of SentencePiece, the first four being those that aren't written."""
    model = form.ModelProto()
    for number, (piece, score) in enumerate(pieces):
        model.pieces.add(piece=piece, score=score, type=_UNWRITTEN.get(number, _KINDS.NORMAL))
    trainer = model.trainer_spec
    trainer.model_type, trainer.vocab_size = form.TrainerSpec.UNIGRAM, len(pieces)
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = BEGIN, PADDING, END, UNKNOWN
    trainer.bos_piece, trainer.pad_piece, trainer.eos_piece, trainer.unk_piece = (
        piece for piece, _ in pieces[: UNKNOWN + 1]
    )
    model.normalizer_spec.name = "identity"
    return bytes(model.SerializeToString())


def manners(text: str) -> Iterator[str]:
    """The text as some type it: as it is, without capitals, without accents, without both."""
    yield text
    yield text.lower()
    yield without_accents(text)
    yield without_accents(text.lower())


def without_accents(text: str) -> str:
    """The text with the plain letters of those that carry marks."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _is_latin(piece: str) -> bool:
    return all(each.isascii() or each in _SIGNS or "LATIN" in unicodedata.name(each, "") for each in piece)
