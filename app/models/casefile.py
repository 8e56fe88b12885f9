"""Cases: what is believed to have happened, what machines proposed, and what people decided."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.clock import utcnow
from app.database import Base, Identified
from app.models.disclosure import Disclosure
from app.models.organisation import Organisation, User
from app.models.report import Report


class CaseStatus(StrEnum):
    """Where the work on a case stands, apart from whether it is verified."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_REPORTER = "waiting_for_reporter"
    CLOSED = "closed"


class Verification(StrEnum):
    """Whether it is established; its own scale (design.md)."""

    UNVERIFIED = "unverified"
    PENDING = "pending"
    VERIFIED = "verified"
    NOT_SUBSTANTIATED = "not_substantiated"
    FALSE = "false"


class ReferralState(StrEnum):
    """A referral is seen by its organisation from `sent` on."""

    PROPOSED = "proposed"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    REVOKED = "revoked"


LIVE_STATES = (
    ReferralState.SENT,
    ReferralState.ACCEPTED,
    ReferralState.DONE,
)  # its organisation sees the case


class ActState(StrEnum):
    """What became of the allegation that an act was done."""

    ALLEGED = "alleged"
    ESTABLISHED = "established"
    NOT_ESTABLISHED = "not_established"


class FindingState(StrEnum):
    """What a person made of a machine's conclusion."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


UNSAFE_ADDITION = "unsafe_addition"  # a reason to need a person
SPAM = "spam"  # what a case can be closed as
INBOX_ORDER = ("urgency", "received_at", "id")
INBOX_FILTERS = (
    "status",
    "assigned_to_id",
    "region_code",
    "cercle_code",
    "language",
    "channel",
    "verification",
)
COUNTED_BY = ("status", "needs_person", "assigned_to_id", "is_withdrawn", "merged_into_id")
# Conditions of partial indexes, in the very words of queries that want them used.
IS_OPEN = "status <> 'closed'"
NEEDS_PERSON = "needs_person <> ''"
AWAITS_RECEIVER = "state IN ('sent', 'accepted')"


class Case(Identified, Base):
    """What is believed to have happened, as it stands now: machine's findings as corrected by people."""

    __tablename__ = "casefile"
    __table_args__ = (
        Index("ix_casefile_inbox", "urgency", "received_at", "id"),
        # Every filter of the inbox has its index in the inbox's order, so that a page is read, not sorted.
        *(Index(f"ix_casefile_{column}_inbox", column, *INBOX_ORDER) for column in INBOX_FILTERS),
        # With all that the views are counted by: that reads nothing but this index.
        Index(
            "ix_casefile_open_inbox",
            *INBOX_ORDER,
            *COUNTED_BY,
            postgresql_where=text(IS_OPEN),
            sqlite_where=text(IS_OPEN),
        ),
        Index(
            "ix_casefile_needing_inbox",
            *INBOX_ORDER,
            postgresql_where=text(f"{NEEDS_PERSON} AND {IS_OPEN}"),
            sqlite_where=text(f"{NEEDS_PERSON} AND {IS_OPEN}"),
        ),
        Index("ix_casefile_received_at", "received_at", "id"),
        Index("ix_casefile_updated_at", "updated_at", "id"),
        Index("ix_casefile_region_code_received_at", "region_code", "received_at"),
        Index("ix_casefile_verification_verified_at", "verification", "verified_at"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(String(25), default=CaseStatus.NEW)
    closed_as: Mapped[str] = mapped_column(String(20), default="")  # SPAM, or empty
    verification: Mapped[str] = mapped_column(String(20), default=Verification.UNVERIFIED)
    verified_at: Mapped[datetime | None]
    needs_person: Mapped[str] = mapped_column(String(40), default="")  # a reason code, empty when none
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5), default="und")
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    urgency: Mapped[int] = mapped_column(default=0)
    region_code: Mapped[str | None] = mapped_column(String(10))
    cercle_code: Mapped[str | None] = mapped_column(String(10))
    place_name: Mapped[str | None] = mapped_column(String(120))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[str | None] = mapped_column(String(10))
    anonymised_text: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")  # anonymised, lower case, without accents
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[uuid.UUID | None]  # the case it goes on in: nobody sees this one any more

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it as declared

    reports: Mapped[list[Report]] = relationship(order_by=Report.received_at)
    acts: Mapped[list[Act]] = relationship(
        back_populates="case",
        cascade="all, delete-orphan",
        primaryjoin="and_(Act.case_id == Case.id, Act.removed_at.is_(None))",
    )
    findings: Mapped[list[Finding]] = relationship(back_populates="case", order_by="Finding.position")
    referrals: Mapped[list[Referral]] = relationship(back_populates="case", order_by="Referral.created_at")
    events: Mapped[list[CaseEvent]] = relationship(order_by="CaseEvent.at", back_populates="case")
    assigned_to: Mapped[User | None] = relationship()

    @validates("status")
    def _reopen(self, _name: str, status: str) -> str:
        """Whoever opens a case again, it is no longer closed as anything."""
        if status != CaseStatus.CLOSED:
            self.closed_as = ""
        return status

    @property
    def is_held(self) -> bool:
        """Whether an addition waits for a person's eyes before any other organisation reads the account."""
        return self.needs_person == UNSAFE_ADDITION

    @property
    def reference(self) -> str:
        """What people call it: `S-000123`."""
        return f"S-{self.number:06d}"


class Act(Identified, Base):
    """One violation within a case, as it stands now. `is_main` marks the one shown first.

    Place and date are the act's own where they differ from the case's. `is_recorded`: a person wrote something down
    about it, so findings neither replace it nor take it away. One that was removed is in nobody's `case.acts`.
    """

    __tablename__ = "act"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    violation_code: Mapped[str] = mapped_column(String(40), index=True)
    confidence: Mapped[float] = mapped_column(default=1.0)
    is_main: Mapped[bool] = mapped_column(default=False)
    is_human: Mapped[bool] = mapped_column(default=False)
    is_recorded: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=ActState.ALLEGED)
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    region_code: Mapped[str | None] = mapped_column(String(10))
    cercle_code: Mapped[str | None] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(Text, default="")  # how it was done, without names
    removed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="acts")


class Finding(Identified, Base):
    """What a worker concluded from one message, how sure it is, by which rule, from which words."""

    __tablename__ = "finding"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[dict[str, Any]]
    confidence: Mapped[float]
    rule: Mapped[str] = mapped_column(String(120), default="")
    explanation: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # one sentence a language: {"fr": …, "en": …}
    evidence: Mapped[list[list[int]]] = mapped_column(default=list)  # [start, end] in the anonymised message
    state: Mapped[str] = mapped_column(String(15), default=FindingState.PROPOSED)
    corrected_value: Mapped[dict[str, Any] | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    case: Mapped[Case] = relationship(back_populates="findings")

    @property
    def current_value(self) -> dict[str, Any]:
        """What a person put in its place, or what the machine said."""
        return self.value if self.corrected_value is None else self.corrected_value


class Referral(Identified, Base):
    """A request to one organisation to act on a case, with a deadline."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("case_id", "organisation_id"),
        Index("ix_referral_organisation_id_state", "organisation_id", "state"),
        Index(
            "ix_referral_due",
            "deadline_at",
            "case_id",
            postgresql_where=text(AWAITS_RECEIVER),
            sqlite_where=text(AWAITS_RECEIVER),
        ),
        Index("ix_referral_state_deadline_at", "state", "deadline_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(15), default=ReferralState.PROPOSED)
    reasons: Mapped[list[str]] = mapped_column(default=list)  # names of the rules that asked for it
    note: Mapped[str] = mapped_column(Text, default="")
    deadline_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    disclosure: Mapped[str] = mapped_column(String(15), default=Disclosure.ANONYMISED)
    answer_note: Mapped[str] = mapped_column(Text, default="")  # what was said with the last step
    consent_overridden_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    override_ground: Mapped[str] = mapped_column(String(30), default="")  # app/casework/override_grounds.toml
    override_reason: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    escalation_level: Mapped[int] = mapped_column(
        default=0
    )  # how many steps of workers/escalation.toml are done

    case: Mapped[Case] = relationship(back_populates="referrals")
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class CaseEvent(Identified, Base):
    """A line of a case's history, for the people who work on it. The audit chain is apart."""

    __tablename__ = "case_event"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # codes and ids
    reason: Mapped[str] = mapped_column(Text, default="")  # what the person wrote
    version: Mapped[int] = mapped_column(server_default="0")  # of the case, once this had happened

    case: Mapped[Case] = relationship(back_populates="events")
    user: Mapped[User | None] = relationship(lazy="joined")


@event.listens_for(CaseEvent, "before_insert")
def _note_version(_mapper: object, _connection: object, line: CaseEvent) -> None:
    """The version that the case has by then, read by the statement that writes the line."""
    line.version = select(Case.version).where(Case.id == line.case_id).scalar_subquery()
