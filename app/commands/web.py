"""`seere web`: gunicorn, without anything that could open a report."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.bare import ROOT
from app.offline.built import HOW_TO_BUILD, are_built
from app.supervisor import without_private_keys


def gunicorn_command(bind: str, processes: int, threads: int) -> list[str]:
    """The command line of the web server."""
    return [
        str(Path(sys.executable).with_name("gunicorn")),
        "app.wsgi:application",
        f"--bind={bind}",
        f"--workers={processes}",
        f"--threads={threads}",
        "--worker-class=gthread",
        "--logger-class=app.web_server_logs.GunicornLogger",
        "--log-level=warning",
        "--timeout=60",
        "--graceful-timeout=10",
        "--max-requests=20000",
        "--max-requests-jitter=2000",
        "--no-control-socket",
    ]


@click.command("web")
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--threads", default=24, show_default=True)  # most of them wait for files on slow networks
def web(bind: str, processes: int, threads: int) -> None:
    """The web server, to be put behind a TLS proxy."""
    if not are_built(ROOT / "app" / "static"):
        click.echo(HOW_TO_BUILD, err=True)
    command = gunicorn_command(bind, processes, threads)
    os.execve(command[0], command, without_private_keys(os.environ))  # noqa: S606 - replaces us
