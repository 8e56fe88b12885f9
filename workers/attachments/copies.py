"""What was found in a file, sealed, and put on its row."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from app.models import Attachment
from app.sealing import seal, seal_bytes
from workers.attachments.originals import Original
from workers.decoding.findings import Copy, Findings


@dataclass(frozen=True, slots=True)
class SealedFindings:
    """Findings of which nothing can be read without the workers' key; sealed before a transaction begins."""

    findings: Findings
    copy: bytes | None
    preview: bytes | None
    details: bytes | None


def sealed_file(content: bytes, content_type: str, key: bytes) -> bytes:
    """A sealed file: `bytes` in base64, and `content_type` by its content."""
    return seal({"bytes": base64.b64encode(content).decode("ascii"), "content_type": content_type}, key)


def sealed(findings: Findings, key: bytes) -> SealedFindings:
    """Copy, preview and metadata sealed to the workers."""
    return SealedFindings(
        findings,
        copy=_sealed_copy(findings.copy, key),
        preview=seal_bytes(findings.preview, key) if findings.preview else None,
        details=seal(findings.details, key) if findings.details else None,
    )


def _sealed_copy(copy: Copy | None, key: bytes) -> bytes | None:
    return sealed_file(copy.content, copy.content_type, key) if copy else None


def put_copy(attachment: Attachment, found: SealedFindings) -> None:
    """The copy, its preview, and why there is none or why to beware."""
    attachment.sealed_copy, attachment.sealed_preview = found.copy, found.preview
    attachment.caution = str(found.findings.caution)


def put_all(attachment: Attachment, original: Original, found: SealedFindings) -> None:
    """Everything that a first look at a file says."""
    put_copy(attachment, found)
    attachment.content_type = found.findings.content_type
    attachment.size, attachment.sha256 = original.size, original.sha256
    attachment.sealed_details = found.details
    attachment.blurred = [list(each) for each in found.findings.rectangles]
    attachment.face_count = found.findings.face_count
