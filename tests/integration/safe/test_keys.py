"""Who can open what, and who can't: members, strangers, those who left, those who lost something."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from nacl.public import PrivateKey
from sqlalchemy import func, select

from app.database import db, transaction
from app.models import (
    KeyGrant,
    Notification,
    OrganisationKey,
    OrganisationKind,
    ReportKey,
    ReportKeyShare,
    Role,
    User,
    UserKey,
)
from app.safe import generations, grants, making, recovery, rotation, shares, user_keys
from app.safe.errors import SafeError
from app.safe.holding import Unlocked
from tests.conftest import PASSWORD
from tests.integration.safe.conftest import Safe, new_key, opened_again, sealed_report, with_key

MakeSafe = Callable[..., Safe]
MakeUser = Callable[..., User]


def opens(held: Unlocked, report: tuple[object, PrivateKey]) -> bool:
    """Whether somebody gets at a report's private key."""
    try:
        return bytes(held.report_key(db.session(), report[0])) == bytes(report[1])  # type: ignore[arg-type]
    except SafeError:
        return False


def let_in(safe: Safe, make_user: MakeUser, role: Role = Role.MONITOR) -> tuple[User, Unlocked]:
    """A colleague with a key of their own, let in by who made the safe."""
    colleague = make_user(role, organisation=safe.organisation)
    held = with_key(colleague)
    with transaction() as session:
        grants.grant(session, session.get_one(User, safe.maker.id), safe.held, colleague.id)
    return colleague, held


def test_a_member_opens_and_nobody_else_does(make_safe: MakeSafe, make_user: MakeUser) -> None:
    desk, other = make_safe(), make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    _, colleague = let_in(desk, make_user)
    waiting = with_key(make_user(organisation=desk.organisation))
    assert opens(desk.held, report)
    assert opens(colleague, report)
    assert opens(opened_again(desk.maker), report)
    for held, code in ((other.held, "not_shared"), (waiting, "not_granted")):
        with pytest.raises(SafeError, match=code):
            held.report_key(db.session(), report[0])
    with pytest.raises(SafeError, match="factor_missing"):
        Unlocked(desk.maker.id, desk.held.private, is_strong=False).report_key(db.session(), report[0])
    borrowed = Unlocked(desk.maker.id, waiting.private, is_strong=True)  # another's grant with one's own key
    with pytest.raises(SafeError, match="unreadable"):
        borrowed.report_key(db.session(), report[0])


def test_an_altered_grant_or_share_opens_nothing_and_says_so(make_safe: MakeSafe) -> None:
    desk = make_safe()
    report = sealed_report(desk.organisation)
    with transaction() as session:
        share = session.scalars(select(ReportKeyShare)).one()
        share.sealed_private = share.sealed_private[:-1] + bytes([share.sealed_private[-1] ^ 1])
    with pytest.raises(SafeError, match="unreadable"):
        desk.held.report_key(db.session(), report[0])


def test_only_a_member_lets_in_and_only_who_may_open(make_safe: MakeSafe, make_user: MakeUser) -> None:
    desk = make_safe()
    outsider, analyst = (
        make_user(organisation=desk.organisation),
        make_user(Role.ANALYST, organisation=desk.organisation),
    )
    held, _ = with_key(outsider), with_key(analyst)
    stranger = make_user()
    with_key(stranger)
    for user, unlocked, member, code in (
        (outsider, held, outsider.id, "not_granted"),
        (desk.maker, desk.held, analyst.id, "not_found"),
        (desk.maker, desk.held, stranger.id, "not_found"),
        (analyst, held, outsider.id, "forbidden"),
    ):
        with pytest.raises(SafeError, match=code), transaction() as session:
            grants.grant(session, session.get_one(User, user.id), unlocked, member)
    told = db.session.scalars(select(Notification.user_id).where(Notification.kind == "safe_access_asked"))
    assert list(told) == [desk.maker.id]


def test_a_password_change_keeps_the_key_and_the_old_password_is_worth_nothing(make_safe: MakeSafe) -> None:
    desk = make_safe()
    report = sealed_report(desk.organisation)
    with transaction() as session:
        user = session.get_one(User, desk.maker.id)
        assert not user_keys.change_password(session, user, "not the password", "another long password")
        assert user_keys.change_password(session, user, PASSWORD, "another long password")
    key = user_keys.key_of(db.session(), desk.maker.id)
    assert key is not None
    assert user_keys.open_own(key, PASSWORD) is None
    assert opens(opened_again(desk.maker, "another long password"), report)


def test_a_lost_password_needs_a_present_member(make_safe: MakeSafe, make_user: MakeUser) -> None:
    desk = make_safe()
    report = sealed_report(desk.organisation)
    colleague, _ = let_in(desk, make_user)
    with transaction() as session:
        assert user_keys.forget(session, session.get_one(User, colleague.id), actor="command")
    fresh = with_key(colleague, "a wholly new password")
    assert not opens(fresh, report)
    with transaction() as session:
        grants.grant(session, session.get_one(User, desk.maker.id), desk.held, colleague.id)
    assert opens(fresh, report)


def test_with_nobody_left_the_printed_code_lets_one_in_again(
    make_safe: MakeSafe, make_user: MakeUser
) -> None:
    desk = make_safe()
    report = sealed_report(desk.organisation)
    with transaction() as session:
        assert grants.is_last_member(session, session.get_one(User, desk.maker.id))
        user_keys.forget(session, session.get_one(User, desk.maker.id), actor="command")
    newcomer = make_user(organisation=desk.organisation)
    held = with_key(newcomer)
    keys = generations.usable_keys(db.session(), desk.organisation.id)
    for typed, code in (
        ("0000", "code_mistyped"),
        (desk.code[:-1] + "!", "code_mistyped"),
        (make_safe().code, "code_wrong"),
    ):
        with pytest.raises(SafeError, match=code):
            recovery.open_with_code(keys, typed)
    opened = recovery.open_with_code(keys, desk.code.lower())
    with transaction() as session:
        assert recovery.let_in(session, session.get_one(User, newcomer.id), held, opened) == 1
    assert opens(held, report)


def test_without_members_and_without_the_code_only_what_comes_later_opens(
    make_safe: MakeSafe, make_user: MakeUser
) -> None:
    desk = make_safe()
    before = sealed_report(desk.organisation)
    with transaction() as session:
        user_keys.forget(session, session.get_one(User, desk.maker.id), actor="command")
    newcomer = make_user(organisation=desk.organisation)
    held = with_key(newcomer)
    new_key(newcomer, held)
    after = sealed_report(desk.organisation)
    assert (opens(held, before), opens(held, after)) == (False, True)
    with transaction() as session:  # nothing that can't be read is lost: the paper may be found
        moved = rotation.move_batch(session, session.get_one(User, newcomer.id), held)
    assert (moved.moved, moved.unreadable, moved.left) == (0, 1, 1)
    opened = recovery.open_with_code(generations.usable_keys(db.session(), desk.organisation.id), desk.code)
    with transaction() as session:
        recovery.let_in(session, session.get_one(User, newcomer.id), held, opened)
    assert opens(held, before)


def test_who_may_not_make_a_key_beside_the_members(make_safe: MakeSafe, make_user: MakeUser) -> None:
    desk = make_safe()
    outsider = make_user(organisation=desk.organisation)
    held = with_key(outsider)
    with pytest.raises(SafeError, match="not_granted"), transaction() as session:
        making.begin(session, session.get_one(User, outsider.id), held, generations.prepare())


def test_a_rotation_that_dies_half_way_loses_nothing_and_another_member_ends_it(
    make_safe: MakeSafe, make_user: MakeUser
) -> None:
    desk = make_safe()
    colleague, beside = let_in(desk, make_user)
    leaver, left_with = let_in(desk, make_user)
    reports = [sealed_report(desk.organisation) for _ in range(5)]
    with transaction() as session:
        assert grants.member_left(session, session.get_one(User, leaver.id), actor="command")
    assert generations.current_key(db.session(), desk.organisation.id).rotation_due_at  # type: ignore[union-attr]
    assert not any(opens(left_with, report) for report in reports)
    code = new_key(desk.maker, desk.held)
    with transaction() as session:
        rotation.move_batch(session, session.get_one(User, desk.maker.id), desk.held, size=2)
    with pytest.raises(RuntimeError):
        _die_within_a_batch(desk)
    assert rotation.left_to_move(db.session(), desk.organisation.id) == 3
    assert all(opens(held, report) for held in (desk.held, beside) for report in reports)
    with transaction() as session:
        done = rotation.move_batch(session, session.get_one(User, colleague.id), beside)
    assert (done.moved, done.left) == (3, 0)
    assert all(opens(held, report) for held in (desk.held, beside) for report in reports)
    assert not any(opens(left_with, report) for report in reports)
    [current, old] = generations.all_keys(db.session(), desk.organisation.id)
    assert (current.rotation_due_at, old.recovery_sealed) == (None, None)
    assert old.discarded_at is not None
    usable = generations.usable_keys(db.session(), desk.organisation.id)
    with pytest.raises(SafeError, match="code_wrong"):
        recovery.open_with_code(usable, desk.code)
    assert recovery.open_with_code(usable, code)
    grants_of_old = select(func.count()).where(KeyGrant.organisation_key_id == old.id)
    assert db.session.scalar(grants_of_old) == 0


def _die_within_a_batch(desk: Safe) -> None:
    with transaction() as session:
        rotation.move_batch(session, session.get_one(User, desk.maker.id), desk.held, size=2)
        raise RuntimeError


def test_a_key_whose_code_was_not_typed_back_is_not_used_and_makes_room_for_the_next(
    make_safe: MakeSafe,
) -> None:
    desk = make_safe()
    for _ in range(2):
        with transaction() as session:
            making.begin(session, session.get_one(User, desk.maker.id), desk.held, generations.prepare())
    report = sealed_report(desk.organisation)
    assert opens(desk.held, report)
    keys = db.session.scalars(select(OrganisationKey.generation).order_by(OrganisationKey.generation)).all()
    assert keys == [1, 2]


def test_a_worker_that_still_has_the_replaced_key_shares_with_the_new_one(make_safe: MakeSafe) -> None:
    desk = make_safe()
    stale = generations.current_key(db.session(), desk.organisation.id)
    assert stale is not None
    report_id, private = sealed_report()
    new_key(desk.maker, desk.held)
    with transaction() as session:
        key = session.scalars(select(ReportKey)).one()
        share = shares.share_report(session, key, private, stale)
        assert shares.share_report(session, key, private, stale).id == share.id
        assert share.organisation_key_id != stale.id
    assert opens(desk.held, (report_id, private))


def test_sharing_onward_taking_back_and_erasing(make_safe: MakeSafe) -> None:
    desk, cndh = make_safe(), make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    with transaction() as session:
        maker = session.get_one(User, desk.maker.id)
        assert shares.share_onward(session, maker, desk.held, [report[0]], cndh.organisation.id) == 1
    assert opens(cndh.held, report)
    assert shares.holders(db.session(), [report[0]])[report[0]] == {
        desk.organisation.id,
        cndh.organisation.id,
    }
    with transaction() as session:
        assert shares.withdraw_shares(session, [report[0]], cndh.organisation.id, actor="worker") == 1
    assert (opens(cndh.held, report), opens(desk.held, report)) == (False, True)
    with transaction() as session:
        assert shares.erase_report_keys(session, [report[0]]) == 1
    assert not opens(desk.held, report)
    assert shares.holders(db.session(), [report[0]]) == {report[0]: frozenset()}


def test_a_demonstration_gets_its_safes_at_once(make_user: MakeUser) -> None:
    monitor, analyst = make_user(), make_user(Role.ANALYST)
    held = with_key(monitor)
    with transaction() as session:
        assert making.make_for_members(
            session, monitor.organisation_id, generations.prepare(), actor="command"
        )
        assert not making.make_for_members(
            session, monitor.organisation_id, generations.prepare(), actor="command"
        )
        assert not making.make_for_members(
            session, analyst.organisation_id, generations.prepare(), actor="command"
        )
    assert opens(held, sealed_report(monitor.organisation))
    assert db.session.scalar(select(func.count()).select_from(KeyGrant)) == 1
    assert db.session.scalar(select(func.count()).select_from(UserKey)) == 1
