"""What one voice says about a stretch of text, and how several voices are weighed together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workers.contracts import EntityLabel, Span

MASK = 0.5
"""From this weight of evidence on, a stretch is masked: when in doubt, mask."""

REVIEW = 0.25
"""From this weight on, a stretch that stays readable is shown to a person."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch (`start` inclusive, `end` exclusive, code points), what it is said to be, how surely, by whom."""

    start: int
    end: int
    label: EntityLabel
    confidence: float
    detectors: tuple[str, ...]

    @property
    def span(self) -> Span:
        """The stretch alone."""
        return Span(self.start, self.end)

    def joined_with(self, other: Claim) -> Claim:
        """One claim over both stretches; different voices strengthen each other, one voice twice does not."""
        return replace(
            self,
            start=min(self.start, other.start),
            end=max(self.end, other.end),
            confidence=self._confidence_with(other),
            detectors=tuple(dict.fromkeys(self.detectors + other.detectors)),
        )

    def _confidence_with(self, other: Claim) -> float:
        if set(self.detectors) & set(other.detectors):
            return max(self.confidence, other.confidence)
        return noisy_or((self.confidence, other.confidence))


def noisy_or(weights: Iterable[float]) -> float:
    """Probability that at least one of several independent voices is right."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    return round(1.0 - doubt, 4)
