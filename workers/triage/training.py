"""Makes the second voices that ship with the project: `python -m workers.triage.training [--messages FOLDER]`.

It learns from workers/vocabularies/training and, where the folder of evaluation messages is given, from its
`development` and `tuning` lines; lines marked otherwise (`held_out`, `held`, `mended`) are never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import click

from workers.triage.learning import Example, train, train_urgency
from workers.triage.linear_model import RUNNING, URGENCY, packed

_OPEN_SETS = frozenset({"development", "tuning"})
_MARKED = re.compile(r"\{\{[A-Z_]+:(.*?)\}\}", re.DOTALL)
_MODELS = Path(__file__).parent.parent / "vocabularies" / "models"


def own_examples() -> Iterator[Example]:
    """The short texts written for training: code(s), a tab, how urgent (0–3) and a tab if somebody said so, the text.

    Lines that begin with # are remarks.
    """
    folder = resources.files("workers.vocabularies").joinpath("training")
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".tsv"):
            yield from _rows(source.read_text(encoding="utf-8"))


def _rows(table: str) -> Iterator[Example]:
    for line in table.splitlines():
        if line.strip() and not line.startswith("#"):
            codes, *urgency, text = line.split("\t")
            yield Example(text, tuple(codes.split(",")), int(urgency[0]) if urgency else None)


def open_messages(folder: Path) -> Iterator[Example]:
    """The evaluation messages that may be learnt from, without the marks around their names."""
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            if _is_open(message):
                yield Example(_MARKED.sub(r"\1", message["text"]), tuple(message["codes"]))


def _is_open(message: dict[str, Any]) -> bool:
    return bool(message.get("codes")) and message.get("split", message.get("half")) in _OPEN_SETS


def examples(folder: Path | None) -> list[Example]:
    """All that may be learnt from: the texts written for training and, of a folder of messages, its open ones."""
    return [*own_examples(), *(open_messages(folder) if folder else ())]


def learning_command(learn: Callable[..., None]) -> click.Command:
    """A command that learns: from which messages beside the texts of its own, which version, and where it is kept."""
    known, any_folder = (click.Path(exists=there, file_okay=False, path_type=Path) for there in (True, False))
    for option in (
        click.option("--into", default=_MODELS, type=any_folder),
        click.option("--version", default="1", show_default=True),
        click.option("--messages", type=known),
    ):
        learn = option(learn)
    return click.command()(learn)


@learning_command
def main(messages: Path | None, version: str, into: Path) -> None:
    """Learn both models, of violations and of urgency, and write the two files of each."""
    learnt_from = examples(messages)
    for name, learn in ((RUNNING, train), (URGENCY, train_urgency)):
        model = learn(learnt_from, version=version)
        archive, manifest = packed(model)
        (into / f"{name}.npz").write_bytes(archive)
        (into / f"{name}.json").write_text(manifest, encoding="utf-8")
        click.echo(f"{name}: {model.manifest['examples']} examples, {len(archive)} bytes")


if __name__ == "__main__":
    main()
