"""Who steals everything that lies still opens nothing: the server needs a member who is signed in.

A report with planted words, a number and a file goes through web and workers and is given away. Then every byte of
the database, of Valkey, of var/ and of the secrets is searched for keys, and each found is tried on all that is sealed.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from nacl.bindings import crypto_scalarmult_base
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from app.database import db
from app.installation import make_secrets
from app.intake import additions
from app.intake.uploads import append, begin
from app.models import Contact, Message, OrganisationKey, Report, ReportKey, User, UserKey
from app.safe import boxes, strength
from app.safe.boxes import ClosedKey, open_with
from app.safe.holding import Unlocked
from app.safe.opening import CannotOpen, open_bytes, open_mapping, ring, sealed_under
from app.sealing import VERSION, key_id
from app.settings import Settings, load_settings
from tests.conftest import PASSWORD
from tests.contracts.twilio_stand_in import ACCOUNT, TOKEN
from tests.integration.openings.given_away import make_safe
from tests.workers.attachments.made import tagged_pdf
from tests.workers.conftest import work
from workers.processing import Keys
from workers.resealing import tidy_up
from workers.settings import load_worker_settings

__all__ = ["work"]
pytestmark = pytest.mark.slow

NAME, NUMBER, WORDS = "Zoumana Kassambara", "76543299", "derriere le puits rouge"
TEXT = f"hier a Koro des hommes armes ont frappe {NAME} {WORDS}, appelez {NUMBER}"
SENDER = "+22376543211"
SMALL = 8192  # bytes of a value in which a key could lie; the pieces of files are longer
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{43}=?")
_HEX = re.compile(rb"[0-9a-fA-F]{64}")


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path, valkey_url: str) -> Settings:
    """A real installation's own secrets, in its own var/."""
    var = tmp_path / "var"
    make_secrets(var, demonstration=False)
    shutil.copy(sqlite_template, var / "seere.sqlite3")
    client = redis.Redis.from_url(valkey_url)
    client.flushall()
    client.close()
    environment = {
        "SEERE_VAR": str(var),
        "SEERE_REDIS_URL": valkey_url,
        "SEERE_PUBLIC_URL": "http://localhost",
        "SEERE_RESEAL_AFTER_MINUTES": "0",
        "SEERE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "SEERE_TWILIO_AUTH_TOKEN": TOKEN,
        "SEERE_TWILIO_NUMBER": "+22360000000",
    }
    return load_settings(environment)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """The workers' own secrets of that installation."""
    return Keys(settings, load_worker_settings({"SEERE_VAR": str(settings.var)}))


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Argon2id as small as it goes, and a second factor for everybody."""
    monkeypatch.setattr(boxes, "OPERATIONS", 1)
    monkeypatch.setattr(boxes, "MEMORY_BYTES", 8192)
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: True)
    return app


@dataclass
class Loot:
    """What a thief carried away, in pieces small enough to look for keys in, and as whole files."""

    settings: Settings
    with_workers: bool = False
    extra: list[bytes] = field(default_factory=list)

    def files(self) -> Iterator[bytes]:
        for path in sorted(self.settings.var.rglob("*")):
            if path.is_file() and (self.with_workers or path.name != "workers.toml"):
                yield path.read_bytes()

    def values(self) -> Iterator[bytes]:
        """Every value of every row, everything in Valkey, every setting, every secrets file."""
        db.session.rollback()
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                yield from (_bytes(value) for value in row)
        yield from self.valkey()
        yield from (
            _bytes(getattr(self.settings, name)) for name in ("secret_key", "lookup_key", "intake_public_key")
        )
        yield from self.extra

    def valkey(self) -> Iterator[bytes]:
        client = redis.Redis.from_url(self.settings.redis_url)
        for key in client.scan_iter():
            kept = client.dump(key)
            yield _bytes(kept)
            yield key
        client.close()

    def candidates(self) -> set[bytes]:
        """Every 32 bytes that could be a key: as they are, in base64, in hexadecimal digits."""
        found: set[bytes] = set()
        small = [value for value in self.values() if 32 <= len(value) <= SMALL]
        for value in small:
            found.update(value[at : at + 32] for at in range(len(value) - 31))
        for text in [*small, *self.files()]:
            found.update(_decoded(text))
        return found


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "replace")


def _decoded(text: bytes) -> Iterator[bytes]:
    for match in _HEX.finditer(text):
        yield bytes.fromhex(match[0].decode())
    for match in _BASE64.finditer(text):
        written = match[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/")) + b"="
        yield base64.b64decode(written)


def public_keys() -> set[bytes]:
    """Every public key that anything is sealed to."""
    db.session.rollback()
    columns = (UserKey.public_key, ReportKey.public_key, OrganisationKey.public_key)
    return {bytes(value) for column in columns for value in db.session.scalars(select(column))}


def opening_keys(candidates: Iterable[bytes], publics: set[bytes]) -> list[PrivateKey]:
    """Those that are the private half of one of these, with what they open: what is in a box under one of them too."""
    known = list(candidates)
    boxed = list(boxes_of_keys())
    for key in list(known):
        for box in boxed:
            try:
                known.append(SecretBox(key).decrypt(box))
            except (CryptoError, ValueError):
                continue
    return [PrivateKey(each) for each in known if len(each) == 32 and crypto_scalarmult_base(each) in publics]


def boxes_of_keys() -> Iterator[bytes]:
    """Private keys that lie in boxes: under passwords, printed codes and cookies."""
    yield from map(bytes, db.session.scalars(select(UserKey.sealed_private)))
    client = redis.Redis.from_url(load_redis[0])
    for key in client.scan_iter("seere:session:*"):
        for written in re.findall(rb"[A-Za-z0-9_-]{80,}={0,2}", _bytes(client.get(key))):
            try:
                yield base64.urlsafe_b64decode(written + b"=" * (-len(written) % 4))
            except ValueError:
                continue
    client.close()


load_redis: list[str] = []


def sealed_content() -> list[bytes]:
    """All that is sealed of what was reported, the phone number apart."""
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        if table.name == "contact":
            continue
        for row in db.session.execute(select(table)):
            found += [bytes(value) for value in row if isinstance(value, bytes) and sealed_under(value)]
    return found


def report_by_phone(client: FlaskClient, settings: Settings) -> None:
    url = "http://localhost/webhooks/twilio/sms"
    form = {"MessageSid": "SM" + "a" * 32, "AccountSid": ACCOUNT, "From": SENDER, "To": "+22360000000"}
    form["Body"] = TEXT
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    sent = client.post("/webhooks/twilio/sms", data=form, headers={"X-Twilio-Signature": signature})
    assert sent.status_code == 200, sent.text


def add_file(settings: Settings) -> None:
    content = tagged_pdf()
    new = begin(settings, len(content))
    append(settings, new.token, 0, io.BytesIO(content))
    report = db.session.scalars(select(Report.id)).one()
    assert additions.add(settings, report, f"{NAME} est revenu", "t" * 20, [new.token])


def test_whoever_takes_everything_that_lies_still_opens_nothing(
    app: Flask,
    client: FlaskClient,
    settings: Settings,
    keys: Keys,
    work: Callable[[], None],
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> None:
    load_redis[:] = [settings.redis_url]
    member = make_user()
    member_id = member.id
    sign_in(client, member)
    make_safe(member, PrivateKey.generate())
    report_by_phone(app.test_client(), settings)
    work()
    add_file(settings)
    work()
    tidy_up()
    publics, sealed = public_keys(), sealed_content()
    assert len(sealed) >= 5  # two texts, their tokens, the file
    loot = Loot(settings)
    nothing_is_readable(loot)

    # The web's part, while a member is signed in: everything but the cookie that their browser holds.
    assert opening_keys(loot.candidates(), publics) == []

    # With the workers' secrets too, only what is theirs opens: the number to answer to, and nothing that was reported.
    intake = bytes(settings.intake_public_key)
    everything = Loot(settings, with_workers=True)
    found = opening_keys(everything.candidates(), {*publics, intake})
    assert [bytes(each.public_key) for each in found] == [intake] * len(found) != []
    workers = ring(*found)
    for each in sealed:
        with pytest.raises(CannotOpen):
            open_bytes(workers, each)
    assert open_mapping(workers, db.session.scalars(select(Contact.sealed_address)).one()) == {
        "address": SENDER
    }
    left_in_files_opens_no_report(everything, workers, key_id(intake))

    # The same search does find the key when the member's browser is there: their cookie opens it all.
    cookie = client.get_cookie("seere_safe", path="/desk")
    assert cookie is not None
    with_cookie = Loot(settings, extra=[cookie.value.encode()])
    (own,) = {bytes(each) for each in opening_keys(with_cookie.candidates(), publics)}
    assert NAME in member_reads(member_id, PrivateKey(own))

    # And the password does; and after signing out the cookie is worth nothing.
    assert NAME in member_reads(member_id, by_password(member_id))
    page = client.get("/desk/account").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    client.post("/desk/sign-out", data={"csrf_token": token})
    assert opening_keys(with_cookie.candidates(), publics) == []


def nothing_is_readable(loot: Loot) -> None:
    """Neither name nor number lies anywhere as it was sent."""
    for content in [*loot.files(), *loot.values()]:
        for planted in (NAME, NUMBER, SENDER[4:]):
            assert planted.encode() not in content


def left_in_files_opens_no_report(loot: Loot, workers: dict[bytes, PrivateKey], intake: bytes) -> None:
    """Nor do the database's files keep what was under the intake key before it was given away."""
    head = VERSION + intake
    for content in loot.files():
        for match in re.finditer(re.escape(head), content):
            for blocks in range(1, 9):
                value = content[match.start() : match.start() + len(head) + 48 + 256 * blocks]
                try:
                    opened = str(open_mapping(workers, value))
                except CannotOpen:
                    continue
                assert (NAME in opened, WORDS in opened) == (False, False)


def by_password(member_id: uuid.UUID) -> PrivateKey:
    own = db.session.scalars(select(UserKey).where(UserKey.user_id == member_id)).one()
    private = open_with(PASSWORD, ClosedKey(own.sealed_private, own.salt, own.operations, own.memory_bytes))
    assert private is not None
    return private


def member_reads(member_id: uuid.UUID, private: PrivateKey) -> str:
    """What the first message said, to who holds this member's private key."""
    unlocked = Unlocked(member_id, private, is_strong=True)
    message = db.session.scalars(select(Message).order_by(Message.created_at)).first()
    assert message is not None
    assert message.report_id is not None
    keys = ring(unlocked.report_key(db.session(), message.report_id))
    return str(open_mapping(keys, message.sealed_content or b"")["text"])
