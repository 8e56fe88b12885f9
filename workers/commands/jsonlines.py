"""`seere anonymise` and `seere triage`: JSON lines in, JSON lines out, one for one and in order.

No database, no queue, no keys. A line that can't be used gets `{"id"?, "error"}` in its place and the run goes on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from workers.triage.place_gazetteer import Gazetteer

LONGEST_LINE_BYTES = 10_000_000


class BadLine(ValueError):
    """A line that can't be used; the message says why without repeating it."""


@click.command("anonymise")
def anonymise_command() -> None:
    """Replace what identifies people. In: {"id", "text"}; out: {"id", "text", "language", "entities"}."""
    from workers.anonymise import anonymise

    def answer(line: dict[str, Any]) -> dict[str, Any]:
        anonymised = anonymise(line["text"])
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

    _run(answer)


@click.command("triage")
@click.option(
    "--gazetteer",
    "villages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Villages beside the shipped places, as 'seere gazetteer import' writes them.",
)
def triage_command(villages: Path | None) -> None:
    """Say what a text is about. In: {"id", "text", "received_at"?}; out: violations, place, date, urgency, actors."""
    from workers.triage import summary, triage

    places = _places(villages) if villages else None

    def answer(line: dict[str, Any]) -> dict[str, Any]:
        text = line["text"]
        return summary(text, triage(text, received_at=_received_at(line), places=places))

    _run(answer)


def _places(villages: Path) -> Gazetteer:
    from workers.gazetteer.imported import gazetteer_with_file
    from workers.gazetteer.village_file import NotVillages

    try:
        return gazetteer_with_file(villages)
    except NotVillages as problem:
        raise click.BadParameter(str(problem), param_hint="--gazetteer") from None


def _run(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    output = sys.stdout.buffer
    for result in results(sys.stdin.buffer, answer):
        # Escaped, so that any character that came in goes out unharmed by the terminal's encoding.
        output.write(json.dumps(result, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n")
        output.flush()


def results(
    lines: BinaryIO | Iterable[bytes], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """One result for each line, in order. An engine's failure is an error for its line, never the raw text."""
    for raw in lines:
        identity: dict[str, Any] = {}
        try:
            line = read_line(raw)
            if "id" in line:
                identity = {"id": line["id"]}
            check_text(line)
            yield identity | answer(line)
        except BadLine as error:
            yield identity | {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - one bad line must not end the run
            yield identity | {"error": f"could not be processed ({type(error).__name__})"}


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
