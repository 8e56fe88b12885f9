"""`seere bench …`: each prints one JSON line."""

from __future__ import annotations

import json

import click


@click.group("bench")
def bench_commands() -> None:
    """Measure, beside something else in the same run."""


@bench_commands.command("intake")
@click.option("--count", default=1000, show_default=True)
def intake(count: int) -> None:
    """Accepted reports a second over HTTP, 8 clients, beside an empty route."""
    from workers.benchmarks.intake import measure

    click.echo(json.dumps(measure(count)))


@bench_commands.command("pipeline")
@click.option("--count", default=200, show_default=True)
def pipeline(count: int) -> None:
    """Reports a second through the whole pipeline with one worker."""
    from workers.benchmarks.pipeline import measure

    click.echo(json.dumps(measure(count)))


@bench_commands.command("sms")
@click.option("--count", default=1000, show_default=True)
def sms(count: int) -> None:
    """Acknowledged messages a second from 8 senders with signatures, and texts a second through the outbox."""
    from workers.benchmarks.sms import measure

    click.echo(json.dumps(measure(count)))


@bench_commands.command("web")
@click.option("--count", default=200, show_default=True)
def web(count: int) -> None:
    """Reports a second through every page of the web form, 8 clients, beside an empty route."""
    from workers.benchmarks.web import measure

    click.echo(json.dumps(measure(count)))
