"""Measure the anonymiser on the development set: recall and precision by label, institutions masked, leaking messages.

Each line of `anonymise.jsonl` has a text with marks such as `{{PERSON:Amadou Traoré}}`; `KEEP` marks words that must
stay readable. An entity counts as found if any of it is masked under its label, as leaking if a letter or digit stays.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from workers.anonymise import anonymise, preload
from workers.contracts import Entity, Span

SET = Path(__file__).with_name("anonymise.jsonl")
KEEP = "KEEP"
_MARK = re.compile(r"\{\{([A-Z]+):(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch the author of the message marked."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the set without its marks."""

    id: str
    language: str
    style: str
    written: str
    text: str
    marks: tuple[Marked, ...]


@dataclass(slots=True)
class Figures:
    """Counts by label, and what went wrong, for a person to read."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    leaking_messages: int = 0
    messages: int = 0
    misses: list[str] = field(default_factory=list)

    def recall(self, label: str) -> float:
        """Share of marked stretches that were masked."""
        return self.found[label] / self.wanted[label] if self.wanted[label] else 1.0

    def precision(self, label: str) -> float:
        """Share of masks that lie on a marked stretch of the same label."""
        return self.right[label] / self.claimed[label] if self.claimed[label] else 1.0


def read_messages(path: Path = SET) -> Iterator[Message]:
    """Messages with their marks taken out and turned into spans."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, marks = _unmarked(row["text"])
        yield Message(row["id"], row["language"], row["style"], row["written"], text, marks)


def _unmarked(marked: str) -> tuple[str, tuple[Marked, ...]]:
    text, marks, last_end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[last_end : match.start()]
        marks.append(Marked(match.group(1), Span(len(text), len(text) + len(match.group(2)))))
        text += match.group(2)
        last_end = match.end()
    return text + marked[last_end:], tuple(marks)


def measure(messages: Sequence[Message]) -> Figures:
    """Run the anonymiser over the messages and count."""
    figures = Figures()
    for message in messages:
        entities = anonymise(message.text, message.language).entities
        figures.messages += 1
        figures.leaking_messages += bool(leaking := _leaking(message, entities))
        figures.misses += [f"{message.id} leaks from {mark!r}" for mark in leaking]
        _count_marks(figures, message, entities)
        _count_entities(figures, message, entities)
    return figures


def _leaking(message: Message, entities: Sequence[Entity]) -> list[str]:
    """Marked stretches of which a letter or digit stays readable."""
    hidden = {place for entity in entities for place in range(entity.start, entity.end)}
    return [
        message.text[mark.span.start : mark.span.end]
        for mark in message.marks
        if mark.label != KEEP
        and any(
            message.text[place].isalnum() and place not in hidden
            for place in range(mark.span.start, mark.span.end)
        )
    ]


def _count_marks(figures: Figures, message: Message, entities: Sequence[Entity]) -> None:
    for mark in message.marks:
        over = [entity for entity in entities if mark.span.overlaps(Span(entity.start, entity.end))]
        is_found = bool(over) if mark.label == KEEP else any(entity.label == mark.label for entity in over)
        figures.wanted[mark.label] += 1
        figures.found[mark.label] += is_found
        if is_found == (mark.label == KEEP):
            figures.misses.append(
                f"{message.id} {mark.label} {message.text[mark.span.start : mark.span.end]!r}"
            )


def _count_entities(figures: Figures, message: Message, entities: Sequence[Entity]) -> None:
    for entity in entities:
        over = [mark for mark in message.marks if mark.span.overlaps(Span(entity.start, entity.end))]
        is_right = any(mark.label == entity.label for mark in over)
        figures.claimed[entity.label] += 1
        figures.right[entity.label] += is_right
        if not is_right:
            written = message.text[entity.start : entity.end]
            figures.misses.append(f"{message.id} not {entity.label} {written!r} {entity.detectors}")


def report(figures: Figures) -> str:
    """The figures as lines of text."""
    labels = sorted(set(figures.wanted) | set(figures.claimed) - {KEEP})
    lines = [
        f"{label:8} n={figures.wanted[label]:4} "
        f"recall={figures.recall(label):.3f} precision={figures.precision(label):.3f}"
        for label in labels
        if label != KEEP
    ]
    lines.append(f"forces and institutions masked: {figures.found[KEEP]} of {figures.wanted[KEEP]}")
    lines.append(f"messages that leak a character: {figures.leaking_messages} of {figures.messages}")
    return "\n".join(lines)


@click.command()
@click.option("--written", help="Only the part written 'before tuning' or 'after tuning'.")
@click.option("--misses", is_flag=True, help="List what went wrong.")
@click.option("--path", type=click.Path(path_type=Path), default=SET, help="Another set in the same form.")
def main(written: str | None, misses: bool, path: Path) -> None:
    """Print recall and precision by label on the development set."""
    preload()
    messages = [message for message in read_messages(path) if written in (None, message.written)]
    figures = measure(messages)
    click.echo(report(figures))
    if misses:
        click.echo("\n".join(figures.misses))


if __name__ == "__main__":
    main()
