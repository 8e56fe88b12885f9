"""Which organisations can open a report: its private key, sealed to the current key of each.

Workers call `share_report` when they seal a report's content; later only a member whose organisation has a share can
hand it on (`share_onward`). Without any share nobody can open the report again, ever.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from nacl.public import PrivateKey
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.models import Organisation, OrganisationKey, ReportKey, ReportKeyShare, User
from app.safe.boxes import seal_key
from app.safe.errors import NOT_SHARED, SafeError
from app.safe.generations import current_key
from app.safe.holding import Unlocked


def organisations_with_keys(
    session: Session, organisation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, OrganisationKey]:
    """The current key of each of these organisations that has one; closed organisations have none."""
    found = session.scalars(
        select(OrganisationKey)
        .join(Organisation, Organisation.id == OrganisationKey.organisation_id)
        .where(
            OrganisationKey.organisation_id.in_(organisation_ids),
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.retired_at.is_(None),
            Organisation.is_active,
        )
    )
    return {key.organisation_id: key for key in found}


def share_report(
    session: Session,
    report_key: ReportKey,
    private: PrivateKey,
    organisation_key: OrganisationKey,
    by: User | None = None,
) -> ReportKeyShare:
    """Let an organisation open a report: seal its private key to the organisation's key. A second time is the same.

    `private` must be the private half of `report_key`; `by` is the member who hands it on, None for a worker. A key
    that was retired in the meantime is replaced by its successor. Raises SafeError(`not_shared`) where there is none.
    """
    key = _still_current(session, organisation_key)
    there = session.scalar(
        select(ReportKeyShare).where(
            ReportKeyShare.report_key_id == report_key.id, ReportKeyShare.organisation_key_id == key.id
        )
    )
    return there or _add(session, report_key, private, key, by)


def _still_current(session: Session, key: OrganisationKey) -> OrganisationKey:
    """The key, held against a rotation until this transaction ends: a share for a discarded key would be lost."""
    held = session.get_one(OrganisationKey, key.id, with_for_update={"read": True}, populate_existing=True)
    if held.retired_at is None and held.ready_at is not None:
        return held
    successor = current_key(session, held.organisation_id)
    if successor is None:
        raise SafeError(NOT_SHARED)
    return successor


def _add(
    session: Session, report_key: ReportKey, private: PrivateKey, key: OrganisationKey, by: User | None
) -> ReportKeyShare:
    share = ReportKeyShare(
        id=uuid.uuid4(),
        report_key_id=report_key.id,
        organisation_key_id=key.id,
        sealed_private=seal_key(private, bytes(key.public_key)),
        shared_by_id=by.id if by else None,
    )
    session.add(share)
    session.flush()
    audit.record(
        session,
        Action.REPORT_KEY_SHARED,
        f"report:{report_key.report_id}",
        actor=f"user:{by.id}" if by else "worker",
        detail={"organisation": str(key.organisation_id), "generation": key.generation},
    )
    return share


def share_onward(
    session: Session,
    user: User,
    unlocked: Unlocked,
    report_ids: Iterable[uuid.UUID],
    organisation_id: uuid.UUID,
) -> int:
    """A member whose organisation can open these reports lets another one; how many have a key to be shared.

    Whether the consent and the referral allow it is the caller's to check. Reports not sealed yet are left to the
    worker. Raises SafeError: `not_shared` when the other organisation has no safe, and as `Unlocked.report_key`.
    """
    receiver = organisations_with_keys(session, [organisation_id]).get(organisation_id)
    if receiver is None:
        raise SafeError(NOT_SHARED)
    keys = list(session.scalars(select(ReportKey).where(ReportKey.report_id.in_(list(report_ids)))))
    for key in keys:
        share_report(session, key, unlocked.report_key(session, key.report_id), receiver, by=user)
    return len(keys)


def holders(session: Session, report_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """For each report that is sealed to a key of its own, the organisations that can open it."""
    rows = session.execute(
        select(ReportKey.report_id, OrganisationKey.organisation_id)
        .outerjoin(ReportKeyShare, ReportKeyShare.report_key_id == ReportKey.id)
        .outerjoin(OrganisationKey, OrganisationKey.id == ReportKeyShare.organisation_key_id)
        .where(ReportKey.report_id.in_(report_ids))
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for report_id, organisation_id in rows:
        found.setdefault(report_id, set()).update({organisation_id} if organisation_id else ())
    return {report_id: frozenset(organisations) for report_id, organisations in found.items()}


def withdraw_shares(
    session: Session, report_ids: Collection[uuid.UUID], organisation_id: uuid.UUID, *, actor: str
) -> int:
    """Take reports' keys away from one organisation, such as when its referral is revoked; how many were taken."""
    keys = select(OrganisationKey.id).where(OrganisationKey.organisation_id == organisation_id)
    reports = select(ReportKey.id).where(ReportKey.report_id.in_(report_ids))
    taken = session.execute(
        delete(ReportKeyShare).where(
            ReportKeyShare.organisation_key_id.in_(keys), ReportKeyShare.report_key_id.in_(reports)
        )
    )
    count = _count(taken)
    if count:
        detail = {"shares": count}
        audit.record(
            session, Action.REPORT_KEYS_TAKEN, f"organisation:{organisation_id}", actor=actor, detail=detail
        )
    return count


def erase_report_keys(session: Session, report_ids: Collection[uuid.UUID]) -> int:
    """Make reports unreadable for everybody, for good, by erasing every share of their keys; how many reports.

    The public keys stay, so that what still arrives for a report is sealed to nobody as well. The caller writes what
    it did and why into the audit trail. Backups and a database's journals hold erased shares until they are
    overwritten themselves.
    """
    keys = list(session.scalars(select(ReportKey.id).where(ReportKey.report_id.in_(report_ids))))
    session.execute(delete(ReportKeyShare).where(ReportKeyShare.report_key_id.in_(keys)))
    session.execute(
        update(ReportKey)
        .where(ReportKey.id.in_(keys))
        .values(returned_private=None, returned_until=utcnow(), returned_by_id=None)
    )
    return len(keys)


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
