"""Adding, changing and ordering gateways. Secrets are encrypted or sealed here and never come back out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel.speaklater import LazyString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.administration.gateway_forms import VALUE, GatewayProblem, Given
from app.administration.gateway_values import (
    PATH_SECRET,
    divide,
    has_path_secret,
    is_for_workers_only,
    is_secret,
    is_sent_to_provider,
    new_path_secret,
)
from app.audit import Action
from app.clock import utcnow
from app.folding import fold
from app.intake.gateways import providers
from app.intake.gateways.configured import ENVIRONMENT_SLUG, encrypt_web_secrets, gateway_of_row
from app.intake.gateways.protocol import Configuration, Provider, Shape
from app.models import Gateway
from app.sealing import seal
from app.settings import Settings

# Names that addresses of the console, of webhooks, or the environment's gateway already have.
RESERVED_SLUGS = frozenset({ENVIRONMENT_SLUG, "new", "check", "limits", "prompts"})
LONGEST_SLUG = 24  # the column holds 30: room for a number behind it
PREFERENCE_STEP = 10
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


class NoSuchGateway(LookupError):
    """No gateway of that slug can be changed here; the environment's can't."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A gateway as it is kept now. `path_secret` is there only just after it was set: it is shown once."""

    gateway: Gateway
    path_secret: str = field(default="", repr=False)


def find(session: Session, slug: str) -> Gateway:
    """A gateway that can be changed here. Raises NoSuchGateway."""
    row = session.scalar(select(Gateway).where(Gateway.slug == slug))
    if row is None or row.provider not in providers():
        raise NoSuchGateway(slug)
    return row


def kept_secrets(settings: Settings, row: Gateway) -> frozenset[str]:
    """The names of the secrets that are kept of a gateway. Which of the workers' are can't be told one by one."""
    provider = providers()[row.provider]
    readable = _readable(settings, row)
    return frozenset(
        each.name
        for each in provider.fields
        if is_secret(each) and (row.worker_secrets if is_for_workers_only(each) else readable.get(each.name))
    )


def lacks_secrets(settings: Settings, row: Gateway) -> bool:
    """Whether a secret is missing that a gateway can't do without: never given, or under a key that was changed."""
    provider = providers().get(row.provider)
    if provider is None:
        return False
    needed = {each.name for each in provider.fields if is_secret(each) and each.is_required}
    return not needed <= kept_secrets(settings, row)


def add_gateway(
    session: Session, settings: Settings, provider: Provider, given: Given, *, actor: str
) -> Saved:
    """Add a gateway behind all others. Raises GatewayProblem."""
    audit.lock(session)  # two at a time would both find a name free
    _check_label(session, given.label)
    values = dict(given.values)
    if has_path_secret(provider) and not values.get(PATH_SECRET):
        values[PATH_SECRET] = new_path_secret()
    slug = free_slug(session, given.label, provider.name)
    _check_values(provider, slug, values, ignored=frozenset())
    row = Gateway(id=uuid.uuid4(), slug=slug, provider=provider.name, preference=_last_preference(session))
    _describe(row, given)
    _keep_values(row, settings, provider, values)
    session.add(row)
    audit.record(
        session, Action.GATEWAY_ADDED, f"gateway:{slug}", actor=actor, detail={"provider": provider.name}
    )
    return Saved(row, values.get(PATH_SECRET, ""))


def change_gateway(session: Session, settings: Settings, slug: str, given: Given, *, actor: str) -> Saved:
    """Change a gateway; empty secrets stay as they are. Raises NoSuchGateway and GatewayProblem."""
    audit.lock(session)
    row = find(session, slug)
    provider = providers()[row.provider]
    _check_label(session, given.label, but=row.id)
    new_secret = _new_path_secret(provider, given)
    values = _merged(settings, row, provider, given) | ({PATH_SECRET: new_secret} if new_secret else {})
    kept = kept_secrets(settings, row) - given.forgotten
    _check_secrets(row, provider, given, kept)
    _check_values(
        provider, slug, values, ignored=frozenset(VALUE + name for name in kept if not values.get(name))
    )
    changed = _changed(row, provider, given, new_secret)
    _describe(row, given)
    _keep_values(row, settings, provider, values, forgotten=given.forgotten)
    audit.record(session, Action.GATEWAY_CHANGED, f"gateway:{slug}", actor=actor, detail={"changed": changed})
    return Saved(row, new_secret)


def set_enabled(session: Session, slug: str, *, is_enabled: bool, actor: str) -> None:
    """Switch a gateway on or off: off, it neither takes messages in nor sends any. Raises NoSuchGateway."""
    row = find(session, slug)
    row.is_enabled, row.updated_at = is_enabled, utcnow()
    detail = {"is_enabled": is_enabled}
    audit.record(session, Action.GATEWAY_CHANGED, f"gateway:{slug}", actor=actor, detail=detail)


def prefer(session: Session, slug: str, *, places: int, actor: str) -> None:
    """Move a gateway up (negative places) or down in the order in which they are tried. Raises NoSuchGateway."""
    audit.lock(session)
    row = find(session, slug)
    rows = in_order(session)
    before = rows.index(row)
    rows.insert(max(0, before + places), rows.pop(before))
    for place, each in enumerate(rows, start=1):
        each.preference = place * PREFERENCE_STEP
    detail = {"place": rows.index(row) + 1}
    audit.record(session, Action.GATEWAY_CHANGED, f"gateway:{slug}", actor=actor, detail=detail)


def in_order(session: Session) -> list[Gateway]:
    """Every gateway that the console keeps, the preferred one first."""
    return list(session.scalars(select(Gateway).order_by(Gateway.preference, Gateway.slug)))


def free_slug(session: Session, label: str, fallback: str) -> str:
    """A short name for addresses, made from a label, that nobody has yet."""
    wanted = _NOT_IN_SLUG.sub("-", fold(label)).strip("-")[:LONGEST_SLUG].strip("-") or fallback
    taken = RESERVED_SLUGS | set(session.scalars(select(Gateway.slug)))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


def _check_label(session: Session, label: str, but: uuid.UUID | None = None) -> None:
    labels = session.execute(select(Gateway.label, Gateway.id))
    if any(fold(each) == fold(label) and identifier != but for each, identifier in labels):
        raise GatewayProblem({"label": "label_taken"})


def _check_values(provider: Provider, slug: str, values: Mapping[str, str], ignored: frozenset[str]) -> None:
    """Ask the provider; it can't judge secrets that only workers read and that stay as they are."""
    found: Mapping[str, LazyString | str] = provider.problems(Configuration(slug, provider.name, values))
    problems = {VALUE + name: text for name, text in found.items() if VALUE + name not in ignored}
    if problems:
        raise GatewayProblem(problems)


def _check_secrets(row: Gateway, provider: Provider, given: Given, kept: frozenset[str]) -> None:
    """What is kept goes to no other address than the one it was given for, and is replaced as a whole."""
    untyped = [each for each in provider.fields if each.name in kept and not given.values.get(each.name)]
    if _has_new_address(row, provider, given):
        problems = {VALUE + each.name: "address_changed" for each in untyped if is_sent_to_provider(each)}
    elif any(given.values.get(each.name) for each in provider.fields if is_for_workers_only(each)):
        problems = {VALUE + each.name: "all_secrets" for each in untyped if is_for_workers_only(each)}
    else:
        problems = {}
    if problems:
        raise GatewayProblem(problems)


def _has_new_address(row: Gateway, provider: Provider, given: Given) -> bool:
    return any(
        each.shape is Shape.ADDRESS and row.settings.get(each.name, "") != given.values.get(each.name, "")
        for each in provider.fields
    )


def _new_path_secret(provider: Provider, given: Given) -> str:
    if not has_path_secret(provider):
        return ""
    return given.values.get(PATH_SECRET) or (new_path_secret() if given.renews_path_secret else "")


def _merged(settings: Settings, row: Gateway, provider: Provider, given: Given) -> dict[str, str]:
    """What was given, and what the web keeps where nothing was."""
    readable = _readable(settings, row)
    kept = {
        each.name: readable.get(each.name, "")
        for each in provider.fields
        if is_secret(each) and each.name not in given.forgotten and not given.values.get(each.name)
    }
    return {**given.values, **kept}


def _readable(settings: Settings, row: Gateway) -> Mapping[str, str]:
    return gateway_of_row(row, settings).configuration.values


def _changed(row: Gateway, provider: Provider, given: Given, new_secret: str) -> list[str]:
    """The names of what changed; never the values."""
    before = {"label": row.label, "price_per_segment": row.price_per_segment, "is_sending": row.is_sending}
    before |= {"segments_per_minute": row.segments_per_minute}
    changed = {name for name, value in before.items() if value != getattr(given, name)}
    changed |= {PATH_SECRET} if new_secret else set()
    for each in provider.fields:
        typed = given.values.get(each.name, "")
        if typed if is_secret(each) else typed != row.settings.get(each.name, ""):
            changed.add(each.name)
    return sorted(changed | given.forgotten)


def _describe(row: Gateway, given: Given) -> None:
    row.label, row.is_sending = given.label, given.is_sending
    row.price_per_segment, row.segments_per_minute = given.price_per_segment, given.segments_per_minute
    row.updated_at = utcnow()


def _keep_values(
    row: Gateway,
    settings: Settings,
    provider: Provider,
    values: Mapping[str, str],
    forgotten: frozenset[str] = frozenset(),
) -> None:
    divided = divide(provider, values)
    row.settings = dict(divided.settings)
    row.web_secrets = encrypt_web_secrets(settings, divided.web_secrets) if divided.web_secrets else None
    if divided.worker_secrets:
        row.worker_secrets = seal(divided.worker_secrets, settings.intake_public_key)
    elif any(is_for_workers_only(each) and each.name in forgotten for each in provider.fields):
        row.worker_secrets = None


def _last_preference(session: Session) -> int:
    return int(session.scalar(select(func.max(Gateway.preference))) or 0) + PREFERENCE_STEP
