"""One file from its first bytes to its findings, whatever it is. Pure: a file in, findings out, and it never raises."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import BinaryIO

from workers.decoding import details
from workers.decoding.findings import CannotCopy, Caution, Findings, Order
from workers.decoding.kinds import Family, Kind, is_something_else_too, kind_of

_WITHOUT_COPY = {
    Family.ACTIVE: Caution.ACTIVE,
    Family.ARCHIVE: Caution.ARCHIVE,
    Family.UNSUPPORTED: Caution.UNKNOWN_KIND,
}


def read(file: BinaryIO, order: Order) -> Findings:
    """Look at a file and make its copy."""
    kind, until = kind_of(file), time.monotonic() + order.seconds
    try:
        found = _examined(file, order, kind, until)
    except CannotCopy as problem:
        found = Findings(caution=problem.caution)
    found = replace(found, content_type=_told(found, kind), details=_with_packet(found, file, order.size))
    if found.caution is Caution.NONE and is_something_else_too(file, order.size, kind):
        return replace(found, caution=Caution.SEVERAL_KINDS)
    return found


def _examined(file: BinaryIO, order: Order, kind: Kind, until: float) -> Findings:
    """Each family's own reader, loaded only when it is needed. Raises CannotCopy."""
    file.seek(0)
    if kind.family is Family.PICTURE:
        from workers.decoding import pictures

        return pictures.examined(file, order.rectangles)
    if kind.family is Family.DOCUMENT:
        from workers.decoding import documents

        return documents.examined(file, until)
    if kind.family is Family.MEDIA:
        from workers.decoding import films, sounds

        return sounds.examined(file, order.size, kind) or films.examined(file, kind, until)
    raise CannotCopy(_WITHOUT_COPY[kind.family])


def _told(found: Findings, kind: Kind) -> str:
    """The type: a reader knows better than the first bytes whether a container holds pictures."""
    return found.content_type if found.copy and kind.family is Family.MEDIA else kind.content_type


def _with_packet(found: Findings, file: BinaryIO, size: int) -> dict[str, str]:
    """What its own metadata say, and the XMP packet that may lie in any kind of file."""
    return {**found.details, **details.bounded(details.packet(file, size))}
