"""The `seere` command. Its commands are entry points, loaded when asked for."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points

import click

from app.settings import SettingsError


@cache
def _commands() -> dict[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group="seere.commands")}


class InstalledCommands(click.Group):
    """The commands that this machine has the libraries for: a web server has no workers' commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all that can be loaded."""
        return [name for name in sorted(_commands()) if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One command, or None where it is unknown or its libraries are not installed."""
        entry_point = _commands().get(cmd_name)
        if entry_point is None:
            return None
        try:
            command: click.Command = entry_point.load()
        except ModuleNotFoundError:
            return None
        return command


@click.group(cls=InstalledCommands, context_settings={"help_option_names": ["-h", "--help"]})
def seere() -> None:
    """Seere: reports of human-rights incidents, from a phone to the people who follow them up."""


def main() -> None:
    """Run a command; a wrong setting is told in words and ends with status 2."""
    try:
        seere()
    except SettingsError as error:
        click.echo(f"Seere can't start:\n{error}", err=True)
        sys.exit(2)
