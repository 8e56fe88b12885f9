"""What the writer of a report allowed: to be asked more, to be passed on to whom. Nothing, unless they say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.models import OrganisationKind

SHAREABLE_WITH = (OrganisationKind.CNDH, OrganisationKind.CIVIL_SOCIETY, OrganisationKind.INSTITUTION)


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's wishes for one report. The desk reads every report; that is what writing to us asks for.

    `share_with` are the kinds of organisation that may be passed the text without names; `with_identity` lets those
    know who wrote as well, where that is known. `may_ask` lets the desk put questions.
    """

    may_ask: bool = False
    share_with: frozenset[str] = field(default_factory=frozenset)
    with_identity: bool = False

    def allows(self, kind: str) -> bool:
        """Whether an organisation of this kind may be passed the report without names."""
        return kind == OrganisationKind.DESK or kind in self.share_with

    def as_record(self) -> dict[str, Any]:
        """As it is stored with the report."""
        return {
            "may_ask": self.may_ask,
            "share_with": sorted(self.share_with),
            "with_identity": self.with_identity,
        }


LEAST = Consent()


def chosen(*, may_ask: bool, share_with: Iterable[str], with_identity: bool) -> Consent:
    """A consent from what a form or a program sent; kinds that aren't offered are left out."""
    kinds = frozenset(str(kind) for kind in SHAREABLE_WITH if kind in set(share_with))
    return Consent(may_ask=may_ask, share_with=kinds, with_identity=with_identity and bool(kinds))


def read(record: Mapping[str, Any] | None) -> Consent | None:
    """A stored consent; None where nobody was asked, as with an SMS."""
    if record is None:
        return None
    return chosen(
        may_ask=bool(record.get("may_ask")),
        share_with=record.get("share_with") or (),
        with_identity=bool(record.get("with_identity")),
    )
