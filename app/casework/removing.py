"""Taking parts of a record away, and putting them back: nothing that people wrote down is lost by one click."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.casework.authors import follow_removal
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.findings import decide_finding
from app.casework.history import EventKind
from app.casework.involvements import check_single
from app.casework.links import check_link, tell_other
from app.casework.recording import Part, Recorded, note, part_of, recordable_case
from app.casework.settling import choose_main, standing
from app.casework.visibility import visible_case
from app.clock import utcnow
from app.models import Act, Case, CaseLink, FindingState, Involvement, Person, User


def remove_part(session: Session, user: User, case_id: uuid.UUID, part: Part, part_id: uuid.UUID) -> None:
    """Take a part away; it can be put back. Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`."""
    case = recordable_case(session, user, case_id)
    found = _find(session, user, case, part, part_id, is_removed=False)
    found.removed_at = utcnow()
    _follow(session, user, case, found)
    _note(session, user, case, EventKind.RECORD_REMOVED, part, found)


def put_back(session: Session, user: User, case_id: uuid.UUID, part: Part, part_id: uuid.UUID) -> None:
    """Undo a removal. Raises as `remove_part` does, and what stands against a link or an involvement by now."""
    case = recordable_case(session, user, case_id)
    found = _find(session, user, case, part, part_id, is_removed=True)
    if isinstance(found, CaseLink):
        check_link(session, found)
    if isinstance(found, Involvement):
        check_single(session, found)
    found.removed_at = None
    _follow(session, user, case, found)
    _note(session, user, case, EventKind.RECORD_PUT_BACK, part, found)


def _find(
    session: Session, user: User, case: Case, part: Part, part_id: uuid.UUID, *, is_removed: bool
) -> Recorded:
    return _FINDERS[part](session, user, case, part_id, is_removed)


def _link(session: Session, user: User, case: Case, part_id: uuid.UUID, is_removed: bool) -> CaseLink:
    """A link at whichever end this case is, if the person may see the other one."""
    link = session.get(CaseLink, part_id)
    if link is None or case.id not in {link.case_id, link.other_id}:
        raise CaseworkError(NOT_FOUND)
    if (link.removed_at is not None) is not is_removed:
        raise CaseworkError(NOT_FOUND)
    visible_case(session, user, _other_end(link, case))
    return link


def _other_end(link: CaseLink, case: Case) -> uuid.UUID:
    return link.other_id if link.case_id == case.id else link.case_id


def _follow(session: Session, user: User, case: Case, found: Recorded) -> None:
    """What goes with a part: an accusation with its person, findings with their act."""
    if isinstance(found, Person):
        follow_removal(session, user, found)
    if isinstance(found, Act):
        _follow_act(session, user, case, found)


def _follow_act(session: Session, user: User, case: Case, act: Act) -> None:
    """An act that a person took away is one that no finding stands for; one put back stands by itself."""
    act.is_recorded, act.is_main = True, False
    session.flush()
    session.expire(case, ["acts"])
    if act.removed_at is not None and all(each.violation_code != act.violation_code for each in case.acts):
        for finding in standing(case, "violation"):
            if finding.current_value.get("code") == act.violation_code:
                decide_finding(session, user, finding.id, decision=FindingState.REJECTED)
    choose_main(case)


def _note(session: Session, user: User, case: Case, kind: EventKind, part: Part, found: Recorded) -> None:
    note(session, user, case, kind, part, found.id)
    if isinstance(found, CaseLink):
        tell_other(session, user, session.get_one(Case, _other_end(found, case)), kind, found)


_FINDERS: Mapping[Part, Callable[[Session, User, Case, uuid.UUID, bool], Recorded]] = {
    Part.PERSON: lambda session, _user, case, found, gone: part_of(
        session, case, Person, found, is_removed=gone
    ),
    Part.INVOLVEMENT: lambda session, _user, case, found, gone: part_of(
        session, case, Involvement, found, is_removed=gone
    ),
    Part.ACT: lambda session, _user, case, found, gone: part_of(session, case, Act, found, is_removed=gone),
    Part.LINK: _link,
}
