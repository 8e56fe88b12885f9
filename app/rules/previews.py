"""What a rule would have done: asked for before it is saved, worked out by a worker, shown to whoever asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.visibility import visible_cases
from app.clock import utcnow
from app.models import Act, Case, RoutingRule, RulePreview, User
from app.queue import JobName, owe
from app.rules.content import RuleContent, as_record
from app.rules.service import check_content, check_may_manage

PREVIEWED = timedelta(days=90)  # how far back a preview looks
KEPT = timedelta(days=7)  # what nobody saved by then is erased
SHOWN_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Receiver:
    """What one organisation would have been referred by the whole table, before and after."""

    organisation_id: uuid.UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule would have done; counts are cases. `gained` and `lost` are against the version it replaces."""

    since: datetime
    cases: int
    referred: int
    sent_at_once: int
    gained: int
    lost: int
    withheld: Mapping[str, int]
    receivers: Sequence[Receiver]

    @property
    def proposed(self) -> int:
        """How many would have waited for a colleague to send them."""
        return self.referred - self.sent_at_once


def ask(session: Session, user: User, content: RuleContent, rule: RoutingRule | None = None) -> RulePreview:
    """Have worked out what a rule would have done, instead of the version that stands if there is one.

    Raises CaseworkError: `forbidden`, `organisation_unknown`, or AccusedReceiver.
    """
    check_may_manage(user)
    check_content(session, content)
    session.execute(delete(RulePreview).where(RulePreview.asked_at < utcnow() - KEPT))
    preview = RulePreview(
        id=uuid.uuid4(),
        rule_id=rule.id if rule else None,
        base_version=rule.version if rule else 0,
        content=as_record(content),
        asked_by_id=user.id,
    )
    session.add(preview)
    session.flush()
    owe(session, JobName.PREVIEW_RULE, preview.id)
    return preview


def own_preview(session: Session, user: User, preview_id: uuid.UUID) -> RulePreview:
    """A preview of the person who asked for it: it counts what they may see. Raises CaseworkError("not_found")."""
    check_may_manage(user)
    preview = session.get(RulePreview, preview_id)
    if preview is None or preview.asked_by_id != user.id:
        raise CaseworkError(NOT_FOUND)
    return preview


def effect_of(preview: RulePreview) -> Effect:
    """What the worker found out."""
    known: Mapping[str, Any] = preview.result
    counts = {name: int(known[name]) for name in ("cases", "referred", "sent_at_once", "gained", "lost")}
    receivers = [
        Receiver(uuid.UUID(each["id"]), each["before"], each["after"]) for each in known["organisations"]
    ]
    return Effect(
        since=datetime.fromisoformat(known["since"]),
        withheld=known["withheld"],
        receivers=receivers,
        **counts,
    )


def examples(session: Session, user: User, preview: RulePreview) -> list[tuple[Case, str | None]]:
    """The newest cases that the rule would have referred, with their main violation; of those the person may read."""
    if not may(user.role, Permission.READ_CASES):
        return []
    ids = [uuid.UUID(each) for each in preview.result["examples"]]
    seen = visible_cases(user).where(Case.id.in_(ids)).order_by(Case.received_at.desc()).limit(SHOWN_EXAMPLES)
    cases = session.scalars(seen).unique().all()
    main = session.execute(
        select(Act.case_id, Act.violation_code).where(
            Act.case_id.in_([each.id for each in cases]), Act.is_main
        )
    )
    kinds = {case_id: code for case_id, code in main}  # noqa: C416 - rows, not pairs
    return [(each, kinds.get(each.id)) for each in cases]
