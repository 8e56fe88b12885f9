"""`seere questionnaire …`: questions from an XLSForm, without the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.questionnaires.definition import Definition

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("questionnaire")
def questionnaire_commands() -> None:
    """The questions of the web report."""


@questionnaire_commands.command("load")
@click.argument("path", metavar="FILE", type=_FILE)
def load_command(path: Path) -> None:
    """Make a draft of an XLSForm; an administrator looks at it in the browser and publishes it."""
    from app.questionnaires.reading import load
    from workers.questionnaires.apart import read_apart
    from workers.runtime import worker_app

    document, problems = read_apart(path.read_bytes())
    with worker_app().app_context():
        for problem in problems:
            click.echo(_told(problem), err=True)
        if document is None:
            click.echo("Nothing was loaded.", err=True)
            sys.exit(1)
        number = _kept(load(document), problems)
        click.echo(f"Version {number} is loaded. Look at it under Questions, and publish it.")


def _told(problem: dict[str, Any]) -> str:
    from app.questionnaires.wording import problem_text

    place = f"row {problem['row']}: " if problem.get("row") else ""
    return f"{place}{problem_text(problem)} {problem.get('about', '')}".rstrip()


def _kept(definition: Definition, notes: list[dict[str, Any]]) -> int:
    from app import audit
    from app.audit import Action
    from app.database import transaction
    from app.questionnaires.service import add_draft

    with transaction() as session:
        draft = add_draft(session, definition, created_by_id=None, notes=notes)
        subject, detail = f"questionnaire:{draft.id}", {"version": draft.version}
        audit.record(session, Action.QUESTIONNAIRE_LOADED, subject, actor="command", detail=detail)
        return draft.version
