"""Where exports are brought to, as administrators keep it. What opens a target is sealed and never shown again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import utcnow
from app.exports.judicial.certificates import PRIVATE
from app.exports.levels import Level
from app.models import CARRYING, DeliveryTarget, Organisation, TargetKind, TargetState, User
from app.notifications.addresses import AddressRefused, destination, public_address
from app.queue import JobName, owe_again
from app.sealing import seal
from app.settings import Settings

LONGEST_NAME = 80
LARGEST_CERTIFICATE = 100_000  # bytes
MAIL_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", re.ASCII)
_PORTS = range(1, 65_536)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_FOLDER = re.compile(r"[\w./ -]{0,200}", re.ASCII)
_HOST_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,2000}={0,2}")


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target as an administrator describes it; which of the parts count depends on the kind."""

    name: str
    kind: str
    organisation_id: uuid.UUID | None
    host: str = ""
    port: int = 22
    folder: str = ""
    pinned: str = ""
    endpoint: str = ""
    region: str = ""
    bucket: str = ""
    certificate: bytes = b""
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)  # user, password, private_key…


def add_target(session: Session, settings: Settings, user: User, new: NewTarget) -> DeliveryTarget:
    """Add a target, and have a worker look whether something can be brought there.

    Raises CaseworkError: `forbidden`, `name`, `organisation_unknown`, `kind`, `folder`, `bucket`, `region`,
    `host_key`, `certificate_private`, `certificate_long`, `secret_missing`, `mail_address`; AddressRefused for where
    nothing may be sent.
    """
    _may_administer(user)
    organisation = session.get(Organisation, new.organisation_id) if new.organisation_id else None
    if organisation is None or not organisation.is_active:
        raise CaseworkError("organisation_unknown")
    address = _address(new, allows_loopback=settings.demonstration)
    target = DeliveryTarget(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        name=new.name.strip(),
        kind=new.kind,
        address=address,
        sealed_secret=seal(dict(new.secret), settings.intake_public_key) if new.secret else None,
        pinned=new.pinned,
        certificate=new.certificate or None,
        created_by_id=user.id,
    )
    session.add(target)
    session.flush()
    _have_checked(session, target)
    _record(session, Action.TARGET_ADDED, target, user, kind=new.kind, organisation=str(organisation.id))
    return target


def check_again(session: Session, user: User, target_id: uuid.UUID) -> None:
    """Have a worker look once more. Raises CaseworkError."""
    target = _target(session, user, target_id)
    target.state, target.problem = TargetState.CHECKING, ""
    _have_checked(session, target)
    _record(session, Action.TARGET_CHANGED, target, user, is_checked=True)


def remove_target(session: Session, user: User, target_id: uuid.UUID) -> None:
    """Take one away and forget what opened it; what waits for it is dropped. Raises CaseworkError."""
    target = _target(session, user, target_id)
    target.removed_at, target.sealed_secret = utcnow(), None
    _record(session, Action.TARGET_REMOVED, target, user)


def usable_for(target: DeliveryTarget, level: str) -> bool:
    """Whether files of a level may be brought there: only encrypted to the recipient, unless they are public."""
    if target.removed_at is not None or target.state == TargetState.REFUSED:
        return False
    is_encrypted = target.certificate is not None or target.kind not in CARRYING
    return is_encrypted or level == Level.PUBLIC


def _address(new: NewTarget, *, allows_loopback: bool) -> dict[str, Any]:
    """What may be read of the address. Raises CaseworkError and AddressRefused."""
    if not 0 < len(new.name.strip()) <= LONGEST_NAME:
        raise CaseworkError("name")
    if PRIVATE.encode("ascii") in new.certificate:
        raise CaseworkError("certificate_private")
    if len(new.certificate) > LARGEST_CERTIFICATE:
        raise CaseworkError("certificate_long")
    if not _FOLDER.fullmatch(new.folder) or ".." in new.folder:
        raise CaseworkError("folder")
    if new.kind == TargetKind.SFTP:
        return _of_sftp(new, allows_loopback=allows_loopback)
    if new.kind == TargetKind.S3:
        return _of_store(new, allows_loopback=allows_loopback)
    if new.kind == TargetKind.EMAIL and not MAIL_ADDRESS.fullmatch(new.secret.get("mail", "")):
        raise CaseworkError("mail_address")
    if new.kind not in set(TargetKind):
        raise CaseworkError("kind")
    return {}


def _of_sftp(new: NewTarget, *, allows_loopback: bool) -> dict[str, Any]:
    if not _HOST_KEY.fullmatch(new.pinned):
        raise CaseworkError("host_key")
    if not new.secret.get("user") or not (new.secret.get("password") or new.secret.get("private_key")):
        raise CaseworkError("secret_missing")
    if new.port not in _PORTS:
        raise AddressRefused("malformed")
    public_address(new.host, new.port, allows_loopback=allows_loopback)
    return {"host": new.host, "port": new.port, "folder": new.folder}


def _of_store(new: NewTarget, *, allows_loopback: bool) -> dict[str, Any]:
    if not _BUCKET.fullmatch(new.bucket):
        raise CaseworkError("bucket")
    if not _REGION.fullmatch(new.region):
        raise CaseworkError("region")
    if not new.secret.get("access_key") or not new.secret.get("secret_key"):
        raise CaseworkError("secret_missing")
    destination(new.endpoint, allows_loopback=allows_loopback)
    return {"endpoint": new.endpoint, "region": new.region, "bucket": new.bucket, "folder": new.folder}


def _have_checked(session: Session, target: DeliveryTarget) -> None:
    owe_again(session, JobName.CHECK_DELIVERY_TARGET, target.id)


def _target(session: Session, user: User, target_id: uuid.UUID) -> DeliveryTarget:
    _may_administer(user)
    found = session.get(DeliveryTarget, target_id)
    if found is None or found.removed_at is not None:
        raise CaseworkError(NOT_FOUND)
    return found


def _may_administer(user: User) -> None:
    if not may(user.role, Permission.ADMINISTER):
        raise CaseworkError(FORBIDDEN)


def _record(session: Session, action: Action, target: DeliveryTarget, user: User, **detail: object) -> None:
    audit.record(session, action, f"delivery_target:{target.id}", actor=f"user:{user.id}", detail=detail)
