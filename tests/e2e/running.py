"""A whole installation in processes of its own, as `seere up` starts it, and what tests need to talk to it."""

from __future__ import annotations

import itertools
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests
from twilio.request_validator import RequestValidator

from tests.conftest import free_port
from tests.contracts.twilio_stand_in import ACCOUNT, TOKEN

SEERE = str(Path(sys.executable).with_name("seere"))
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")
START_SECONDS = 120
UP = "Ctrl-C stops"
PASSWORD = "correct horse battery"
_addresses = itertools.count(1)


def somewhere() -> dict[str, str]:
    """What a proxy says of somebody whom nobody has heard of: who shares an address shares its reports of an hour."""
    number = next(_addresses)
    return {"X-Forwarded-For": f"10.0.{number >> 8}.{number & 255}"}


@dataclass
class Running:
    """One running installation."""

    folder: Path
    environment: dict[str, str]
    options: list[str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text("utf-8", "replace")

    def start(self) -> None:
        """Start everything and wait until it says that it is up."""
        started_before = self.output.count(UP) if (self.folder / "output.txt").exists() else 0
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                [SEERE, "up", "--port", str(self.port), *self.options],
                env={**os.environ, "SEERE_VAR": str(self.var), **self.environment},
                stdout=output,
                stderr=output,
            )
        wait_for(
            lambda: self.output.count(UP) > started_before or self.process.poll() is not None, START_SECONDS
        )  # type: ignore[union-attr]
        assert self.process.poll() is None, self.output

    def stop(self) -> int:
        """Press Ctrl-C; the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One `seere` command in the same installation."""
        environment = {**os.environ, "SEERE_VAR": str(self.var), "SEERE_PUBLIC_URL": self.address}
        return subprocess.run(
            [SEERE, *arguments],
            env={**environment, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def text_message(self, text: str, *, sender: str = "+22376543210", sid: str = "") -> None:
        """Send an SMS as Twilio would, and see it acknowledged."""
        url = f"{self.address}/webhooks/twilio/sms"
        form = {
            "MessageSid": sid or f"SM{os.urandom(16).hex()}",
            "AccountSid": ACCOUNT,
            "From": sender,
            "To": "+22360000000",
            "Body": text,
        }
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        answer = requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30)
        assert answer.status_code == 200, answer.text

    def web_report(self, *, share_with: Sequence[str] = (), with_identity: str = "", **fields: str) -> str:
        """Fill in the form on the web, and say who may read it besides the desk, and whether they may know who wrote
        ("yes"); the receipt code.
        """
        page, who = requests.get(self.address, timeout=30).text, somewhere()
        sent = self._press("/", page, {**fields, "go": "on" if share_with else "finish"}, who)
        if share_with:
            consent = {"step": "consent", "share_with": list(share_with), "with_identity": with_identity}
            consent["go"] = "finish"
            sent = self._press("/next", sent.text, consent, who)
        assert sent.status_code == 201, sent.text
        code = CODE.search(sent.text)
        assert code is not None
        return code[0]

    def _press(
        self, path: str, page: str, fields: Mapping[str, object], who: Mapping[str, str]
    ) -> requests.Response:
        """Press a button of a page, with its hidden fields."""
        hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        return requests.post(self.address + path, data={**hidden, **fields}, headers=who, timeout=30)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the SQLite file directly."""
        with sqlite3.connect(f"file:{self.var / 'seere.sqlite3'}?mode=ro", uri=True) as connection:
            found: list[tuple[object, ...]] = connection.execute(statement).fetchall()
        connection.close()
        return found

    def wait_until_processed(self, count: int, seconds: float = 90) -> None:
        """Until so many reports have gone through the pipeline."""
        statement = "SELECT count(*) FROM report WHERE state != 'received'"
        wait_for(lambda: self.rows(statement) == [(count,)], seconds)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Until a condition holds; an error when it doesn't in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def twilio_environment(api_base: str = "") -> dict[str, str]:
    """The settings of a Twilio account that tests can sign for."""
    return {
        "SEERE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "SEERE_TWILIO_AUTH_TOKEN": TOKEN,
        "SEERE_TWILIO_NUMBER": "+22360000000",
        "SEERE_TWILIO_API_BASE": api_base,
    }
