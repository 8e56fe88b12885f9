"""Making people's corrections of masks again on what a second run of the machine concluded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.casework.conclusions import Conclusion, Understanding
from app.casework.masking import DOUBT
from app.casework.tokens import Edit, edited, hiding, shifted, showing, touches
from app.folding import fold
from app.models import MaskChange


@dataclass(frozen=True, slots=True)
class OpenedCorrection:
    """A correction with the words it is about."""

    change: MaskChange
    token: str
    words: str


def unmasked_tokens(tokens: Mapping[str, str], corrections: Sequence[OpenedCorrection]) -> dict[str, str]:
    """The machine's tokens that stand for words a person said identify nobody, with the words."""
    shown = {_plain(each.words) for each in corrections if each.change is MaskChange.REMOVED}
    return {token: words for token, words in tokens.items() if _plain(words) in shown}


def reapplied(
    understood: Understanding, tokens: Mapping[str, str], corrections: Sequence[OpenedCorrection]
) -> Understanding:
    """The understanding as people had corrected it. `tokens` is what the machine's tokens stand for this time."""
    for token, words in unmasked_tokens(tokens, corrections).items():
        understood = _changed(understood, showing(understood.text, token, words), is_hiding=False)
    for each in corrections:
        if each.change is MaskChange.ADDED:
            edits = hiding(understood.text, each.words, each.token)
            understood = _changed(understood, edits, is_hiding=True)
    return understood


def _plain(words: str) -> str:
    return " ".join(fold(words).split())


def _changed(understood: Understanding, edits: Sequence[Edit], *, is_hiding: bool) -> Understanding:
    moved = (_moved(each, edits, is_hiding=is_hiding) for each in understood.conclusions)
    return replace(
        understood,
        text=edited(understood.text, edits),
        conclusions=[each for before, each in zip(understood.conclusions, moved, strict=True)
                     if not _is_settled(before, each)],
    )  # fmt: skip


def _moved(conclusion: Conclusion, edits: Sequence[Edit], *, is_hiding: bool) -> Conclusion:
    return replace(
        conclusion,
        evidence=shifted(conclusion.evidence, edits, is_hidden_dropped=is_hiding),
        explanation={} if touches(conclusion.evidence, edits) else conclusion.explanation,
    )


def _is_settled(before: Conclusion, after: Conclusion) -> bool:
    """A doubt about words that are hidden now."""
    return before.kind == DOUBT and bool(before.evidence) and not after.evidence
