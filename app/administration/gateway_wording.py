"""How a gateway does, in the language of the page."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import format_decimal, format_percent, gettext, ngettext

from app.administration.gateway_views import GatewayView
from app.casework.wording import ago
from app.messaging.figures import GatewayFigures


def failed_label(figures: GatewayFigures) -> str:
    """The share of today's attempts that failed, and of how many."""
    if figures.failure_rate is None:
        return gettext("nothing tried yet")
    share = format_percent(figures.failure_rate, "0\u00a0%")
    tried = ngettext("%(num)s attempt", "%(num)s attempts", figures.attempts_today)
    return gettext("%(share)s of %(attempts)s", share=share, attempts=tried)


def spent_label(figures: GatewayFigures, currency: str) -> str:
    """Today's SMS and what they cost."""
    sms = ngettext("%(num)s SMS", "%(num)s SMS", figures.segments_today)
    return f"{format_decimal(figures.cost_today, '#,##0.##')}\u00a0{currency} ({sms})"


def check_label(figures: GatewayFigures) -> str:
    """When the provider was asked last, and what it said."""
    if figures.checked_at is None:
        return gettext("not checked yet")
    finding = figures.check_finding or gettext("it answers")
    return gettext("%(finding)s (%(time)s)", finding=finding, time=ago(figures.checked_at))


def state_label(view: GatewayView) -> str:
    """The one thing to know of a gateway: off, what is wrong, or that it is well."""
    figures = view.figures
    if not view.gateway.is_enabled:
        return gettext("off")
    if view.gateway.lacks_secrets:
        return gettext("its secrets can’t be read")
    if figures and figures.check_finding:
        return figures.check_finding
    if figures is None or figures.checked_at is None:
        return gettext("not checked yet")
    return gettext("answers") if view.gateway.is_sending else gettext("answers; receives only")


def init_gateway_wording(blueprint: Blueprint) -> None:
    """Give templates these labels, and the small filters of the gateway's form."""
    for label in (failed_label, spent_label, check_label):
        blueprint.add_app_template_global(label)
    blueprint.add_app_template_filter(plain_number)
    blueprint.add_app_template_filter(list_option)


def plain_number(value: float) -> str:
    """A number as it is typed: 25, 12.5."""
    return f"{value:.6g}"


def list_option(value: str) -> tuple[str, str]:
    """A value that is shown as it is, for a list to choose from."""
    return value, value
