"""`seere figures report`: a periodic report straight into a file, by whoever runs this machine."""

from __future__ import annotations

from pathlib import Path

import click

from app.publications.periods import Period
from app.publications.template_text import TemplateProblem


class PeriodType(click.ParamType[Period]):
    """A quarter or a year."""

    name = "period"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read it."""
        try:
            return value if isinstance(value, Period) else Period.parse(str(value))
        except ValueError:
            self.fail("write a quarter such as 2026-Q3, or a year", param, ctx)


@click.command("report")
@click.option(
    "--quarter", "--period", "period", type=PeriodType(), required=True, help="2026-Q3, or a year: 2026."
)
@click.option("--format", "file_format", type=click.Choice(["pdf", "docx"]), default="pdf", show_default=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default=True
)
def report(period: Period, file_format: str, language: str, folder: Path) -> None:
    """Write the periodic report of a quarter or a year. Small figures are hidden in it, as everywhere.

    This file is neither signed nor on record: what leaves the house is asked for at the desk.
    """
    from app.clock import utcnow
    from app.database import db
    from workers.publications.report import compose, write
    from workers.runtime import worker_app

    with worker_app().app_context():
        try:
            made = compose(db.session(), None, period, language, utcnow())
        except TemplateProblem as error:
            raise click.ClickException(
                f"The text can't be used: line {error.line}, {error.code} {error.name}"
            ) from None
    folder.mkdir(parents=True, exist_ok=True)
    click.echo(str(write(made, folder, file_format)))
