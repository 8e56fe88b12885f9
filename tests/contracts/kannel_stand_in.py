"""A stand-in for Kannel's smsbox: `sendsms`, and the calls it makes to us. As its user guide describes them.

Parameters are read from the address only, as Kannel does; `is_post` makes it a gateway that takes forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from urllib.parse import quote, urlsplit

from app.intake.gateways.protocol import Part
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED
from tests.contracts.loopback import Call, Reply, StandIn, Webhook, running

USERNAME, PASSWORD = "seere", "mil-et-une-nuits"
SECRET = "kola-river-987654321-abcdef"
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_RECEIPTS = re.compile(r"https?://[^?%]+\?message_id=[0-9a-f-]{36}&type=%d")


class KannelStandIn(StandIn):
    """`answers` gives the answer for a recipient; who isn't in it is accepted."""

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(share=share, seed=seed)
        self.answers: dict[str, Reply] = {}
        self.is_post = False
        self.is_broken = False

    def is_send(self, call: Call) -> bool:
        return bool(call.query or call.form)

    def declined(self) -> Reply:
        return Reply(503, "Temporal failure, try again later.")

    def reply(self, call: Call) -> Reply:
        sent = call.form if self.is_post else call.query
        if self.is_broken:
            return Reply(502, "Bad gateway")
        if call.path != "/cgi-bin/sendsms":
            return self.refuse("address", Reply(404, "Unknown request."))
        if (sent.get("username"), sent.get("password")) != (USERNAME, PASSWORD):
            return self.refuse("credentials", Reply(403, "Authorization failed for sendsms"))
        if why := _fault(sent):
            return self.refuse(why, Reply(400, f"{why} missing or wrong, rejected"))
        if answer := self.answers.get(sent["to"]):
            return answer
        self.take(sent)
        return Reply(202, "0: Accepted for delivery")


def _fault(sent: Mapping[str, str]) -> str:
    """What is wrong with a send."""
    if not _NUMBER.fullmatch(sent.get("to", "")):
        return "Receiver number"
    is_plain = set(sent.get("text", "")) <= set(GSM_BASIC + GSM_EXTENDED)
    if (
        not sent.get("text")
        or sent.get("charset") != "UTF-8"
        or sent.get("coding") != ("0" if is_plain else "2")
    ):
        return "Text or coding"
    if "dlr-url" in sent and (not _RECEIPTS.fullmatch(sent["dlr-url"]) or sent.get("dlr-mask") != "31"):
        return "dlr"
    return ""


def kannel(*, share: float = 0, seed: int = 0) -> AbstractContextManager[KannelStandIn]:
    """A stand-in for the time of a test."""
    return running(KannelStandIn(share=share, seed=seed))


def query_of_message(
    provider_id: str,
    sender: str,
    text: str | bytes,
    *,
    coding: str = "0",
    part: Part | None = None,
    time: str = "1772616598",
) -> str:
    """What `?id=%I&from=%p&to=%P&ts=%T&coding=%c&udh=%u&text=%b` becomes: bytes escaped one by one."""
    values: dict[str, str | bytes] = {
        "id": provider_id,
        "from": sender,
        "to": "36210",
        "ts": time,
        "coding": coding,
        "udh": header(part) if part else b"",
        "text": text,
    }
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())


def header(part: Part) -> bytes:
    """The user data header of a part, with the 8-bit reference where that suffices."""
    reference = int(part.reference)
    if reference < 256:
        return bytes((5, 0, 3, reference, part.total, part.number))
    return bytes((6, 8, 4, *reference.to_bytes(2, "big"), part.total, part.number))


def message(query: str, secret: str = SECRET) -> Webhook:
    """A message from a phone."""
    return Webhook(secret, "GET", query)


def report(dlr_url: str, kind: int) -> Webhook:
    """A delivery report to the address that came with a message; `kind` stands for its `%d`."""
    parts = urlsplit(dlr_url.replace("%d", str(kind)))
    return Webhook(parts.path.split("/", 3)[3], "GET", parts.query)
