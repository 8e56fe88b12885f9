"""Everything the case page shows to one person, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.composer import Composer, composer
from app.casework.disclosure import may_open_identities
from app.casework.finding_views import STATED_BY_PEOPLE, FindingView, evidence_in, finding_views
from app.casework.highlighting import Piece, cut
from app.casework.masking import corrections_of
from app.casework.record_views import RecordView, record_view
from app.casework.referral_views import (
    ConflictsView,
    Receivers,
    ReferralView,
    conflicts_view,
    receivers,
    referral_views,
)
from app.casework.talk import TalkLine, talk
from app.casework.timeline import TimelineEntry, timeline
from app.casework.tokens import tokens_in
from app.casework.told import ReporterView, reporters
from app.casework.verification_views import VerifyingView, verifying_view
from app.casework.visibility import may_read_text
from app.casework.wishes import contact_of
from app.languages import page_language
from app.messaging.contacts import Wishes, wishes_of
from app.messaging.dialogue import rule_in_words
from app.models import (
    Case,
    Contact,
    CorrectionState,
    Direction,
    MaskChange,
    MaskCorrection,
    Message,
    Report,
    ReportState,
    User,
)


@dataclass(frozen=True, slots=True)
class MaskView:
    """A token of a message; `state` says how far it is with taking it away, if somebody asked for that."""

    token: str
    state: CorrectionState | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message: its pieces if it came in (none where it may not be shown), and what it answers."""

    message: Message
    pieces: tuple[Piece, ...]
    masks: tuple[MaskView, ...] = ()

    @property
    def removable_masks(self) -> list[tuple[str, str]]:
        """The masks that can be taken away, as entries of a list to choose from."""
        waiting = {CorrectionState.PENDING, CorrectionState.FAILED}
        return [(mask.token, mask.token) for mask in self.masks if mask.state not in waiting]


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A message of the conversation: how far it is, and its text with masks and evidence."""

    talk: TalkLine
    view: MessageView


@dataclass(frozen=True, slots=True)
class WishesView:
    """What the reporter's phone wishes; `wishes` is None where what is on record makes no sense."""

    contact: Contact
    wishes: Wishes | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page's content for one person."""

    case: Case
    may_read_text: bool
    account: Sequence[MessageView]
    conversation: Sequence[ConversationLine]
    findings: Sequence[FindingView]
    missing: Sequence[str]
    referrals: Sequence[ReferralView]
    receivers: Receivers
    conflicts: ConflictsView | None
    colleagues: Sequence[User]
    timeline: Sequence[TimelineEntry]
    composer: Composer | None
    wishes: WishesView | None
    rule: str
    reporters: Sequence[ReporterView] = ()
    record: RecordView | None = None
    verifying: VerifyingView | None = None
    permissions: frozenset[str] = field(default=frozenset())


def case_page(session: Session, user: User, case: Case) -> CasePage:
    """Read all that belongs to a case this person was already found to see."""
    is_readable = may_read_text(user, case)
    messages = _messages(session, case)
    texts = {each.id: each.anonymised_text or "" for each in messages} if is_readable else {}
    findings = finding_views(session, user, case, texts)
    corrections = corrections_of(session, case) if is_readable else ()
    views = [_message_view(each, texts.get(each.id, ""), findings, corrections) for each in messages]
    account = [view for view in views if not _is_conversation(view.message)]
    return CasePage(
        case=case,
        may_read_text=is_readable,
        account=account,
        conversation=_conversation(session, user, case, views, account),
        findings=findings,
        missing=_missing(findings),
        referrals=referral_views(session, user, case),
        receivers=receivers(session, user, case),
        conflicts=conflicts_view(session, user, case),
        colleagues=colleagues(session, user),
        timeline=timeline(session, user, case),
        composer=composer(session, case),
        wishes=_wishes(session, case),
        rule=rule_in_words(page_language()),
        reporters=reporters(session, case, messages) if user.organisation.sees_every_case else (),
        record=record_view(session, user, case) if is_readable else None,
        verifying=verifying_view(session, user, case) if is_readable else None,
        permissions=_permissions(session, user, case),
    )


def _message_view(
    message: Message, text: str, findings: Sequence[FindingView], corrections: Sequence[MaskCorrection]
) -> MessageView:
    states = {
        each.token: CorrectionState(each.state)
        for each in corrections
        if each.message_id == message.id and each.change == MaskChange.REMOVED
    }
    masks = tuple(MaskView(token, states.get(token)) for token in tokens_in(text))
    return MessageView(message, cut(text, evidence_in(message, findings)), masks)


def _messages(session: Session, case: Case) -> list[Message]:
    """What one of several writers withdrew is no longer there; of a case withdrawn as a whole, `may_read_text` says."""
    is_standing = or_(Report.state != ReportState.WITHDRAWN, literal(case.is_withdrawn))
    statement = (
        select(Message)
        .join(Report, Report.id == Message.report_id)
        .where(Report.case_id == case.id, is_standing)
        .order_by(Message.created_at)
    )
    return list(session.scalars(statement))


def _is_conversation(message: Message) -> bool:
    """Whether a message is no account of its own: what we wrote, an answer, or the same text once more."""
    is_answer = message.answers_message_id is not None or message.repeats_message_id is not None
    return message.direction == Direction.OUTBOUND or is_answer


def _conversation(
    session: Session, user: User, case: Case, views: Sequence[MessageView], account: Sequence[MessageView]
) -> list[ConversationLine]:
    in_account = {view.message.id for view in account}
    lines = talk(session, user, case, [view.message for view in views], in_account)
    return [ConversationLine(line, view) for line, view in zip(lines, views, strict=True)]


def _wishes(session: Session, case: Case) -> WishesView | None:
    contact = contact_of(session, case.id)
    return WishesView(contact, wishes_of(contact)) if contact else None


def _missing(findings: Sequence[FindingView]) -> list[str]:
    present = {view.finding.kind for view in findings}
    return [kind for kind in STATED_BY_PEOPLE if kind not in present]


def colleagues(session: Session, user: User) -> list[User]:
    """The people of one's own organisation who can be given cases, by name."""
    people = select(User).where(User.organisation_id == user.organisation_id, User.is_active)
    found = session.scalars(people.order_by(User.display_name)).unique()
    return [each for each in found if may(each.role, Permission.WORK_ON_CASES)]


def _permissions(session: Session, user: User, case: Case) -> frozenset[str]:
    """The names of what this person may do here, for the template."""
    held = {str(each) for each in Permission if may(user.role, each)}
    if may(user.role, Permission.WORK_ON_CASES):
        held.add("note")
    if not user.organisation.sees_every_case:
        held -= {str(Permission.REFER_CASES)}
        held -= set() if may_open_identities(session, user, case) else {str(Permission.OPEN_SEALED)}
        held -= {str(Permission.OVERRIDE_CONSENT), str(Permission.STATE_CONFLICTS)}
    elif may(user.role, Permission.WORK_ON_CASES):
        held |= {"unmask", "move"}
    return frozenset(held & {"note"} if case.is_withdrawn else held)
