"""Organisations and the people who work in them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified


class OrganisationKind(StrEnum):
    """What an organisation is to Seere. Only the desk sees every case."""

    DESK = "desk"
    CNDH = "cndh"
    CIVIL_SOCIETY = "civil_society"
    INSTITUTION = "institution"


class Role(StrEnum):
    """What a person may do; see app/accounts/permissions.py."""

    MONITOR = "monitor"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Organisation(Identified, Base):
    """CNDH, a partner, or the desk that triages. `conflict_actors` are actor codes it is never routed."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    acronym: Mapped[str] = mapped_column(String(30), default="")
    kind: Mapped[str] = mapped_column(String(20))
    conflict_actors: Mapped[list[str]] = mapped_column(default=list)
    names_in_reports: Mapped[list[str]] = mapped_column(default=list)  # further ones a report may call it by
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def sees_every_case(self) -> bool:
        """Whether its people see more than what was referred or assigned to it."""
        return self.kind == OrganisationKind.DESK

    @property
    def short_name(self) -> str:
        """The acronym where there is one."""
        return self.acronym or self.name


class User(Identified, Base):
    """Someone who signs in to the desk."""

    __tablename__ = "user_account"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="fr")
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session of the person
    must_change_password: Mapped[bool] = mapped_column(
        default=False
    )  # until then nothing else is shown to them
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_signed_in_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
