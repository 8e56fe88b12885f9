"""Reading the installation: organisations, people, rules, and whether its parts work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.administration.gateway_views import GatewayView, gateway_views
from app.administration.gateway_wording import state_label
from app.casework.wording import ago
from app.clock import utcnow
from app.models import Organisation, User
from app.queue import connection, is_reachable, owed_since
from app.settings import Settings

LATE = timedelta(minutes=5)  # work owed for longer means that no worker is at it


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of health: what it is, how it stands, and what to do when it isn't well."""

    name: str
    is_well: bool
    state: str
    what_to_do: str = ""


def organisations(session: Session) -> Sequence[Organisation]:
    """All organisations by name."""
    return session.scalars(select(Organisation).order_by(Organisation.name)).all()


def people(session: Session) -> Sequence[User]:
    """All people by organisation and name."""
    statement = select(User).join(Organisation).order_by(Organisation.name, User.display_name)
    return session.scalars(statement).unique().all()


def health(session: Session, settings: Settings) -> list[Sign]:
    """The signs of health an administrator looks at first."""
    return [_database(session), _queue(settings), _owed_work(session), *_gateways(session, settings)]


def _database(session: Session) -> Sign:
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Sign(gettext("Database"), False, gettext("does not answer"), gettext("Run: seere doctor"))
    return Sign(
        gettext("Database"), True, gettext("answers (%(kind)s)", kind=session.get_bind().dialect.name)
    )


def _queue(settings: Settings) -> Sign:
    if is_reachable(connection(settings.redis_url)):
        return Sign(gettext("Queue (Valkey)"), True, gettext("answers"))
    return Sign(
        gettext("Queue (Valkey)"),
        False,
        gettext("does not answer"),
        gettext("Reports are still accepted and wait. Start Valkey, then run: seere doctor"),
    )


def _owed_work(session: Session) -> Sign:
    count, oldest = owed_since(session)
    if oldest is None:
        return Sign(gettext("Work owed"), True, gettext("nothing waits"))
    state = gettext("%(count)s waiting, the oldest since %(time)s", count=count, time=ago(oldest))
    return Sign(gettext("Work owed"), not _is_late(oldest), state, _advice(oldest))


def _is_late(oldest: datetime) -> bool:
    return utcnow() - oldest > LATE


def _advice(oldest: datetime) -> str:
    return gettext("Check that workers and the clock run: seere doctor") if _is_late(oldest) else ""


def _gateways(session: Session, settings: Settings) -> list[Sign]:
    """One sign for each gateway, off ones too; one that says what to do where there is none."""
    views = gateway_views(session, settings, utcnow())
    if views:
        return [_gateway(view) for view in views]
    advice = gettext("Add one under Gateways, or set SEERE_TWILIO_ACCOUNT_SID, …_AUTH_TOKEN and …_NUMBER.")
    none = gettext("none is configured: no SMS comes in or goes out")
    return [Sign(gettext("SMS gateway"), False, none, advice)]


def _gateway(view: GatewayView) -> Sign:
    name = gettext("SMS gateway %(name)s", name=view.gateway.label)
    advice = "" if view.is_well else gettext("Look under Gateways, and check it there.")
    return Sign(name, view.is_well, state_label(view), advice)
