"""`seere up`: the whole of Seere on this machine, with nothing to install."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import click

from app.bare import ROOT
from app.commands.web import gunicorn_command
from app.installation import compile_translations, make_secrets, write_private
from app.offline.built import HOW_TO_BUILD, are_built
from app.settings import ADDRESS_FILE, load_settings, var_directory
from app.supervisor import (
    STARTUP_SECONDS,
    CannotStart,
    Part,
    Supervisor,
    valkey_part,
    wait_for_valkey,
    without_private_keys,
)

WEB_PROCESSES, WEB_THREADS = 2, 24


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", "worker_count", default=2, show_default=True)
@click.option("--demonstration/--no-demonstration", default=False, help="Load invented data and a simulator.")
def up(host: str, port: int, worker_count: int, *, demonstration: bool) -> None:
    """Start web, workers, clock and an embedded Valkey; Ctrl-C stops all of it."""
    supervisor = Supervisor(say=click.echo)
    supervisor.handle_signals()
    try:
        _start(supervisor, host, port, worker_count, demonstration=demonstration)
        supervisor.watch()
    except KeyboardInterrupt:
        click.echo("\nStopping…")
    except CannotStart as problem:
        click.echo(f"Seere can't start: {problem}", err=True)
        supervisor.stop()
        sys.exit(1)
    finally:
        supervisor.stop()
    click.echo("Stopped. Your data stays in var/.")


def _start(supervisor: Supervisor, host: str, port: int, worker_count: int, *, demonstration: bool) -> None:
    _check_port(host, port)
    var = var_directory()
    first = make_secrets(var, demonstration=demonstration)
    click.echo(f"{'New installation' if first else 'Installation'} in {var.name}/")
    compile_translations(ROOT / "translations")
    if not are_built(ROOT / "app" / "static"):
        click.echo(HOW_TO_BUILD)
    environment = _environment(var, host, port)
    environment = _start_valkey(supervisor, var, environment)
    _run(environment, "db", "upgrade")
    seere = str(Path(sys.executable).with_name("seere"))
    web = gunicorn_command(f"{host}:{port}", WEB_PROCESSES, WEB_THREADS)
    log = var / "log"
    click.echo("Starting the web server, the workers and the clock…")
    supervisor.start(Part("Web", web, without_private_keys(environment), log / "web.log"))
    for number in range(1, worker_count + 1):
        # All but one leave files alone, so that no report waits behind a film; a single one does everything.
        command = [seere, "worker", "--files" if number == worker_count else "--no-files"]
        supervisor.start(Part(f"Worker {number}", command, environment, log / f"worker-{number}.log"))
    supervisor.start(Part("Clock", [seere, "cron"], environment, log / "clock.log"))
    _wait_for_web(f"http://{host}:{port}/healthz", supervisor)
    _welcome(environment, demonstration=demonstration)


def _environment(var: Path, host: str, port: int) -> dict[str, str]:
    environment = {**os.environ, "SEERE_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("SEERE_PUBLIC_URL", f"http://{host}:{port}")
    os.environ.update({name: environment[name] for name in ("SEERE_VAR", "SEERE_PUBLIC_URL")})
    write_private(var / ADDRESS_FILE, {"public_url": environment["SEERE_PUBLIC_URL"]})
    return environment


def _start_valkey(supervisor: Supervisor, var: Path, environment: dict[str, str]) -> dict[str, str]:
    """The embedded server, unless the administrator named one."""
    if "SEERE_REDIS_URL" in environment:
        return environment
    part, url = valkey_part(var, environment)
    supervisor.start(part)
    wait_for_valkey(url, part)
    os.environ["SEERE_REDIS_URL"] = url
    return {**environment, "SEERE_REDIS_URL": url}


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = f"port {port} is taken. Choose another one: make run PORT={port + 1}"
            raise CannotStart(hint) from error


def _run(environment: dict[str, str], *arguments: str) -> None:
    """One of our own commands, to its end."""
    seere = shutil.which("seere", path=str(Path(sys.executable).parent)) or "seere"
    finished = subprocess.run([seere, *arguments], env=environment, check=False)  # noqa: S603
    if finished.returncode:
        raise CannotStart(f"'seere {' '.join(arguments)}' failed.")


def _wait_for_web(address: str, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and all(part.is_running for part in supervisor.parts):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    stopped = [part.log.name for part in supervisor.parts if not part.is_running] or ["web.log"]
    raise CannotStart(f"a part did not come up: var/log/{stopped[0]} says why.")


def _welcome(environment: dict[str, str], *, demonstration: bool) -> None:
    if demonstration:
        _run(environment, "demo", "load")
    address = environment["SEERE_PUBLIC_URL"]
    click.echo(
        f"\nSeere is up.\n  Report:  {address}/\n  Receipt: {address}/receipt\n  Desk:    {address}/desk/"
    )
    if demonstration:
        from app.demonstration.loader import first_steps

        click.echo(first_steps(load_settings()))
    click.echo("Ctrl-C stops everything.")
