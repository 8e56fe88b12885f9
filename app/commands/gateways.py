"""`seere gateway …`: the gateways of this installation, from a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import click
from flask_babel import Babel

from app.administration import gateways, testing
from app.administration.gateway_forms import VALUE, GatewayProblem, read_form
from app.administration.gateway_steps import addresses, steps
from app.administration.gateway_values import PATH_SECRET
from app.administration.gateway_views import GatewayView, gateway_views
from app.administration.gateways import NoSuchGateway, Saved
from app.bare import bare
from app.clock import utcnow
from app.database import db, transaction
from app.intake.gateways import providers
from app.intake.gateways.protocol import ConfigurationField, Provider, Shape
from app.messaging import dialogue
from app.settings import Settings, load_settings

ACTOR = "command"
SECRET_VARIABLE = "SEERE_GATEWAY_"  # noqa: S105 - what the variables with secrets begin with


@click.group("gateway")
def gateway_commands() -> None:
    """What brings messages in and takes them out."""


@gateway_commands.command("list")
def list_gateways() -> None:
    """Every gateway in the order in which they are tried: its name for the other commands, and how it does."""
    with _installation() as settings:
        views = gateway_views(db.session(), settings, utcnow())
    for view in views:
        click.echo(_line(view))
    if not views:
        click.echo("None. 'seere gateway add' or the console adds one.")


@gateway_commands.command("add")
@click.argument("provider", type=click.Choice(sorted(providers())))
@click.option("--label", required=True, help="How colleagues call it, such as 'Phone in Mopti'.")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="A value that isn't secret; repeatable."
)
@click.option("--price", default="0", help="Of one SMS, in the installation's currency.")
@click.option("--segments-per-minute", default="30", help="As many SMS at most.")
@click.option("--receive-only", is_flag=True, help="Nothing goes out by it.")
def add(
    provider: str,
    label: str,
    values: tuple[str, ...],
    price: str,
    segments_per_minute: str,
    *,
    receive_only: bool,
) -> None:
    """Add a gateway of PROVIDER. Secrets are asked for, or taken from SEERE_GATEWAY_<NAME>, never from options."""
    form = {"label": label, "price_per_segment": price, "segments_per_minute": segments_per_minute}
    form |= {} if receive_only else {"is_sending": "1"}
    with _installation() as settings:
        chosen = providers()[provider]
        form |= _values(chosen, values)
        try:
            given = read_form(chosen, form)
            with transaction() as session:
                saved = gateways.add_gateway(session, settings, chosen, given, actor=ACTOR)
        except GatewayProblem as problem:
            _refuse(f"{name.removeprefix(VALUE)}: {text}" for name, text in problem.in_words().items())
        _tell(settings, chosen, saved)


@gateway_commands.command("test")
@click.argument("slug")
@click.option("--language", type=click.Choice(dialogue.languages()), default="fr")
@click.option(
    "--number",
    envvar="SEERE_TEST_NUMBER",
    prompt="Phone number",
    help="Better typed when asked: shells remember.",
)
def test(slug: str, language: str, number: str) -> None:
    """Send a test through the gateway SLUG. 'seere gateway list' shows what became of it."""
    try:
        with _installation() as settings, transaction() as session:
            testing.send_test(session, settings, slug, number, language, actor=ACTOR, user_id=None)
    except testing.NotANumber:
        _refuse(["That is not a phone number. Give it as +22376123456."])
    except testing.CannotSend:
        _refuse([f"No gateway '{slug}' sends at present. 'seere gateway list' shows their names."])
    click.echo("Queued. 'seere gateway list' shows what became of it.")


@gateway_commands.command("disable")
@click.argument("slug")
def disable(slug: str) -> None:
    """Switch the gateway SLUG off: it takes nothing in and sends nothing."""
    _switch(slug, is_enabled=False)
    click.echo(f"{slug} is off.")


@gateway_commands.command("enable")
@click.argument("slug")
def enable(slug: str) -> None:
    """Switch the gateway SLUG on again."""
    _switch(slug, is_enabled=True)
    click.echo(f"{slug} is on.")


@contextmanager
def _installation() -> Iterator[Settings]:
    """This installation, with English for the words that forms and providers have in common with the console."""
    settings = load_settings()
    application = bare(settings)
    Babel(application, default_locale="en")
    with application.app_context():
        try:
            yield settings
        finally:
            db.session.remove()
            db.engine.dispose()


def _values(provider: Provider, given: tuple[str, ...]) -> dict[str, str]:
    """The provider's fields as a form names them: options, then defaults, and secrets from their own places."""
    typed = dict(_pair(provider, each) for each in given)
    return {VALUE + each.name: _value(each, typed) for each in provider.fields}


def _pair(provider: Provider, given: str) -> tuple[str, str]:
    name, _, value = given.partition("=")
    known = [each.name for each in provider.fields if each.shape is not Shape.SECRET]
    if name not in known:
        _refuse([f"--set {name}: {provider.name} has no such value. It has: {', '.join(known)}."])
    return name, value


def _value(each: ConfigurationField, typed: Mapping[str, str]) -> str:
    if each.shape is not Shape.SECRET:
        return typed.get(each.name, each.default)
    from_environment = os.environ.get(SECRET_VARIABLE + each.name.upper())
    if from_environment is not None or not each.is_required or each.name == PATH_SECRET:
        return from_environment or ""
    return str(click.prompt(str(each.label), hide_input=True))


def _switch(slug: str, *, is_enabled: bool) -> None:
    try:
        with _installation(), transaction() as session:
            gateways.set_enabled(session, slug, is_enabled=is_enabled, actor=ACTOR)
    except NoSuchGateway:
        _refuse([f"There is no gateway '{slug}' that can be changed here."])


def _tell(settings: Settings, provider: Provider, saved: Saved) -> None:
    click.echo(f"Added {saved.gateway.slug}.")
    for address in addresses(settings, provider, saved.gateway.slug, saved.path_secret):
        click.echo(f"{address.label}: {address.url}")
    if saved.path_secret:
        click.echo("Note the addresses now: their secret is not shown again.")
    for number, step in enumerate(steps(provider), start=1):
        click.echo(f"{number}. {step}")


def _line(view: GatewayView) -> str:
    gateway, figures = view.gateway, view.figures
    state = "off" if not gateway.is_enabled else "on" if gateway.is_sending else "receives only"
    finding = figures.check_finding if figures else ""
    test_state = f"; last test {view.last_test.state}" if view.last_test else ""
    return f"{gateway.slug}  {gateway.label}  ({state}){f'; {finding}' if finding else ''}{test_state}"


def _refuse(lines: Iterable[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)
