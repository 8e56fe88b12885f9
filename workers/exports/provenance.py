"""Under which rules a copy was made, and which came before it: read from the database and the shipped data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exports.levels import Level
from app.models import ExportRecord, RuleVersion
from app.retention.periods import current_version
from workers.exports.proof import Provenance
from workers.learning import register

# The shipped data that decides what stands in a copy, by what a manifest calls it.
DATA = {
    "fields": ("app.exports", "fields.toml"),
    "levels": ("app.exports", "levels.toml"),
    "withheld": ("app.exports", "withheld.toml"),
    "violations": ("app.reference", "violations.toml"),
    "actors": ("app.reference", "actors.toml"),
    "record": ("app.reference", "record.toml"),
    "regions": ("app.reference", "regions.csv"),
    "cercles": ("app.reference", "cercles.csv"),
}

# Files that stay with the commission and justice say who asked for them; of any other, the register alone does.
_OF_THE_HOUSE = frozenset({Level.CNDH, Level.JUDICIAL})


def provenance(session: Session, record: ExportRecord) -> Provenance:
    """What a manifest says beyond the copy itself. Reads only."""
    return Provenance(
        filters=record.filters,
        made_by=str(record.user_id) if record.level in _OF_THE_HOUSE else "",
        previous=_previous(session, record.number),
        rules={**_shipped(), **_of_this_installation(session)},
    )


def _previous(session: Session, number: int) -> tuple[str, str] | None:
    """The newest export before this one of which there is a file."""
    earlier = select(ExportRecord).where(ExportRecord.number < number, ExportRecord.sha256.is_not(None))
    found = session.scalars(earlier.order_by(ExportRecord.number.desc()).limit(1)).first()
    return (found.reference, found.sha256.hex()) if found and found.sha256 else None


def _shipped() -> Mapping[str, str]:
    """Digests of the data that came with this release of the software."""
    found = {}
    for name, (package, file) in DATA.items():
        path = resources.files(package).joinpath(file)
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _of_this_installation(session: Session) -> Mapping[str, str]:
    """Versions of what people change here: routing rules, the learnt model, retention."""
    newest = (
        select(RuleVersion.rule_id, func.max(RuleVersion.version))
        .group_by(RuleVersion.rule_id)
        .order_by(RuleVersion.rule_id)
    )
    said = "\n".join(f"{rule.hex} {version}" for rule, version in session.execute(newest))
    return {
        "routing_rules": hashlib.sha256(said.encode("ascii")).hexdigest(),
        "learnt_model": str(register.active_version(session)),
        "retention": str(current_version(session)),
    }
