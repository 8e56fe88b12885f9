"""What one rule would have done to cases that were: counted beside what the table as it stands does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.contracts import RoutableCase, RoutableOrganisation, RoutingRule, Withheld
from workers.routing.engine import judge

MOST_EXAMPLES = 60


@dataclass(slots=True)
class Comparison:
    """Counts that grow case by case. `present` is the table without what is proposed, `replaced` the line of it that
    `proposed` stands in for, None for a new one.
    """

    proposed: RoutingRule
    present: Sequence[RoutingRule]
    replaced: RoutingRule | None
    organisations: Sequence[RoutableOrganisation]
    cases: int = 0
    referred: int = 0
    sent_at_once: int = 0
    gained: int = 0
    lost: int = 0
    withheld: Counter[Withheld] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, case_id: str, case: RoutableCase) -> None:
        """Count one more case. Those added first are kept as examples."""
        self.cases += 1
        self.before.update(self._receivers(case, self.present))
        self.after.update(self._receivers(case, self._future()))
        does, did = self._is_referred(case), self._was_referred(case)
        self.gained += does and not did
        self.lost += did and not does
        if does and len(self.examples) < MOST_EXAMPLES:
            self.examples.append(case_id)

    def _future(self) -> list[RoutingRule]:
        return [*(rule for rule in self.present if rule is not self.replaced), self.proposed]

    def _receivers(self, case: RoutableCase, rules: Sequence[RoutingRule]) -> list[str]:
        judged = judge(case, rules, self.organisations)
        return [each.referral.organisation_id for each in judged if each.withheld is None]

    def _was_referred(self, case: RoutableCase) -> bool:
        return self.replaced is not None and bool(self._receivers(case, [self.replaced]))

    def _is_referred(self, case: RoutableCase) -> bool:
        """Whether the proposed rule alone refers the case; counts why not where it is withheld."""
        for judged in judge(case, [self.proposed], self.organisations):
            if judged.withheld is not None:
                self.withheld[judged.withheld] += 1
                return False
            self.referred += 1
            self.sent_at_once += judged.referral.is_sent
            return True
        return False
