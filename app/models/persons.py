"""The record of a case: who was involved in which act, and which cases belong together.

Nobody's name is ever here: a person is known by a token of the anonymised text or by a plain description.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class PersonKind(StrEnum):
    """One person, or several who are told of together."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class InvolvementRole(StrEnum):
    """What somebody was in an act (HURIDOCS: the kinds of involvement)."""

    VICTIM = "victim"
    ALLEGED_PERPETRATOR = "alleged_perpetrator"
    WITNESS = "witness"
    SOURCE = "source"


class LinkKind(StrEnum):
    """How one case stands to another."""

    PRECEDES = "precedes"
    CAUSES = "causes"
    PART_OF = "part_of"


UNKNOWN = "unknown"  # always allowed where a vocabulary is asked for


class Person(Identified, Base):
    """Somebody in a case, or a group. Counts are of a group: those who are known, and those of whom it isn't.

    `actor_code` and `actor_category` are codes of app.reference.taxonomy, of an alleged perpetrator; `has_acquiescence`
    says that a non-State author acted with the State's consent or tolerance. `finding_id` is what it was taken from.
    """

    __tablename__ = "person"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120), default="")
    sex: Mapped[str] = mapped_column(String(10), default=UNKNOWN)
    age_group: Mapped[str] = mapped_column(String(15), default=UNKNOWN)
    state: Mapped[str] = mapped_column(String(15), default=UNKNOWN)
    characteristics: Mapped[list[str]] = mapped_column(default=list)
    women: Mapped[int] = mapped_column(default=0)
    men: Mapped[int] = mapped_column(default=0)
    girls: Mapped[int] = mapped_column(default=0)
    boys: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    is_at_least: Mapped[bool] = mapped_column(default=False)
    actor_code: Mapped[str] = mapped_column(String(40), default="")
    actor_category: Mapped[str] = mapped_column(String(40), default="")
    has_acquiescence: Mapped[bool] = mapped_column(default=False)
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("finding.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    @property
    def total(self) -> int | None:
        """How many a group is; None where nobody knows. One for an individual."""
        if self.kind == PersonKind.INDIVIDUAL:
            return 1
        return self.women + self.men + self.girls + self.boys + self.unknown or None


class Involvement(Identified, Base):
    """What one person was in one act, or (no act) in the whole case, and how certain that is."""

    __tablename__ = "involvement"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    act_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("act.id", ondelete="SET NULL"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    certainty: Mapped[str] = mapped_column(String(15), default=UNKNOWN)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    removed_at: Mapped[datetime | None]


class CaseLink(Identified, Base):
    """That one case precedes, causes or is part of another. From the other side the inverse is read."""

    __tablename__ = "case_link"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    kind: Mapped[str] = mapped_column(String(15))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]
