"""What no rule may do: send a report to those whom it accuses."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import Organisation
from app.reference.taxonomy import meant_authors, possible_authors
from app.rules.content import RuleContent


def accused(content: RuleContent, organisation: Organisation) -> Sequence[str]:
    """The authors that a rule names and that may be the receiving organisation's own people, as the rule names them.

    A rule that names no author sends nothing of the kind either: the engine leaves the organisation out case by case.
    """
    own = possible_authors(organisation.conflict_actors)
    return [code for code in content.actors if not own.isdisjoint(meant_authors([code]))]
