"""From what all voices claim to entities that never overlap and leave no claimed character out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workers.anonymise.claims import MASK, Claim
from workers.contracts import EntityLabel

_PRECEDENCE = (
    EntityLabel.EMAIL,
    EntityLabel.COORD,
    EntityLabel.DOB,
    EntityLabel.ID,
    EntityLabel.PLATE,
    EntityLabel.PHONE,
    EntityLabel.ADDRESS,
    EntityLabel.PERSON,
)


def settle(claims: Iterable[Claim], text: str) -> list[Claim]:
    """Claims worth masking, in order, without overlap: equal labels join, the surer kind keeps shared characters."""
    worthy = [claim for claim in claims if claim.confidence >= MASK and claim.start < claim.end]
    settled: list[Claim] = []
    labels = {claim.label for claim in worthy}
    for label in (each for each in _PRECEDENCE if each in labels):
        joined = _joined(claim for claim in worthy if claim.label is label)
        pieces = [piece for claim in joined for piece in _outside(claim, _touching(settled, claim), text)]
        settled = sorted(settled + pieces, key=_start)
    return settled


def _start(claim: Claim) -> int:
    return claim.start


def _joined(claims: Iterable[Claim]) -> list[Claim]:
    """Claims of one label, those that overlap made one."""
    joined: list[Claim] = []
    for claim in sorted(claims, key=lambda found: (found.start, -found.end)):
        if joined and joined[-1].span.overlaps(claim.span):
            joined[-1] = joined[-1].joined_with(claim)
        else:
            joined.append(claim)
    return joined


def _touching(settled: list[Claim], claim: Claim) -> list[Claim]:
    """Those of the settled claims, which are in order and apart, that overlap this one."""
    first = max(bisect_right(settled, claim.start, key=_start) - 1, 0)
    last = bisect_left(settled, claim.end, key=_start)
    return [other for other in settled[first:last] if other.span.overlaps(claim.span)]


def _outside(claim: Claim, others: Sequence[Claim], text: str) -> list[Claim]:
    """What of a claim lies outside the others, without the blanks and marks left at its edges."""
    pieces = [claim]
    for other in others:
        pieces = [rest for piece in pieces for rest in _cut(piece, other)]
    if not others:
        return pieces
    return [trimmed for piece in pieces if (trimmed := _trimmed(piece, text))]


def _cut(claim: Claim, other: Claim) -> list[Claim]:
    if not claim.span.overlaps(other.span):
        return [claim]
    left = replace(claim, end=min(claim.end, other.start))
    right = replace(claim, start=max(claim.start, other.end))
    return [piece for piece in (left, right) if piece.start < piece.end]


def _trimmed(claim: Claim, text: str) -> Claim | None:
    """The rest of a claim from its first to its last letter or digit, if it still holds one."""
    written = [place for place in range(claim.start, claim.end) if text[place].isalnum()]
    return replace(claim, start=written[0], end=written[-1] + 1) if written else None
