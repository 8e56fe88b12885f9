"""A table as a person of a partner sends it, and a worker that reads it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from app.database import db, transaction
from app.imports import service
from app.imports.mapping import Mapped, guessed
from app.intake import uploads
from app.models import (
    OrganisationKind,
    Report,
    ReportImport,
    Role,
    Upload,
    UploadPiece,
    UploadPurpose,
    User,
)
from app.settings import Settings
from workers.imports import read_import
from workers.opening import open_sealed
from workers.processing import Keys

HEADINGS = ("Récit", "Lieu", "Date de l'incident", "_uuid")


def csv_of(*rows: Sequence[str], delimiter: str = ";") -> bytes:
    """A small table; quotes are not needed in it."""
    return "\n".join(delimiter.join(row) for row in rows).encode()


def xlsx_of(*rows: Sequence[object]) -> bytes:
    """The same as Excel has it."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Desk:
    """Somebody who sends tables, and the worker."""

    user_id: uuid.UUID
    keys: Keys

    @property
    def user(self) -> User:
        """That person, as the session of the moment has them."""
        return db.session.get_one(User, self.user_id)

    def send(self, content: bytes) -> uuid.UUID:
        """Send a file."""
        new = uploads.begin(self.keys.settings, len(content), purpose=UploadPurpose.IMPORT)
        if content:
            uploads.append(self.keys.settings, new.token, 0, io.BytesIO(content))
        with transaction() as session:
            return service.send(session, self.user, new.id, "Mopti, March").id

    def read(self, import_id: uuid.UUID) -> ReportImport:
        """Let the worker do what the state asks for."""
        read_import(self.keys, import_id)
        return self.look(import_id)

    def look(self, import_id: uuid.UUID) -> ReportImport:
        """How it stands."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(ReportImport, import_id)

    def try_rows(self, import_id: uuid.UUID, mapped: Mapped | None = None) -> ReportImport:
        """Map as guessed, or as said, and run dry."""
        chosen = mapped or guessed(self.look(import_id).columns)
        with transaction() as session:
            service.map_columns(session, self.user, import_id, chosen)
        return self.read(import_id)

    def take_in(self, import_id: uuid.UUID) -> ReportImport:
        """Begin, and let the worker finish."""
        with transaction() as session:
            service.begin(session, self.user, import_id)
        return self.read(import_id)

    def import_whole(self, content: bytes, mapped: Mapped | None = None) -> ReportImport:
        """From the file to the reports."""
        import_id = self.send(content)
        self.read(import_id)
        self.try_rows(import_id, mapped)
        return self.take_in(import_id)


@pytest.fixture
def desk(app: Flask, keys: Keys, make_user: Callable[..., User]) -> Desk:
    """Somebody of a partner."""
    return Desk(make_user(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY).id, keys)


def reports() -> list[Report]:
    """Every report that is here."""
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.received_at)))


def contents(settings: Keys) -> list[dict[str, Any]]:
    """What the reports say."""
    return [open_sealed(settings.workers, report.messages[0].sealed_content or b"") for report in reports()]


def files_left() -> int:
    """How many files, and pieces of such, are here."""
    db.session.rollback()
    return len(db.session.scalars(select(Upload)).all()) + len(db.session.scalars(select(UploadPiece)).all())


__all__ = ["HEADINGS", "Desk", "Settings", "contents", "csv_of", "files_left", "reports", "xlsx_of"]
