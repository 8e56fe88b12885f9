"""`seere figures …`: the figures that are kept of all cases."""

from __future__ import annotations

import click

from workers.commands.periodic import report


@click.group("figures")
def figures_commands() -> None:
    """The figures kept of all cases."""


@figures_commands.command("refresh")
def refresh() -> None:
    """Count again what changed, as a worker does every few minutes."""
    from workers.figures.refreshing import refresh as count_changed
    from workers.runtime import worker_app

    with worker_app().app_context():
        click.echo(f"{count_changed()} weeks counted.")


@figures_commands.command("rebuild")
def rebuild() -> None:
    """Count everything anew. The page of figures is there meanwhile, a week at a time the new one."""
    from workers.figures.refreshing import rebuild as count_all
    from workers.runtime import worker_app

    with worker_app().app_context():
        click.echo(f"{count_all()} weeks counted.")


figures_commands.add_command(report)
