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


@bench_commands.command("desk")
@click.option("--cases", default=100_000, show_default=True)
@click.option("--repeat", default=40, show_default=True, help="How often each page is fetched.")
@click.option(
    "--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True
)
@click.option("--database-url", help="An empty database to use instead of one made for this.")
def desk(cases: int, repeat: int, database: str, database_url: str | None) -> None:
    """Milliseconds of each page of the desk with many cases, one after the other, beside an empty route."""
    from workers.benchmarks.desk import measure

    click.echo(json.dumps(measure(cases, repeat, database, database_url)))


@bench_commands.command("export")
@click.option("--cases", default=100_000, show_default=True)
@click.option(
    "--format", "formats", multiple=True, default=("csv", "xlsx"), show_default=True, help="May be repeated."
)
@click.option("--level", type=click.Choice(["public", "partner", "cndh"]), default="cndh", show_default=True)
@click.option(
    "--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True
)
@click.option("--database-url", help="An empty database to use instead of one made for this.")
@click.option("--unready", default=0, show_default=True, help="Cases whose account is not ready to go out.")
def export(
    cases: int, formats: tuple[str, ...], level: str, database: str, database_url: str | None, unready: int
) -> None:
    """Seconds and peak memory of an export of all cases, from asking to sealed, beside a bare loop over its rows."""
    from workers.benchmarks.export import measure

    click.echo(json.dumps(measure(cases, formats, level, database, database_url, unready)))


@bench_commands.command("figures")
@click.option("--cases", default=1_000_000, show_default=True)
@click.option("--repeat", default=5, show_default=True, help="How often the whole dashboard is drawn.")
@click.option(
    "--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True
)
@click.option("--database-url", help="An empty database to use instead of one made for this.")
def figures(cases: int, repeat: int, database: str, database_url: str | None) -> None:
    """Milliseconds of the dashboard over many cases, beside counting the cases themselves."""
    from workers.benchmarks.figures import measure

    click.echo(json.dumps(measure(cases, repeat, database, database_url)))


@bench_commands.command("twins")
@click.option("--reports", default=1_000_000, show_default=True, help="How many are stored.")
@click.option("--repeat", default=200, show_default=True, help="For how many new ones twins are looked for.")
@click.option(
    "--database", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True
)
@click.option("--database-url", help="An empty database to use instead of one made for this.")
def twins(reports: int, repeat: int, database: str, database_url: str | None) -> None:
    """Milliseconds of looking for what a new report may be a twin of, among many stored ones."""
    from workers.benchmarks.twins import measure

    click.echo(json.dumps(measure(reports, repeat, database, database_url)))


@bench_commands.command("web")
@click.option("--count", default=200, show_default=True)
def web(count: int) -> None:
    """Reports a second through every page of the web form, 8 clients, beside an empty route."""
    from workers.benchmarks.web import measure

    click.echo(json.dumps(measure(count)))


@bench_commands.command("engines")
@click.option("--count", default=1000, show_default=True, help="Texts each way.")
@click.option("--presidio", is_flag=True, help="Beside Presidio on the same texts, where it is installed.")
def engines(count: int, presidio: bool) -> None:
    """Milliseconds of processor time a message for both engines, one by one and in batches; peak memory."""
    from workers.benchmarks.engines import measure

    try:
        click.echo(json.dumps(measure(count, beside_presidio=presidio)))
    except ImportError as error:
        raise click.ClickException(f"not installed: {error.name}") from None
