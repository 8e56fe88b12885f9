"""Fetching one file: asked of the provider with no transaction open, sealed, kept once. A second run does nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import structlog

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import close_session, transaction
from app.intake.gateways.configured import ConfiguredGateway, find_gateway
from app.intake.gateways.protocol import Capability, MediaProvider
from app.models import Attachment, AttachmentState
from app.safe.resealing import owe_resealing
from workers.attachments import copies, sandbox
from workers.attachments.examining import kept_detail
from workers.attachments.originals import Original, of_bytes
from workers.gateways import full_configuration
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

NOT_READY_FOR = timedelta(hours=1)  # a recording's address may answer 404 until the provider has worked on it
GIVEN_UP_AFTER = timedelta(days=7)
LONGEST_FAILURE = 60
NOT_THERE = frozenset({"status 404", "status 410"})
FOR_GOOD = frozenset({"too large", "packed"})  # the next attempt would bring the same
SECONDS_FOR_COPY = 90.0  # of the two minutes that such a job has
FOREIGN_ADDRESS = "UnknownAddress"


class NotYetFetched(RuntimeError):
    """The file couldn't be had this time; the job is owed again. The message is a code."""


class _NoWay(RuntimeError):
    """The file can't be had for good; the message is a code."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be fetched, and since when."""

    gateway: str
    sealed_source: bytes
    since: datetime


def fetch_attachment(keys: Keys, attachment_id: uuid.UUID) -> None:
    """Fetch, seal and copy one file; FAILED once it is certain that it can't be had. Raises NotYetFetched."""
    wanted = _wanted(attachment_id)
    if wanted is None:
        return
    try:
        content = _fetch(keys, wanted)
    except _NoWay as problem:
        _give_up(attachment_id, str(problem))
        return
    original, key = of_bytes(content), keys.settings.intake_public_key
    found = copies.sealed(sandbox.examined(original, seconds=SECONDS_FOR_COPY), key)
    sealed_original = copies.sealed_file(content, found.findings.content_type, key)
    _keep(attachment_id, original, found, sealed_original)


def _wanted(attachment_id: uuid.UUID) -> _Wanted | None:
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id)
        if attachment is None or attachment.state != AttachmentState.WAITING or not attachment.sealed_source:
            return None
        return _Wanted(attachment.gateway, attachment.sealed_source, attachment.created_at)


def _fetch(keys: Keys, wanted: _Wanted) -> bytes:
    """The file's bytes. Raises _NoWay and NotYetFetched."""
    try:
        url = str(open_sealed(keys.workers, wanted.sealed_source)["url"])
    except (CannotOpen, KeyError):
        raise _NoWay("unreadable-source") from None
    try:
        gateway = _gateway(keys, wanted.gateway)
        configuration = full_configuration(keys, gateway)
        close_session()  # the provider may take minutes
        return cast("MediaProvider", gateway.provider).fetch(configuration, url)[0]
    except (OSError, LookupError, CannotOpen) as error:
        raise _judged(error, utcnow() - wanted.since) from None


def _gateway(keys: Keys, slug: str) -> ConfiguredGateway:
    """Raises LookupError for one that is switched off or keeps no files."""
    with transaction() as session:
        gateway = find_gateway(session, keys.settings, slug)
    if gateway is None or Capability.MEDIA not in gateway.provider.capabilities:
        raise LookupError
    return gateway


def _judged(error: Exception, waited: timedelta) -> _NoWay | NotYetFetched:
    """Whether to try again. Of an error only what we wrote ourselves is kept: others' texts may hold an address."""
    said = str(error)
    if said in NOT_THERE:
        return _NoWay("not-there") if waited > NOT_READY_FOR else NotYetFetched("not-there")
    if said in FOR_GOOD:
        return _NoWay(said.replace(" ", "-"))
    name = type(error).__name__
    return _NoWay(name) if name == FOREIGN_ADDRESS or waited > GIVEN_UP_AFTER else NotYetFetched(name)


def _keep(
    attachment_id: uuid.UUID, original: Original, found: copies.SealedFindings, sealed_original: bytes
) -> None:
    with transaction() as session:
        attachment = session.get_one(Attachment, attachment_id, with_for_update=True)
        if attachment.state != AttachmentState.WAITING:
            return
        attachment.state, attachment.sealed_source, attachment.failure = AttachmentState.KEPT, None, None
        attachment.sealed_original = sealed_original
        copies.put_all(attachment, original, found)
        owe_resealing(session, attachment.report_id)
        audit.record(
            session,
            Action.ATTACHMENT_KEPT,
            f"attachment:{attachment_id}",
            actor="worker",
            detail=kept_detail(attachment),
        )


def _give_up(attachment_id: uuid.UUID, failure: str) -> None:
    """Say that it can't be had. The address stays sealed: a person may know another way to it."""
    with transaction() as session:
        attachment = session.get_one(Attachment, attachment_id, with_for_update=True)
        if attachment.state != AttachmentState.WAITING:
            return
        attachment.state, attachment.failure = AttachmentState.FAILED, failure[:LONGEST_FAILURE]
        owe_resealing(session, attachment.report_id)
        detail = {"failure": attachment.failure}
        audit.record(
            session, Action.ATTACHMENT_FAILED, f"attachment:{attachment_id}", actor="worker", detail=detail
        )
    logger.warning("attachment_failed", error=failure[:LONGEST_FAILURE])
