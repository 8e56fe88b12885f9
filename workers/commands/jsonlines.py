"""`seere anonymise` and `seere triage`: JSON lines in, JSON lines out, one for one and in order.

No database, no queue, no keys. A line that can't be used gets `{"id"?, "error"}` in its place and the run goes on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from workers.contracts import Anonymised
    from workers.triage.place_gazetteer import Gazetteer

LONGEST_LINE_BYTES = 10_000_000
_READ_AT_ONCE, _MOST_TOGETHER = 2**16, 64


class BadLine(ValueError):
    """A line that can't be used; the message says why without repeating it."""


@click.command("anonymise")
def anonymise_command() -> None:
    """Replace what identifies people. In: {"id", "text"}; out: {"id", "text", "language", "entities"}."""
    from workers.anonymise import anonymise_all
    from workers.engines import load_anonymiser

    load_anonymiser()  # before the first line, not while it waits

    def told(anonymised: Anonymised) -> dict[str, Any]:
        return {
            "text": anonymised.text,
            "language": anonymised.language,
            "entities": [
                {
                    "start": entity.start,
                    "end": entity.end,
                    "label": str(entity.label),
                    "token": entity.token,
                    "confidence": round(entity.confidence, 3),
                }
                for entity in anonymised.entities
            ],
        }

    _run(lambda lines: [told(each) for each in anonymise_all([line["text"] for line in lines])])


@click.command("triage")
@click.option(
    "--gazetteer",
    "villages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Villages beside the shipped places, as 'seere gazetteer import' writes them.",
)
def triage_command(villages: Path | None) -> None:
    """Say what a text is about. In: {"id", "text", "received_at"?}; out: violations, place, date, urgency, actors."""
    from workers.engines import load_triage
    from workers.triage import summary, triage

    load_triage()  # before the first line, not while it waits
    places = _places(villages) if villages else None

    def answer(line: dict[str, Any]) -> dict[str, Any]:
        text = line["text"]
        return summary(text, triage(text, received_at=_received_at(line), places=places))

    _run(lambda lines: [answer(line) for line in lines])


def _places(villages: Path) -> Gazetteer:
    from workers.gazetteer.imported import gazetteer_with_file
    from workers.gazetteer.village_file import NotVillages

    try:
        return gazetteer_with_file(villages)
    except NotVillages as problem:
        raise click.BadParameter(str(problem), param_hint="--gazetteer") from None


Answers = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]
"""Gives a result for each of several lines; an error in one of them is let through."""


def _run(answers: Answers) -> None:
    output = sys.stdout.buffer
    for lines in at_hand(sys.stdin.buffer):
        for result in results(lines, answers):
            # Escaped, so that any character that came in goes out unharmed by the terminal's encoding.
            output.write(json.dumps(result, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n")
        output.flush()


def at_hand(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines that are there already, together, at most 64; nobody who has written a line waits for another."""
    pieces: list[bytes] = []
    while read := stream.read1(_READ_AT_ONCE):  # type: ignore[attr-defined]  # any buffered stream has it
        *lines, rest = read.split(b"\n")
        if lines:
            lines[0] = b"".join((*pieces, lines[0]))
            pieces = []
        pieces.append(rest)
        yield from (lines[at : at + _MOST_TOGETHER] for at in range(0, len(lines), _MOST_TOGETHER))
    if last := b"".join(pieces):
        yield [last]


def results(lines: Sequence[bytes], answers: Answers) -> list[dict[str, Any]]:
    """One result for each line, in order. An engine's failure is an error for its line, never the raw text."""
    read = [_read(raw) for raw in lines]
    usable = [each for each in read if each.error is None]
    try:
        given = answers([each.line for each in usable])
    except Exception:  # noqa: BLE001 - which line it was is found by asking for each alone
        given = [_answer_alone(each.line, answers) for each in usable]
    told = iter(given)
    return [each.identity | (next(told) if each.error is None else {"error": each.error}) for each in read]


@dataclass(frozen=True, slots=True)
class _Read:
    """A line as it was read: the object on it, or what is wrong with it."""

    identity: dict[str, Any]
    line: dict[str, Any]
    error: str | None = None


def _read(raw: bytes) -> _Read:
    identity: dict[str, Any] = {}
    try:
        line = read_line(raw)
        identity = {"id": line["id"]} if "id" in line else {}
        check_text(line)
    except BadLine as error:
        return _Read(identity, {}, str(error))
    return _Read(identity, line)


def _answer_alone(line: dict[str, Any], answers: Answers) -> dict[str, Any]:
    try:
        return answers([line])[0]
    except BadLine as error:
        return {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - one bad line must not end the run
        return {"error": f"could not be processed ({type(error).__name__})"}


def read_line(raw: bytes) -> dict[str, Any]:
    """The object on a line. Raises BadLine."""
    if not raw.strip():
        raise BadLine("the line is empty")
    if len(raw) > LONGEST_LINE_BYTES:
        raise BadLine("the line is longer than 10 MB")
    try:
        line = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadLine("the line is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("the line is not JSON") from None
    if not isinstance(line, dict):
        raise BadLine("the line is not a JSON object")
    return line


def check_text(line: dict[str, Any]) -> None:
    """Raises BadLine unless `text` is there and is a string."""
    if not isinstance(line.get("text"), str):
        raise BadLine('"text" is missing or is not a string')


def _refuse_constant(_name: str) -> None:
    raise ValueError


def _received_at(line: dict[str, Any]) -> datetime:
    """When the text came in; now if the line doesn't say. Raises BadLine."""
    given = line.get("received_at")
    if given is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadLine('"received_at" is not an ISO 8601 moment') from None
