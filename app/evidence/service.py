"""Hiding parts of a picture: what people decide here, a worker draws (workers/attachments/examining.py)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.files import PICTURE
from app.casework.handing_back import let_read_file
from app.casework.history import EventKind
from app.casework.visibility import workable_case
from app.models import Attachment, AttachmentState, Report, ReportState, User
from app.openings.subjects import may_open
from app.queue import JobName, owe_again

if TYPE_CHECKING:
    from app.models import Case

REMAKING = "remaking"  # workers.decoding.findings.Caution.REMAKING: the copy from before is gone
MOST_RECTANGLES = 60


def hide(
    session: Session,
    user: User,
    attachment_id: uuid.UUID,
    rectangles: Sequence[Sequence[float]],
    *,
    case_id: uuid.UUID,
    seen: str,
) -> None:
    """Have the copy of a picture made anew with exactly these parts hidden. Until then there is no copy.

    Raises CaseworkError: `forbidden`, `not_found`, `withdrawn`, `not_a_picture`, `rectangles_many`, and
    `changed_meanwhile` when somebody else hid something since the form was drawn; and as `handing_back` says.
    """
    case, attachment = picture(session, user, attachment_id, case_id=case_id)
    if seen != mark(attachment.blurred):
        raise CaseworkError(CHANGED_MEANWHILE)
    if len(rectangles) > MOST_RECTANGLES:
        raise CaseworkError("rectangles_many")
    let_read_file(session, user, attachment)
    before = len(attachment.blurred)
    attachment.blurred = [list(each) for each in rectangles]
    attachment.caution, attachment.sealed_copy, attachment.sealed_preview = REMAKING, None, None
    detail = {"attachment": str(attachment.id), "hidden": len(rectangles), "before": before}
    history.write(session, user, case, EventKind.HIDING_CHANGED, detail=detail)
    owe_again(session, JobName.REMAKE_COPY, attachment.id)


def picture(
    session: Session, user: User, attachment_id: uuid.UUID, *, case_id: uuid.UUID
) -> tuple[Case, Attachment]:
    """A picture that this person may open, and its case. Raises CaseworkError as `hide` does."""
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    case = workable_case(session, user, case_id, Permission.OPEN_SEALED)
    attachment = session.scalar(
        select(Attachment)
        .join(Report, Report.id == Attachment.report_id)
        .where(
            Attachment.id == attachment_id,
            Attachment.state == AttachmentState.KEPT,
            Report.case_id == case.id,
            Report.state != ReportState.WITHDRAWN,
        )
        .with_for_update(of=Attachment)
    )
    if attachment is None:
        raise CaseworkError(NOT_FOUND)
    is_there = attachment.sealed_copy is not None or attachment.caution == REMAKING
    if not attachment.content_type.startswith(PICTURE) or not is_there:
        raise CaseworkError("not_a_picture")
    return case, attachment


def mark(rectangles: Sequence[Sequence[float]]) -> str:
    """By what a form says which rectangles its writer saw."""
    plain = json.dumps([[round(part, 4) for part in each] for each in rectangles])
    return hashlib.sha256(plain.encode("ascii")).hexdigest()[:16]
