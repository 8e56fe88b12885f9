"""`seere worker`, `seere cron` and `seere report …`."""

from __future__ import annotations

import sys
import uuid

import click


@click.command("worker")
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
@click.option("--files/--no-files", default=True, help="Leave films, pictures and tables to other workers.")
def worker(*, burst: bool, files: bool) -> None:
    """Work on reports and send messages, until told to stop."""
    from workers.worker import run_worker

    run_worker(burst=burst, with_files=files)


@click.command("cron")
def cron() -> None:
    """The clock that has owed work enqueued. One is enough; two do no harm."""
    from app.queue import connection
    from workers.maintenance import run_clock
    from workers.runtime import keys

    run_clock(connection(keys().settings.redis_url))


@click.group("report")
def report_commands() -> None:
    """Single reports."""


@report_commands.command("process")
@click.argument("report_id", type=click.UUID)
def process(report_id: uuid.UUID) -> None:
    """Run the pipeline on one report, here and now; what people decided stays."""
    from app.database import transaction
    from app.models import Case, Report
    from workers.processing import process_report
    from workers.runtime import keys, worker_app

    with worker_app().app_context():
        with transaction() as session:
            if session.get(Report, report_id) is None:
                click.echo("There is no report with that id.", err=True)
                sys.exit(1)
        process_report(keys(), report_id)
        with transaction() as session:
            report = session.get_one(Report, report_id)
            case = session.get(Case, report.case_id) if report.case_id else None
            click.echo(f"{report.state}{f', case {case.reference}' if case else ''}")


@report_commands.command("reseal-intake")
def reseal_intake_command() -> None:
    """Seal anew what is under an earlier intake key, after 'seere keys rotate-intake'; it may be run again."""
    from app.intake.spool import waiting
    from workers.intake_rotation import reseal_intake
    from workers.runtime import keys, worker_app

    with worker_app().app_context():
        result = reseal_intake(keys())
    click.echo(f"Sealed anew: {result.done}. Could not be opened, and left: {result.damaged}.")
    if spooled := len(waiting(keys().settings)):
        click.echo(
            f"{spooled} messages still wait on the disk: run this again when they are in the database."
        )
        return
    click.echo(
        "Keep the earlier key as long as phones may hold a report that they could not send yet, 30 days at the least,\n"
        "run this once more, and then 'seere keys forget-earlier-intake'. Backups from before need it to be read."
    )
