"""The register of learnt models: keeping one, making one active, going back. Every change is in the audit chain."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.models import ModelState, TriageModel
from workers.triage.linear_model import Model, packed, unpacked

SHIPPED = 0
_WEIGHTS, _MANIFEST = "weights.npz", "manifest.json"
_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the same model is the same bytes whenever it is written


class CannotUse(ValueError):
    """A version that can't be made active; the message says why."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model as it was learnt: what it rests on, how it did beside the running one, and whether it is better."""

    model: Model
    examples: int
    running_version: int
    macro_f1_running: float
    macro_f1_candidate: float
    is_better: bool
    note: str


def as_bytes(model: Model) -> bytes:
    """A model as one value for the database."""
    weights, manifest = packed(model)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_WEIGHTS, _ALWAYS), weights)
        archive.writestr(zipfile.ZipInfo(_MANIFEST, _ALWAYS), manifest)
    return kept.getvalue()


def from_bytes(data: bytes, digest: bytes) -> Model:
    """The model kept in the database. Raises ValueError if the bytes are not those that were kept."""
    if hashlib.sha256(data).digest() != digest:
        raise ValueError("the weights were changed")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return unpacked(archive.read(_WEIGHTS), archive.read(_MANIFEST).decode("utf-8"))


def active(session: Session) -> TriageModel | None:
    """The learnt model that runs; None while it is the shipped one."""
    return session.scalar(_in_state(ModelState.ACTIVE).limit(1))


def active_version(session: Session) -> int:
    """The version that runs; 0 for the shipped one. Doesn't read the weights."""
    statement = select(TriageModel.version).where(TriageModel.state == ModelState.ACTIVE).limit(1)
    return session.scalar(statement) or SHIPPED


def listed(session: Session) -> Sequence[TriageModel]:
    """Every learnt model, the newest first."""
    return session.scalars(select(TriageModel).order_by(TriageModel.version.desc())).all()


def keep(session: Session, learnt: Learnt, *, actor: str) -> TriageModel | None:
    """Keep a learnt model and promote it if it is better than what runs now; None if it is kept already."""
    audit.lock(session)
    data = as_bytes(learnt.model)
    digest = hashlib.sha256(data).digest()
    if session.scalar(select(TriageModel.version).where(TriageModel.digest == digest)) is not None:
        return None
    newest = session.scalar(select(func.max(TriageModel.version))) or SHIPPED
    kept = TriageModel(
        version=newest + 1,
        data=data,
        digest=digest,
        examples=learnt.examples,
        macro_f1_running=learnt.macro_f1_running,
        macro_f1_candidate=learnt.macro_f1_candidate,
        state=ModelState.CANDIDATE if learnt.is_better else ModelState.REJECTED,
        note=learnt.note,
    )
    session.add(kept)
    _record(session, Action.MODEL_LEARNT, kept.version, actor, state=str(kept.state), examples=kept.examples)
    if learnt.is_better and active_version(session) == learnt.running_version:
        _activate(session, kept, actor)
    return kept


def use(session: Session, version: int, *, actor: str) -> None:
    """Make a version the one that runs; 0 is the shipped one. Raises CannotUse."""
    audit.lock(session)
    wanted = session.get(TriageModel, version) if version != SHIPPED else None
    if version != SHIPPED and wanted is None:
        raise CannotUse("there is no such version")
    if wanted is not None and wanted.state == ModelState.REJECTED:
        raise CannotUse("it was not better than what ran, so it was never promoted")
    if active_version(session) != version:
        _activate(session, wanted, actor)


def _activate(session: Session, wanted: TriageModel | None, actor: str) -> None:
    before = active_version(session)
    for each in session.scalars(_in_state(ModelState.ACTIVE)):
        each.state = ModelState.RETIRED
    if wanted is not None:
        wanted.state = ModelState.ACTIVE
    _record(session, Action.MODEL_CHANGED, wanted.version if wanted else SHIPPED, actor, before=before)


def _in_state(state: ModelState) -> Select[TriageModel]:
    return select(TriageModel).where(TriageModel.state == state)


def _record(session: Session, action: Action, version: int, actor: str, **detail: object) -> None:
    audit.record(session, action, f"triage_model:{version}", actor=actor, detail=detail)
