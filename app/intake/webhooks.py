"""What SMS providers call. A request is authenticated before anything of it is read, and fails closed.

The answer is given once everything is durable. Replies to people don't go out here but through the outbox, where
STOP, safe hours and budgets hold for all of them.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.current import current_settings
from app.database import transaction
from app.intake import ussd
from app.intake.accepting import Unavailable, accept
from app.intake.gateways.configured import ConfiguredGateway
from app.intake.gateways.protocol import (
    DeliveryReport,
    HttpAnswer,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    MissedCall,
    NotGenuine,
    UssdStep,
)
from app.intake.hearing import note_heard
from app.messaging.receipts import take_receipt

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.route("/<slug>/<path:action>", methods=["GET", "POST"])
def receive(slug: str, action: str) -> ResponseReturnValue:
    """Take one request of a provider in. 403 when it can't be theirs, 400 when it lacks what it must have,
    503 when nothing could be made durable.
    """
    try:
        gateway = known_gateway(slug)
        if gateway is None:
            return refuse(HTTPStatus.FORBIDDEN)
        inbound = gateway.provider.receive(gateway.configuration, read_request(action))
        answer = _take(gateway, inbound)
    except NotGenuine:
        return refuse(HTTPStatus.FORBIDDEN)
    except Malformed:
        return refuse(HTTPStatus.BAD_REQUEST)
    except (Unavailable, SQLAlchemyError):
        return refuse(HTTPStatus.SERVICE_UNAVAILABLE)
    note_heard(slug)
    return respond(answer)


def known_gateway(slug: str) -> ConfiguredGateway | None:
    """An enabled gateway as this process knows it."""
    found: ConfiguredGateway | None = current_app.extensions["seere_gateways"].find(slug)
    return found


def read_request(action: str) -> InboundRequest:
    """The request as a provider's module takes it. Its address is the configured one, never a forwarded header."""
    query = request.query_string.decode("ascii", "surrogateescape")
    address = current_settings().public_url + request.path
    return InboundRequest(
        method=request.method,
        url=f"{address}?{query}" if query else address,
        action=action,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.args.to_dict(),
        body=request.get_data(cache=False),
        received_at=utcnow(),
    )


def _take(gateway: ConfiguredGateway, inbound: Inbound) -> HttpAnswer:
    """Make durable what came: messages first, then receipts; a USSD step has an answer of its own."""
    now = utcnow()
    arrived = [event for event in inbound.events if isinstance(event, IncomingText | MissedCall)]
    if arrived:
        accept(current_settings(), gateway.slug, arrived, now)
    _take_receipts(gateway, [event for event in inbound.events if isinstance(event, DeliveryReport)])
    steps = [event for event in inbound.events if isinstance(event, UssdStep)]
    return _next_screen(gateway, steps[0]) if steps else inbound.answer


def _take_receipts(gateway: ConfiguredGateway, reports: list[DeliveryReport]) -> None:
    if reports:
        with transaction() as session:
            for report in reports:
                take_receipt(session, gateway.slug, report.provider_id, report.state, report.code)


def _next_screen(gateway: ConfiguredGateway, step: UssdStep) -> HttpAnswer:
    settings = current_settings()
    screen = ussd.next_screen(settings, gateway.slug, step)
    if screen.accepted is not None:
        accept(settings, gateway.slug, [screen.accepted], utcnow())
    answer: HttpAnswer = gateway.provider.ussd_answer(screen.text, ends=screen.ends)  # type: ignore[attr-defined]
    return answer


def respond(answer: HttpAnswer) -> Response:
    """A provider's answer as Flask sends it."""
    return Response(answer.body, status=answer.status, content_type=answer.content_type)


def refuse(status: HTTPStatus) -> tuple[dict[str, str], HTTPStatus]:
    """An error of a webhook: JSON, and nothing in it of what was sent."""
    return {"error": status.phrase}, status
