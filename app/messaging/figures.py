"""How each gateway is doing, in figures: for the console, for `seere doctor`, and beside the day's budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Float, Select, case, func, select
from sqlalchemy.orm import Session

from app.messaging.policy import current_policy, messages_today, start_of_day
from app.models import Arrival, DeliveryState, Gateway, GatewayState, Message, SendAttempt

_TAKEN = ("accepted", "opted_out")  # results that say nothing against the gateway
_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class GatewayFigures:
    """One gateway. "Today" begins at midnight in Bamako; costs are in the currency of the policy.

    `backlog` counts texts that are to go out by it; `check_finding` is empty when it answered the last check at
    `checked_at`.
    """

    slug: str
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    last_heard_at: datetime | None = None
    backlog: int = 0
    attempts_today: int = 0
    failures_today: int = 0
    segments_today: int = 0
    cost_today: float = 0.0
    resting_until: datetime | None = None
    checked_at: datetime | None = None
    check_finding: str = ""

    @property
    def failure_rate(self) -> float | None:
        """The share of today's attempts that the gateway didn't take, from 0 to 1; None where there were none."""
        return self.failures_today / self.attempts_today if self.attempts_today else None


@dataclass(frozen=True, slots=True)
class MessagingFigures:
    """The whole installation today, beside its budget. `backlog` also counts what goes by whichever gateway."""

    messages_today: int
    messages_per_day: int
    segments_today: int
    cost_today: float
    currency: str
    backlog: int
    oldest_waiting_at: datetime | None


def gateway_figures(session: Session, now: datetime) -> list[GatewayFigures]:
    """Every gateway that is configured or was ever used, by slug."""
    states = {state.slug: state for state in session.scalars(select(GatewayState))}
    slugs = sorted({*states, *session.scalars(select(Gateway.slug))})
    today, backlog = _today(session, now), _backlog(session)
    return [
        GatewayFigures(
            slug=slug,
            last_in_at=_last_in(session, slug),
            last_out_at=_last_out(session, slug),
            backlog=backlog.get(slug, 0),
            **_of_state(states.get(slug)),
            **today.get(slug, {}),
        )
        for slug in slugs
    ]


def messaging_figures(session: Session, now: datetime) -> MessagingFigures:
    """Today's totals and what waits."""
    policy, today = current_policy(session), _today(session, now).values()
    count, oldest = session.execute(
        select(func.count(), func.min(Message.created_at)).where(Message.state.in_(_WAITING))
    ).one()
    return MessagingFigures(
        messages_today=messages_today(session, now),
        messages_per_day=policy.messages_per_day,
        segments_today=sum(figures["segments_today"] for figures in today),
        cost_today=sum(figures["cost_today"] for figures in today),
        currency=policy.currency,
        backlog=count,
        oldest_waiting_at=oldest,
    )


def _of_state(state: GatewayState | None) -> Mapping[str, Any]:
    names = ("last_heard_at", "resting_until", "checked_at", "check_finding")
    return {name: getattr(state, name) for name in names} if state else {}


def _last_in(session: Session, slug: str) -> datetime | None:
    return session.scalar(select(func.max(Arrival.received_at)).where(Arrival.gateway == slug))


def _last_out(session: Session, slug: str) -> datetime | None:
    statement = _attempts(slug).where(SendAttempt.result == "accepted")
    return session.scalar(statement.order_by(SendAttempt.started_at.desc()).limit(1))


def _attempts(slug: str) -> Select[datetime]:
    return select(SendAttempt.started_at).where(SendAttempt.gateway == slug)


def _backlog(session: Session) -> Mapping[str, int]:
    """Waiting texts by the gateway that they came in by."""
    statement = (
        select(Message.gateway, func.count()).where(Message.state.in_(_WAITING)).group_by(Message.gateway)
    )
    return dict(session.execute(statement).all())


def _today(session: Session, now: datetime) -> dict[str, dict[str, Any]]:
    """Attempts that ended today, by gateway. Only what was accepted has segments that are paid for."""
    is_accepted, is_failure = SendAttempt.result == "accepted", SendAttempt.result.not_in(_TAKEN)
    rows = session.execute(
        select(
            SendAttempt.gateway,
            func.count().label("attempts_today"),
            func.coalesce(func.sum(case((is_failure, 1), else_=0)), 0).label("failures_today"),
            func.coalesce(func.sum(case((is_accepted, SendAttempt.segments), else_=0)), 0).label(
                "segments_today"
            ),
            func.coalesce(func.sum(SendAttempt.cost, type_=Float), 0.0).label("cost_today"),
        )
        .where(SendAttempt.gateway.in_(select(GatewayState.slug)))
        .where(SendAttempt.started_at >= start_of_day(now), SendAttempt.ended_at.is_not(None))
        .group_by(SendAttempt.gateway)
    ).mappings()
    return {row["gateway"]: {name: row[name] for name in row if name != "gateway"} for row in rows}
