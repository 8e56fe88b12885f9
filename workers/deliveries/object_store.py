"""Bringing a file to a store that speaks S3: by TLS, signed, with nothing taken from the worker's environment.

The endpoint's name is looked at before each delivery. The library resolves it once more itself; that between the two
it might lead elsewhere is why what is brought is encrypted to the recipient before.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from app.notifications.addresses import AddressRefused, destination
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget, refused

CONNECT_TIME = timedelta(seconds=20)
WHOLE_TIME = timedelta(seconds=600)
RETRY_TIME = timedelta(seconds=30)
_LOOKED_FOR = 1
_BAD_CERTIFICATE = "InvalidCertificate"  # by its name in rustls: obstore has no error of its own for it


def bring(target: OpenedTarget, file: Path, name: str, *, allows_loopback: bool = False) -> None:
    """Put a file under `name` after the target's prefix; it appears there whole or not at all. Raises CannotDeliver."""
    try:
        obstore.put(_store(target, allows_loopback), name, file)
    except (BaseError, OSError, ValueError) as error:
        raise _told(error) from error


def look(target: OpenedTarget, *, allows_loopback: bool = False) -> None:
    """Ask for what lies there, to see that the key opens the bucket. Raises CannotDeliver."""
    try:
        next(iter(_store(target, allows_loopback).list(chunk_size=_LOOKED_FOR)), None)
    except (BaseError, OSError, ValueError) as error:
        raise _told(error) from error


def _store(target: OpenedTarget, allows_loopback: bool) -> S3Store:
    endpoint = str(target.address["endpoint"])
    where = destination(endpoint, allows_loopback=allows_loopback)
    return S3Store(
        str(target.address["bucket"]),
        prefix=str(target.address.get("folder") or "") or None,
        endpoint=endpoint,
        region=str(target.address["region"]),
        access_key_id=target.secret["access_key"],
        secret_access_key=target.secret["secret_key"],
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": where.scheme == "http",
            "connect_timeout": CONNECT_TIME,
            "timeout": WHOLE_TIME,
            "user_agent": "deliveries",
        },
        retry_config={"max_retries": 2, "retry_timeout": RETRY_TIME},
    )


def _told(error: Exception) -> CannotDeliver:
    """Every error as a code: what a server says is never kept."""
    if isinstance(error, AddressRefused):
        return refused(error)
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return CannotDeliver("login", is_final=True)
    if isinstance(error, FileNotFoundError):
        return CannotDeliver("folder")
    if _BAD_CERTIFICATE in str(error):
        return CannotDeliver("tls")  # it may be renewed within the day
    return CannotDeliver("not_taken")
