"""An installation with five gateways, each of which leads to a stand-in of its provider."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.administration.gateway_forms import HIGHEST_RATE, Given
from app.administration.gateways import add_gateway
from app.bare import bare
from app.database import close_session, db, transaction
from app.intake.gateways import providers
from app.settings import load_settings
from tests.contracts import africastalking_stand_in as africastalking
from tests.contracts import kannel_stand_in as kannel
from tests.contracts import twilio_stand_in as twilio
from tests.contracts.httpsms_stand_in import HttpSmsStandIn
from tests.contracts.smsgate_stand_in import SmsGateStandIn
from tests.e2e.running import Running

FAILING = 0.1  # of the providers' calls
UNLIMITED = 10_000_000


@dataclass
class Providers:
    """The stand-ins, by the slug of the gateway that leads to them."""

    by_slug: Mapping[str, Any]

    def accepted(self) -> list[tuple[str, str]]:
        """Number and text of every message that a provider took, in no order."""
        readers = {
            "twilio": lambda one: (one["To"], one["Body"]),
            "smsgate": lambda one: (one["phoneNumbers"][0], one["textMessage"]["text"]),
            "httpsms": lambda one: (one["to"], one["content"]),
            "africastalking": lambda one: (one["to"], one["message"]),
            "kannel": lambda one: (one["to"], one["text"]),
        }
        return [
            readers[slug](one) for slug, stand_in in self.by_slug.items() for one in list(stand_in.accepted)
        ]


@contextmanager
def providers_standing_in(seed: int) -> Iterator[Providers]:
    """All five, each failing one call in ten."""
    with ExitStack() as stack:
        yield Providers(
            {
                "twilio": stack.enter_context(twilio.twilio_stand_in(share=FAILING, seed=seed)),
                "smsgate": stack.enter_context(SmsGateStandIn(share=FAILING, seed=seed)),
                "httpsms": stack.enter_context(HttpSmsStandIn(share=FAILING, seed=seed)),
                "africastalking": stack.enter_context(
                    africastalking.africastalking(share=FAILING, seed=seed)
                ),
                "kannel": stack.enter_context(kannel.kannel(share=FAILING, seed=seed)),
            }
        )


def environment_of(stand_ins: Providers) -> dict[str, str]:
    """The settings of the gateway that comes from the environment."""
    return {
        "SEERE_TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "SEERE_TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "SEERE_TWILIO_NUMBER": "+22360000000",
        "SEERE_TWILIO_API_BASE": stand_ins.by_slug["twilio"].address,
    }


def configure(running: Running, stand_ins: Providers) -> None:
    """Add the other four as an administrator would, and lift the limits that a storm would meet."""
    environment = {"SEERE_VAR": str(running.var), **running.environment}
    settings = load_settings({**environment, "SEERE_PUBLIC_URL": running.address})
    with bare(settings).app_context():
        for slug, values in _values(stand_ins).items():
            given = Given(slug, values, segments_per_minute=HIGHEST_RATE)
            with transaction() as session:
                saved = add_gateway(session, settings, providers()[slug], given, actor="command")
                assert saved.gateway.slug == slug
        close_session()
        db.engine.dispose()
    _lift_limits(running.var)


def _values(stand_ins: Providers) -> dict[str, dict[str, str]]:
    africa, kannel_box = stand_ins.by_slug["africastalking"].address, stand_ins.by_slug["kannel"].address
    return {
        "smsgate": stand_ins.by_slug["smsgate"].values(),
        "httpsms": stand_ins.by_slug["httpsms"].values(),
        "africastalking": {
            "username": africastalking.USERNAME,
            "api_key": africastalking.API_KEY,
            "api_base": africa,
            "path_secret": africastalking.SECRET,
        },
        "kannel": {
            "send_url": f"{kannel_box}/cgi-bin/sendsms",
            "username": kannel.USERNAME,
            "password": kannel.PASSWORD,
            "path_secret": kannel.SECRET,
        },
    }


def _lift_limits(var: Path) -> None:
    with sqlite3.connect(var / "seere.sqlite3") as connection:
        connection.execute("DELETE FROM messaging_policy")
        connection.execute(
            "INSERT INTO messaging_policy (id, answers_per_contact, messages_per_day, currency) VALUES (1, ?, ?, 'F')",
            (UNLIMITED, UNLIMITED),
        )
    connection.close()
