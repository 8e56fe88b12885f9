"""`seere demo load`."""

from __future__ import annotations

import sys

import click

from app.demonstration import loader
from app.demonstration.loader import CannotLoad, LoadResult
from app.settings import load_settings

demonstration_commands = click.Group(
    "demo", help="Invented organisations, people and reports to try Seere with."
)


@demonstration_commands.command("load")
@click.option(
    "--wait", "wait_seconds", default=300.0, show_default=True, help="Seconds to wait for a worker."
)
def load(wait_seconds: float) -> None:
    """Load the demonstration into an empty installation; a second time changes nothing."""
    try:
        with click.progressbar(length=1, label="Loading the demonstration", item_show_func=_words) as bar:

            def show(done: int, total: int, what: str) -> None:
                bar.length = total
                bar.update(done - bar.pos, what)

            result = loader.load(load_settings(), progress=show, wait_seconds=wait_seconds)
    except CannotLoad as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    _tell(result)


def _tell(result: LoadResult) -> None:
    if result.is_complete:
        click.echo(f"The demonstration is loaded: {result.reports} reports.")
        return
    click.echo(
        f"{result.waiting} of {result.reports} reports wait for a worker. None has finished one for a while: "
        "start one with 'seere worker' (or 'seere up'), then run 'seere demo load' again to go on."
    )


def _words(what: str | None) -> str | None:
    return what
