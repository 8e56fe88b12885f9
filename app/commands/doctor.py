"""`seere doctor`: each part of the installation, ok or what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis import Redis
from rq import Worker
from rq.cron import CronScheduler
from sqlalchemy.exc import SQLAlchemyError

from app.administration.gateway_views import GatewayView, gateway_views
from app.administration.limits import budget_of_today
from app.audit.heads import last_head
from app.bare import ROOT, bare
from app.clock import BAMAKO, utcnow
from app.database import db
from app.queue import QUEUES, connection, is_reachable, owed_since
from app.safe.resealing import can_reseal, unsealed_count
from app.settings import Settings, SettingsError, load_settings

LATE = timedelta(minutes=5)
SIGNED_LATELY = timedelta(days=2)
FEWEST_TELLING, MANY_FAIL = (
    5,
    0.5,
)  # attempts in a day that say something, and the share of failures that is alarming


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `advice` is empty where all is well."""

    name: str
    finding: str
    advice: str = ""


WORKER_CHECKS = frozenset({"Settings", "Database", "Valkey", "Workers"})


@click.command("doctor")
@click.option("--worker", is_flag=True, help="Only what a worker needs; for its container's health check.")
def doctor(*, worker: bool) -> None:
    """Look at settings, database, queue, workers and gateways; ends with status 1 if something wants mending."""
    try:
        settings = load_settings()
    except SettingsError as error:
        click.echo(f"✗ Settings\n  {error}\n  Give the variables named, or start with 'seere up' once.")
        sys.exit(1)
    with bare(settings).app_context():
        checks = [check for check in examine(settings) if not worker or check.name in WORKER_CHECKS]
    for check in checks:
        click.echo(f"{'✗' if check.advice else '✓'} {check.name}: {check.finding}")
        if check.advice:
            click.echo(f"  → {check.advice}")
    sys.exit(any(check.advice for check in checks))


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which mending helps. Needs an application context."""
    yield Check("Settings", "complete")
    database = _database()
    yield database
    client = connection(settings.redis_url)
    if not is_reachable(client):
        advice = "Start Valkey ('seere up' does) or mend SEERE_REDIS_URL. Reports are accepted meanwhile."
        yield Check("Valkey", "does not answer", advice)
    else:
        yield Check("Valkey", "answers")
        yield _workers(client)
        yield _clock(client)
    if not database.advice:
        yield _owed_work()
        yield _sealed_away()
        yield _audit_signed()
        yield from _gateways(settings)
        yield _budget()
    yield _translations()


def _database() -> Check:
    try:
        with db.engine.connect() as connected:
            current = MigrationContext.configure(connected).get_current_heads()
    except SQLAlchemyError as error:
        return Check("Database", type(error).__name__, "Mend SEERE_DATABASE_URL or start the database.")
    newest = ScriptDirectory(str(ROOT / "migrations")).get_heads()
    if set(current) != set(newest):
        return Check("Database", "the schema is not the newest", "Run 'seere db upgrade'.")
    return Check("Database", f"{db.engine.dialect.name}, schema {', '.join(current)}")


def _workers(client: Redis) -> Check:
    serving = [worker for worker in Worker.all(connection=client) if set(QUEUES) & set(worker.queue_names())]
    if not serving:
        return Check(
            "Workers", "none", "Run 'seere worker' (one or more), on a machine with the private key."
        )
    served = {name for worker in serving for name in worker.queue_names()}
    if left := [name for name in QUEUES if name not in served]:
        advice = "Run one 'seere worker' without --no-files."
        return Check("Workers", f"{len(serving)} at work, nobody for: {', '.join(left)}", advice)
    return Check("Workers", f"{len(serving)} at work")


def _clock(client: Redis) -> Check:
    if not CronScheduler.all(client):
        return Check(
            "Clock", "not running", "Run 'seere cron': without it, what the queue missed is not retried."
        )
    return Check("Clock", "running")


def _owed_work() -> Check:
    count, oldest = owed_since(db.session())
    if oldest is not None and utcnow() - oldest > LATE:
        advice = "Are workers running? A piece that fails again and again is in the workers' log by its id."
        return Check("Work owed", f"{count}, the oldest for more than five minutes", advice)
    return Check("Work owed", str(count))


def _sealed_away() -> Check:
    """Whether settled reports are out of the workers' reach. Until the desk has a safe that is no fault, but a fact."""
    count = unsealed_count(db.session())
    if not can_reseal(db.session()):
        return Check("Safe", "the desk has none yet: whoever has the workers' key can open every report")
    return Check("Safe", f"{count} reports not sealed away from the workers yet")


def _audit_signed() -> Check:
    """Whether the head of the audit trail was signed lately. A new installation is given the time for its first."""
    head = last_head(db.session())
    if head is None:
        return Check("Audit trail", "not signed yet: workers sign it once a day")
    if utcnow() - head.signed_at > SIGNED_LATELY:
        advice = "Run 'seere audit verify'. Is the clock running, and has a worker SEERE_AUDIT_SIGNING_KEY?"
        return Check("Audit trail", f"last signed {_moment(head.signed_at)}", advice)
    return Check("Audit trail", f"signed {_moment(head.signed_at)}")


def _gateways(settings: Settings) -> Iterator[Check]:
    views = gateway_views(db.session(), settings, utcnow())
    if not views:
        advice = "Add one in the console or by 'seere gateway add', or give SEERE_TWILIO_AUTH_TOKEN and the others."
        yield Check("SMS gateway", "none is configured: no SMS comes in or goes out", advice)
    for view in views:
        name = f"SMS gateway {view.gateway.label}"
        yield Check(name, _finding(view), _mending(view) if view.gateway.is_enabled else "")


def _finding(view: GatewayView) -> str:
    """One line: on or off, the last check, the last messages, what waits, and what failed today."""
    gateway, figures = view.gateway, view.figures
    state = "off" if not gateway.is_enabled else "on" if gateway.is_sending else "receives only"
    if figures is None:
        return f"{state}; never used"
    facts = (
        f"checked {_moment(figures.checked_at)}",
        f"last in {_moment(figures.last_in_at)}",
        f"last out {_moment(figures.last_out_at)}",
        f"{figures.backlog} waiting",
        f"{figures.failures_today} of {figures.attempts_today} failed today",
    )
    return "; ".join((state, *facts))


def _mending(view: GatewayView) -> str:
    """What to do about a gateway that is on; nothing where all is well."""
    gateway, figures = view.gateway, view.figures
    if gateway.lacks_secrets:
        return "Its secrets can't be read (was SEERE_SECRET_KEY changed?). Enter them again in the console."
    if gateway.is_from_environment and not gateway.is_sending:
        return "Give SEERE_TWILIO_ACCOUNT_SID and SEERE_TWILIO_NUMBER, so that it can send."
    if figures and figures.check_finding:
        return f"At its last check: {figures.check_finding}"
    if figures and figures.attempts_today >= FEWEST_TELLING and (figures.failure_rate or 0) >= MANY_FAIL:
        return "Most of today's messages failed. Send a test ('seere gateway test') and look at the provider's log."
    return ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(BAMAKO):%d.%m. %H:%M}" if moment else "never"


def _budget() -> Check:
    today = budget_of_today(db.session(), utcnow())
    finding = f"{today.used} of {today.allowed} messages today"
    if not today.is_nearly_used:
        return Check("Budget of messages", finding)
    return Check("Budget of messages", finding, "Look whether something loops, or raise it in the console.")


def _translations() -> Check:
    missing = [
        source.parent.parent.name
        for source in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")
        if not source.with_suffix(".mo").exists()
    ]
    if missing:
        return Check(
            "Translations", f"not compiled: {', '.join(sorted(missing))}", "Run 'make translations'."
        )
    return Check("Translations", "compiled")
