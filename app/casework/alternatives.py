"""Places that bear one name: the machine names the likeliest, a person takes another with one click."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.findings import put_corrected
from app.casework.visibility import workable_case
from app.models import Finding, FindingState, User

_SECOND = ":alternative"  # how the rule of a place ends that the place finder thought less likely


def alternatives(findings: Iterable[Finding]) -> Mapping[uuid.UUID, list[Finding]]:
    """The other places of the same name, by the id of the finding that says which is meant; likeliest first.

    One that somebody decided on, or whose first place was rejected, stands for itself and is nobody's alternative.
    """
    places = sorted((each for each in findings if each.kind == "place"), key=lambda each: each.position)
    firsts = {
        _words(each): each.id for each in reversed(places) if not _is_second(each) and _may_be_corrected(each)
    }
    found: dict[uuid.UUID, list[Finding]] = {}
    for each in places:
        first = firsts.get(_words(each))
        if first is not None and _is_second(each) and each.state == FindingState.PROPOSED:
            found.setdefault(first, []).append(each)
    return found


def take_alternative(
    session: Session, user: User, finding_id: uuid.UUID, alternative_id: uuid.UUID
) -> Finding:
    """Correct a place to another of the same name; taking the decision back undoes it.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `choice_unknown` for what isn't offered with it.
    """
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise CaseworkError(NOT_FOUND)
    case = workable_case(session, user, finding.case_id, Permission.WORK_ON_CASES)
    offered = {each.id: each for each in alternatives(case.findings).get(finding.id, [])}
    if alternative_id not in offered:
        raise CaseworkError("choice_unknown")
    put_corrected(session, user, case, finding, dict(offered[alternative_id].value))
    return finding


def _is_second(finding: Finding) -> bool:
    return finding.rule.endswith(_SECOND)


def _may_be_corrected(finding: Finding) -> bool:
    return finding.state != FindingState.REJECTED


def _words(finding: Finding) -> tuple[uuid.UUID | None, tuple[tuple[int, ...], ...]]:
    """Which words of which message it rests on: places of one name rest on the same."""
    return finding.message_id, tuple(map(tuple, finding.evidence))
