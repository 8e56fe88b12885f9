"""Every setting, typed. Environment first, then the installation's own secrets file, then a safe default.

A setting that is missing or malformed stops the start with a message that names the variable, never its value.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "SEERE_"
WEB_SECRETS_FILE = "secrets/web.toml"
ADDRESS_FILE = "secrets/address.toml"  # where 'seere up' last served, for the other commands
SIMULATOR_PATH = "/simulator/twilio"
LANGUAGES = ("fr", "en", "bm")
LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107
COLOURS = ("teal", "blue", "plum", "earth", "slate")  # of app/public/palettes.toml
HARMLESS_ADDRESS = "https://www.google.com/search?q=meteo+bamako"
_MAIL_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)*", re.ASCII)
_ONION = re.compile(r"https?://[a-z2-7]{56}\.onion")  # version 3, the only kind that Tor still serves


class SettingsError(RuntimeError):
    """One or more settings can't be used; the message lists what to do, a line each."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """How to recognise and reach Twilio. An empty token means that every webhook is refused."""

    account_sid: str = ""
    auth_token: str = field(default="", repr=False)
    number: str = ""
    api_base: str = (
        ""  # another address than Twilio's own: the demonstration's simulator, or a test's stand-in
    )

    @property
    def can_send(self) -> bool:
        """Whether there is enough to call Twilio's API."""
        return bool(self.account_sid and self.auth_token and self.number)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the public site calls itself and looks like. By default it says nothing about what it is for.

    `name` is in titles and above each page, `colour` one of COLOURS, `leave_address` the harmless page behind "Leave
    this page", `onion_address` the same site as a Tor service, which Tor's browser then offers.
    """

    name: str = ""
    colour: str = COLOURS[0]
    leave_address: str = HARMLESS_ADDRESS
    onion_address: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the web process and the workers both need. No private key is ever here."""

    var: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    public_url: str
    secret_key: bytes = field(repr=False)
    lookup_key: bytes = field(repr=False)
    intake_public_key: bytes = field(repr=False)
    twilio: TwilioSettings = field(default_factory=TwilioSettings)
    demonstration: bool = False
    default_language: str = "fr"
    trusted_proxies: int = 0
    session_hours: int = 12
    idle_minutes: int = 60
    reseal_after_minutes: int = 60  # after a report's newest message, when it has settled
    appearance: Appearance = field(default_factory=Appearance)
    is_verified_by_two: bool = True  # a case becomes "verified" by two different people
    mail_sender: str = ""  # empty: no mail is sent; workers hold the address of the mail server

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS; decides the Secure flag of cookies."""
        return self.public_url.startswith("https://")


class _Reader:
    """Reads single settings and gathers every problem, so that an administrator mends them in one go."""

    def __init__(self, environ: Mapping[str, str], stored: Mapping[str, object]) -> None:
        self.environ = environ
        self.stored = stored
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        variable = PREFIX + name.upper()
        if variable in self.environ:
            return self.environ[variable].strip()
        if path := self.environ.get(variable + "_FILE"):
            return self._file(variable, path)
        return str(self.stored.get(name, default))

    def _file(self, variable: str, path: str) -> str:
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError:
            self.problems.append(f"{variable}_FILE names a file that can't be read.")
            return ""

    def key(self, name: str) -> bytes:
        value = self.text(name)
        try:
            decoded = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            decoded = b""
        if len(decoded) != 32:
            self.problems.append(
                f"{PREFIX}{name.upper()} must be 32 bytes in base64. 'seere up' makes one on a first start."
            )
        return decoded

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        try:
            value = int(self.text(name, str(default)))
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            self.problems.append(f"{PREFIX}{name.upper()} must be a whole number from {lowest} to {highest}.")
        return value

    def flag(self, name: str, default: str = "false") -> bool:
        value = self.text(name, default).lower()
        if value not in {"true", "false", "1", "0", "yes", "no"}:
            self.problems.append(f"{PREFIX}{name.upper()} must be true or false.")
        return value in {"true", "1", "yes"}

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            self.problems.append(f"{PREFIX}{name.upper()} must be an address such as https://example.org.")
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        value = self.text(name, choices[0])
        if value not in choices:
            self.problems.append(f"{PREFIX}{name.upper()} must be one of {', '.join(choices)}.")
        return value

    def harmless_address(self, name: str) -> str:
        value = self.text(name, HARMLESS_ADDRESS)
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or not value.isprintable():
            self.problems.append(f"{PREFIX}{name.upper()} must be an address such as {HARMLESS_ADDRESS}.")
        return value

    def mail_address(self, name: str) -> str:
        value = self.text(name)
        if value and not _MAIL_ADDRESS.fullmatch(value):
            self.problems.append(f"{PREFIX}{name.upper()} must be an address such as desk@example.org.")
        return value

    def onion_address(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        if value and not _ONION.fullmatch(value):
            self.problems.append(f"{PREFIX}{name.upper()} must be an address such as http://….onion.")
        return value


def var_directory(environ: Mapping[str, str] | None = None) -> Path:
    """The folder with this installation's data and secrets (`var/` beside the start, unless SEERE_VAR says)."""
    return Path((environ or os.environ).get(PREFIX + "VAR", "var")).resolve()


def embedded_socket(var: Path) -> Path:
    """Where the embedded Valkey listens: in `var/`, or beside other temporary files when that path is too long."""
    inside = var / "valkey" / "valkey.sock"
    if len(str(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"seere-{os.getuid()}-{name}" / "valkey.sock"


def embedded_redis_url(var: Path) -> str:
    """The address of the embedded Valkey."""
    return f"unix://{embedded_socket(var)}?db=0"


def read_secrets(path: Path) -> Mapping[str, object]:
    """A secrets file's content; empty where there is none. Raises SettingsError if others can read it."""
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"{path.name} can be read by others: run chmod 600 on it.")
    return tomllib.loads(path.read_text("utf-8"))


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment and `var/secrets/web.toml`. Raises SettingsError naming what is wrong."""
    environ = os.environ if environ is None else environ
    var = var_directory(environ)
    reader = _Reader(environ, {**read_secrets(var / ADDRESS_FILE), **read_secrets(var / WEB_SECRETS_FILE)})
    public_url = reader.address("public_url", "http://127.0.0.1:8000")
    demonstration = reader.flag("demonstration")
    settings = Settings(
        var=var,
        database_url=reader.text("database_url", f"sqlite:///{var / 'seere.sqlite3'}"),
        redis_url=reader.text("redis_url", embedded_redis_url(var)),
        public_url=public_url,
        secret_key=reader.key("secret_key"),
        lookup_key=reader.key("lookup_key"),
        intake_public_key=reader.key("intake_public_key"),
        twilio=_twilio(reader, public_url, demonstration=demonstration),
        demonstration=demonstration,
        default_language=reader.choice("default_language", LANGUAGES),
        trusted_proxies=reader.number("trusted_proxies", 0, 0, 5),
        session_hours=reader.number("session_hours", 12, 1, 24),
        idle_minutes=reader.number("idle_minutes", 60, 5, 720),
        reseal_after_minutes=reader.number("reseal_after_minutes", 60, 0, 10_080),
        appearance=_appearance(reader),
        is_verified_by_two=reader.flag("verified_by_two", "true"),
        mail_sender="" if demonstration else reader.mail_address("mail_sender"),
    )
    if reader.problems:
        raise SettingsError("\n".join(reader.problems))
    return settings


def _appearance(reader: _Reader) -> Appearance:
    return Appearance(
        name=reader.text("site_name")[:40],
        colour=reader.choice("site_colour", COLOURS),
        leave_address=reader.harmless_address("leave_address"),
        onion_address=reader.onion_address("onion_location"),
    )


def _twilio(reader: _Reader, public_url: str, *, demonstration: bool) -> TwilioSettings:
    """A demonstration's messages go to its own simulator, whatever else is set: nobody's phone may ring."""
    simulator = public_url + SIMULATOR_PATH if demonstration else ""
    return TwilioSettings(
        account_sid=reader.text("twilio_account_sid"),
        auth_token=reader.text("twilio_auth_token"),
        number=reader.text("twilio_number"),
        api_base=simulator or reader.text("twilio_api_base").rstrip("/"),
    )
