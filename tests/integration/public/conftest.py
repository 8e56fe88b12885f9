"""What the tests of the citizen's pages share: reading a page's forms, and what a worker would find."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.bindings import sodium_unpad
from nacl.public import SealedBox
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.models import Channel, DeliveryState, Direction, Message, Report
from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES
from tests.conftest import INTAKE_KEY

sqlite_only = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the database has no part in it

STORY = "Des hommes armés ont pris vingt bœufs près du marché."


@dataclass
class Form:
    """One form of a page: where it goes, and what it holds as it is shown."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Gathers a page's forms as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values["action"]))
        elif tag in {"input", "textarea"} and "name" in values and _is_sent(values):
            self._area = values["name"] if tag == "textarea" else ""
            before = self.forms[-1].fields.get(values["name"])
            value = values.get("value", "")
            self.forms[-1].fields[values["name"]] = f"{before}\n{value}" if before else value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area


def _is_sent(values: dict[str, str]) -> bool:
    """A box or a choice that isn't ticked, and a file that wasn't chosen, send nothing."""
    return values.get("type") != "file" and (
        values.get("type") not in {"checkbox", "radio"} or "checked" in values
    )


def form_of(page: str, action: str, having: str = "") -> dict[str, str]:
    """What the page's form with this action (and a field of this name) would send."""
    return next(
        form.fields for form in Forms(page).forms if form.action == action and having in ["", *form.fields]
    )


def code_of(page: str) -> str:
    """The receipt code that a page shows."""
    return page.split('class="code">', 1)[1].split("<", 1)[0].replace("-", "")


def sealed_contents() -> list[dict[str, str]]:
    """What every inbound message holds once a worker opens it, oldest first."""
    db.session.rollback()
    messages = db.session.scalars(
        select(Message).where(Message.direction == Direction.INBOUND).order_by(Message.created_at)
    )
    return [_open(message.sealed_content or b"") for message in messages]


def _open(sealed: bytes) -> dict[str, str]:
    padded = SealedBox(INTAKE_KEY).decrypt(sealed[1 + KEY_ID_BYTES :])
    content: dict[str, str] = json.loads(sodium_unpad(padded, PADDING_BLOCK_BYTES))
    return content


def reports() -> list[Report]:
    """Every report that was stored."""
    db.session.rollback()
    return list(db.session.scalars(select(Report)))


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., TestResponse]:
    """Fill in the form and send it: `send(text=…, where=…)`."""

    def fill_in(**typed: str) -> TestResponse:
        fields = form_of(client.get("/?lang=en").text, "/")
        return client.post("/", data={**fields, "text": STORY, **typed})

    return fill_in


@pytest.fixture
def ask(app: Flask) -> Callable[[str], uuid.UUID]:
    """Ask the only reporter a question, as a monitor would; gives the question's id."""

    def write(text: str) -> uuid.UUID:
        report = reports()[0]
        with transaction() as session:
            question = Message(
                id=uuid.uuid4(),
                report_id=report.id,
                direction=Direction.OUTBOUND,
                state=DeliveryState.WAITING,
                channel=Channel.WEB,
                text=text,
            )
            session.add(question)
        return question.id

    return write
