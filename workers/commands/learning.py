"""`seere model …`: the model for violations that this installation learns from its decided cases."""

from __future__ import annotations

import sys

import click

RESULTS = {
    "too_few": "Too few: {cases} decided cases; learning needs {needed}, a quarter held back. Nothing changed.",
    "nothing_new": "Nothing new: {cases} decided cases give a model that is kept already.",
    "active": "Version {version} is better on held-back cases and runs now ({before:.3f} → {after:.3f} macro-F1).",
    "candidate": "Version {version} is better than what ran, but another was made active meanwhile: train again.",
    "rejected": "Version {version} is no better on held-back cases: left aside ({before:.3f} → {after:.3f} macro-F1).",
}


@click.group("model")
def model_commands() -> None:
    """The model for violations: learn a new one, list them, go back."""


@model_commands.command("list")
def list_models() -> None:
    """Every version, the newest first; 0 is the one that ships with Seere."""
    from app.database import transaction
    from workers.learning import register
    from workers.runtime import worker_app

    with worker_app().app_context(), transaction() as session:
        for each in register.listed(session):
            click.echo(
                f"{each.version}  {each.made_at:%Y-%m-%d}  {each.state}  {each.examples} cases  "
                f"{each.macro_f1_running:.3f} → {each.macro_f1_candidate:.3f}  {each.note}"
            )
        state = "active" if register.active_version(session) == register.SHIPPED else "retired"
        click.echo(f"{register.SHIPPED}  shipped  {state}")


@model_commands.command("train")
def train_model() -> None:
    """Learn from decided cases, here and now; promoted only if better on cases held back."""
    from workers.learning.retraining import FEWEST_CASES, retrain
    from workers.runtime import worker_app

    with worker_app().app_context():
        outcome = retrain(actor="command")
    click.echo(
        RESULTS[outcome.result].format(
            cases=outcome.cases,
            needed=FEWEST_CASES,
            version=outcome.version,
            before=outcome.macro_f1_running or 0.0,
            after=outcome.macro_f1_candidate or 0.0,
        )
    )


@model_commands.command("use")
@click.argument("version", type=click.IntRange(min=0))
def use_model(version: int) -> None:
    """Make VERSION the one that runs; 0 goes back to the one that ships with Seere."""
    from app.database import transaction
    from workers.learning import register
    from workers.runtime import worker_app

    with worker_app().app_context():
        try:
            with transaction() as session:
                register.use(session, version, actor="command")
        except register.CannotUse as problem:
            click.echo(f"Version {version} can't be used: {problem}.", err=True)
            sys.exit(1)
    click.echo(f"Version {version} runs; workers take it up within a minute.")
