"""Two cases side by side: what each says, what is alike and what differs, for a person to decide."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.casework.highlighting import Evidence, Piece, cut
from app.casework.merge_referrals import Losing, losing
from app.casework.merging import twin_findings
from app.casework.sources import source_of, standing_reports
from app.casework.twin_lines import Line, compared
from app.casework.visibility import may_read_text, visible_cases
from app.casework.words_shared import places_of, rare_among, words_in
from app.models import (
    Case,
    CaseStatus,
    Finding,
    FindingState,
    Likeness,
    LikenessKind,
    Message,
    Report,
    ReportState,
    User,
    Verification,
)

DAYS_APART = 3  # as in workers/triage/twins.py: told days later, an event is often given the next day's date
_COMPARED_CASES = 200  # the newest that tell which words are rare
_STRONG = (LikenessKind.PERSON, LikenessKind.PHONE)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two cases."""

    case: Case
    accounts: Sequence[Sequence[Piece]]
    is_readable: bool


@dataclass(frozen=True, slots=True)
class TwinPage:
    """The two cases, the older first, and what a person needs to know to decide."""

    left: Side
    right: Side
    lines: Sequence[Line]
    alike: Sequence[str]
    unlike: Sequence[str]
    losing: Sequence[Losing]
    warnings: Sequence[str]
    proposals: Sequence[Finding]

    @property
    def is_proposed(self) -> bool:
        """Whether a proposal waits for an answer."""
        return any(each.state == FindingState.PROPOSED for each in self.proposals)

    @property
    def is_rejected(self) -> bool:
        """Whether somebody said that these are two."""
        return bool(self.proposals) and all(each.state == FindingState.REJECTED for each in self.proposals)

    @property
    def is_again(self) -> bool:
        """Whether the machine takes it for the same message once more."""
        return any(each.rule == "same message again" for each in self.proposals)


def twin_page(session: Session, user: User, case: Case, other: Case) -> TwinPage:
    """Compare two cases this person was already found to see."""
    left, right = sorted((case, other), key=lambda each: (each.received_at, each.number))
    rare = _rare_shared(session, user, left, right)
    lines = compared(session, user, left, right)
    alike, unlike = _said(session, left, right, rare)
    return TwinPage(
        left=_side(session, user, left, rare),
        right=_side(session, user, right, rare),
        lines=lines,
        alike=alike,
        unlike=unlike,
        losing=losing(session, left, right),
        warnings=_warnings(left, right),
        proposals=twin_findings(session, left, right),
    )


def _rare_shared(session: Session, user: User, left: Case, right: Case) -> frozenset[str]:
    """Words that both tell with and few other cases do; none where either may not be read."""
    if not (may_read_text(user, left) and may_read_text(user, right)):
        return frozenset()
    shared = words_in(left.anonymised_text) & words_in(right.anonymised_text)
    if not shared:
        return frozenset()
    newest = visible_cases(user).order_by(Case.received_at.desc()).limit(_COMPARED_CASES)
    return rare_among(shared, session.scalars(newest.with_only_columns(Case.search_text)))


def _side(session: Session, user: User, case: Case, rare: Collection[str]) -> Side:
    is_readable = may_read_text(user, case)
    texts = _texts(session, case) if is_readable else []
    return Side(case, [_marked(text, rare) for text in texts], is_readable)


def _marked(text: str, rare: Collection[str]) -> tuple[Piece, ...]:
    return cut(text, [Evidence(start, end, 0) for start, end in places_of(text, rare)])


def _texts(session: Session, case: Case) -> list[str]:
    statement = (
        select(Message.anonymised_text)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.case_id == case.id,
            Report.state != ReportState.WITHDRAWN,
            Message.anonymised_text.is_not(None),
        )
        .order_by(Message.created_at)
    )
    return [text for text in session.scalars(statement) if text]


def _said(session: Session, left: Case, right: Case, rare: Collection[str]) -> tuple[list[str], list[str]]:
    """What speaks for one event and what against it, each in a sentence."""
    judged: list[tuple[bool | None, str, str]] = [
        (_same_place(left, right), gettext("The same place"), gettext("Different places")),
        (_same_days(left, right), gettext("The same days"), gettext("Different days")),
        (_same_violation(left, right), gettext("The same violation"), gettext("Different violations")),
        (_same_person(session, left, right) or None, gettext("Both name the same person or telephone"), ""),
        (_same_source(session, left, right), gettext("The same sender"), gettext("Different senders")),
        (bool(rare) or None, gettext("Rare words that both use, highlighted below"), ""),
    ]
    return [yes for answer, yes, _ in judged if answer], [no for answer, _, no in judged if answer is False]


def _same_place(left: Case, right: Case) -> bool | None:
    if left.region_code is None or right.region_code is None:
        return None
    if left.region_code != right.region_code:
        return False
    return left.place_name == right.place_name or (left.cercle_code or "") == right.cercle_code


def _same_days(left: Case, right: Case) -> bool | None:
    if left.occurred_from is None or right.occurred_from is None:
        return None
    first, second = sorted((_period(left), _period(right)))
    return (second[0] - first[1]).days <= DAYS_APART


def _period(case: Case) -> tuple[date, date]:
    start = case.occurred_from or date.min
    return start, case.occurred_to or start


def _same_violation(left: Case, right: Case) -> bool | None:
    ours, theirs = ({act.violation_code for act in each.acts} for each in (left, right))
    return bool(ours & theirs) if ours and theirs else None


def _same_person(session: Session, left: Case, right: Case) -> bool:
    """Whether a pseudonym under the workers' key is shared. Nobody here can tell whose it is."""
    other = aliased(Likeness)
    shared = (
        select(func.count())
        .select_from(Likeness)
        .join(other, (other.kind == Likeness.kind) & (other.key == Likeness.key))
        .where(Likeness.case_id == left.id, other.case_id == right.id, Likeness.kind.in_(_STRONG))
    )
    return bool(session.scalar(shared))


def _same_source(session: Session, left: Case, right: Case) -> bool | None:
    """Whether one phone, or one organisation that passes reports on, sent to both; of the web nobody can tell."""
    ours, theirs = (standing_reports(session, each) for each in (left, right))
    if _sources(ours) & _sources(theirs):
        return True
    return False if _are_known([*ours, *theirs]) else None


def _sources(reports: Iterable[Report]) -> set[uuid.UUID]:
    return {source_of(each) for each in reports}


def _are_known(reports: Iterable[Report]) -> bool:
    return all(each.contact_id or each.submitted_by_id for each in reports)


def _warnings(left: Case, right: Case) -> list[str]:
    """What a merge would not carry over, or what may have left the house already."""
    found = []
    for case in (left, right):
        if case.verification == Verification.VERIFIED:
            found.append(
                gettext("%(case)s is verified, and may have been exported. If the other one goes on, it is not: "
                        "verify it anew.", case=case.reference)
            )  # fmt: skip
        if case.status == CaseStatus.CLOSED:
            found.append(gettext("%(case)s is closed.", case=case.reference))
        if case.needs_person:
            found.append(gettext("%(case)s needs a person: what is merged will too.", case=case.reference))
    return found
