"""A stand-in for Africa's Talking: its messaging and user resources, and the requests it makes to us.

As its documentation describes them under "Bulk SMS", "SMS notifications", "USSD" and "Application data".
"""

from __future__ import annotations

import hmac
import re
from contextlib import AbstractContextManager

from tests.contracts.loopback import Call, Reply, StandIn, Webhook, form_post, json_reply, running

USERNAME = "seere"
API_KEY = "atsk_" + "5c" * 16
SECRET = "tabaski-millet-0123456789"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_FIELDS = {"username", "to", "message", "from"}


class AfricasTalkingStandIn(StandIn):
    """`statuses` gives the status code of a recipient; who isn't in it gets 101. `recipients` off: a wrong sender."""

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(share=share, seed=seed)
        self.statuses: dict[str, int] = {}
        self.has_recipients = True

    def is_send(self, call: Call) -> bool:
        return call.path == "/version1/messaging"

    def declined(self) -> Reply:
        return _answer([_recipient("+0", 501, "None")])

    def reply(self, call: Call) -> Reply:
        if not hmac.compare_digest(call.headers.get("apikey", ""), API_KEY):
            return self.refuse("credentials", Reply(401, "The supplied authentication is invalid"))
        if (call.method, call.path) == ("GET", "/version1/user"):
            return self._user(call)
        if (call.method, call.path) != ("POST", "/version1/messaging"):
            return self.refuse("address", Reply(404, "The requested resource could not be found."))
        return self._message(call)

    def _user(self, call: Call) -> Reply:
        if call.query != {"username": USERNAME}:
            return self.refuse("username", Reply(401, "The supplied authentication is invalid"))
        return json_reply(200, {"UserData": {"balance": "XOF 12500.00"}})

    def _message(self, call: Call) -> Reply:
        form = call.form
        is_complete = {"username", "to", "message"} <= set(form) <= _FIELDS and form["message"]
        if not is_complete or form["username"] != USERNAME or not _NUMBER.fullmatch(form["to"]):
            return self.refuse("form", Reply(400, "Bad request"))
        if not self.has_recipients:
            return _answer([])
        status = self.statuses.get(form["to"], 101)
        if status not in (100, 101, 102):
            return _answer([_recipient(form["to"], status, "None")])
        return _answer([_recipient(form["to"], status, f"ATXid_{self.take(form):08x}")])


def africastalking(*, share: float = 0, seed: int = 0) -> AbstractContextManager[AfricasTalkingStandIn]:
    """A stand-in for the time of a test."""
    return running(AfricasTalkingStandIn(share=share, seed=seed))


def form_of_message(
    provider_id: str, sender: str, text: str, date: str = "2026-03-04T09:29:58Z"
) -> dict[str, str]:
    """A message from a phone, as it is posted to us."""
    return {
        "id": provider_id,
        "from": sender,
        "to": "36210",
        "text": text,
        "date": date,
        "linkId": "link-1",
        "networkCode": "61002",
        "cost": "XOF 0",
    }


def message(provider_id: str, sender: str, text: str, secret: str = SECRET) -> Webhook:
    """A message from a phone."""
    return form_post(secret, form_of_message(provider_id, sender, text))


def report(provider_id: str, status: str, failure: str = "", secret: str = SECRET) -> Webhook:
    """A delivery report."""
    form = {"id": provider_id, "status": status, "phoneNumber": "+22376000001", "networkCode": "61002"}
    return form_post(f"status/{secret}", form | ({"failureReason": failure} if failure else {}))


def opt_out(phone: str, secret: str = SECRET) -> Webhook:
    """The notice that a person no longer wants messages from our sender name."""
    return form_post(secret, {"senderId": "SEERE", "phoneNumber": phone})


def ussd(session_id: str, phone: str, text: str, secret: str = SECRET) -> Webhook:
    """A step of a session; `text` is everything typed so far, joined by `*`."""
    form = {
        "sessionId": session_id,
        "phoneNumber": phone,
        "networkCode": "61002",
        "serviceCode": "*384*7#",
        "text": text,
    }
    return form_post(f"ussd/{secret}", form)


def _answer(recipients: list[dict[str, object]]) -> Reply:
    said = f"Sent to {len(recipients)}/1" if recipients else "InvalidSenderId"
    return json_reply(201, {"SMSMessageData": {"Message": said, "Recipients": recipients}})


def _recipient(number: str, status: int, message_id: str) -> dict[str, object]:
    return {"statusCode": status, "number": number, "status": "-", "cost": "XOF 0", "messageId": message_id}
