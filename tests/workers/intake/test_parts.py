"""A message in pieces is one message: joined when whole, read as it is after three minutes, mended when more comes."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.database import db, transaction
from app.intake.gateways.protocol import IncomingText, Part
from app.models import Arrival, ArrivalOutcome, AuditEntry, Direction, Message, OwedWork, Report
from app.queue import JobName
from tests.workers.intake.conftest import KORO, SENDER, Phone, arrival

PARTS = ["des hommes armés ont pris ", "20 boeufs à Koro ", "hier soir"]
Answers = Callable[[], list[str]]
TextOf = Callable[[uuid.UUID | None], str]


def part(
    number: int, text: str = "", *, reference: str = "7", name: str = "", total: int = 3
) -> IncomingText:
    said = text or PARTS[number - 1]
    identifier = name or f"{reference}-{number}"
    return IncomingText(identifier, SENDER, said, part=Part(reference, number, total))


def inbound() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.direction == Direction.INBOUND)))


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_parts_in_any_order_are_one_message(
    phone: Phone, answers: Answers, text_of: TextOf, order: tuple[int, ...]
) -> None:
    arrivals, outcomes = [], []
    for number in order:
        taken = phone.later(seconds=5).hand_over(part(number))
        arrivals.append(taken.id)
        outcomes.append(taken.outcome)
    assert outcomes == ["waiting_for_parts", "waiting_for_parts", "report_opened"]
    message = inbound()[0]
    assert text_of(message.id) == "".join(PARTS)
    assert (len(inbound()), answers()) == (1, ["received"])
    assert {arrival(arrival_id).message_id for arrival_id in arrivals} == {message.id}


def test_a_part_waits_three_minutes_for_the_others(phone: Phone) -> None:
    arrival_id = phone.store(part(1))
    come_back = phone.later(seconds=20).take_in(arrival_id)
    assert come_back == arrival(arrival_id).received_at + timedelta(minutes=3)
    assert inbound() == []


def test_then_it_is_read_as_it_is_and_mended_when_the_rest_comes(
    phone: Phone, answers: Answers, text_of: TextOf
) -> None:
    waiting = [phone.store(part(1)), phone.store(part(3))]
    for arrival_id in waiting:
        phone.take_in(arrival_id)
    for arrival_id in waiting:
        assert phone.later(minutes=4).take_in(arrival_id) is None
    message_id = inbound()[0].id
    assert text_of(message_id) == PARTS[0] + " […] " + PARTS[2]
    with transaction() as session:
        session.execute(update(OwedWork).values(done_at=utcnow(), claimed_until=utcnow()))
    late = phone.later(minutes=30).hand_over(part(2))
    assert late.outcome == ArrivalOutcome.JOINED
    assert text_of(message_id) == "".join(PARTS)
    work = db.session.scalars(select(OwedWork)).one()
    assert (work.job, work.done_at, work.claimed_until) == (JobName.PROCESS_REPORT, None, None)
    assert (len(inbound()), answers()) == (1, ["received"])


def test_a_part_that_comes_twice_counts_once(phone: Phone, text_of: TextOf) -> None:
    for number, name in [(1, "a"), (1, "b"), (2, "c"), (3, "d"), (2, "e")]:
        phone.later(seconds=2).hand_over(part(number, name=name))
    assert [text_of(message.id) for message in inbound()] == ["".join(PARTS)]


def test_a_phone_that_counts_round_begins_another_message(phone: Phone, text_of: TextOf) -> None:
    for number in (1, 2, 3):
        phone.later(seconds=1).hand_over(part(number))
    phone.later(hours=3)
    for number, text in [(2, "le marché "), (1, "ce matin "), (3, "a brulé")]:
        phone.later(seconds=1).hand_over(part(number, text, name=f"again-{number}"))
    assert sorted(text_of(message.id) for message in inbound()) == sorted(
        ["".join(PARTS), "ce matin le marché a brulé"]
    )


def test_parts_of_two_phones_are_never_mixed(phone: Phone, other_phone: Phone) -> None:
    phone.hand_over(part(1, total=2))
    other = IncomingText("o", other_phone.number, "autre chose", part=Part("7", 2, 2))
    assert other_phone.hand_over(other).outcome == ArrivalOutcome.WAITING_FOR_PARTS


def test_the_parts_reference_is_not_in_the_database(phone: Phone) -> None:
    taken = phone.hand_over(part(1, reference="reference-of-the-phone"))
    assert taken.part_reference is not None
    assert b"reference-of" not in taken.part_reference


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_texts_numbered_by_hand_are_one_message_in_order(
    phone: Phone, answers: Answers, text_of: TextOf, order: tuple[int, ...]
) -> None:
    texts = ["1/3 des hommes armés", "(2/3) ont pris 20 boeufs", "à Koro hier 3/3"]
    taken = [phone.later(minutes=1).write(texts[index]) for index in order]
    assert [each.outcome for each in taken] == ["report_opened", "joined", "joined"]
    assert text_of(taken[0].message_id) == "des hommes armés ont pris 20 boeufs à Koro hier"
    assert answers() == ["received"]
    assert db.session.scalars(select(OwedWork.job)).all() == [JobName.PROCESS_REPORT]


def test_a_text_that_says_suite_joins_the_one_before(phone: Phone, text_of: TextOf) -> None:
    first = phone.write("des hommes armés sont venus au marché et ont")
    joined = phone.later(minutes=2).write("suite: pris 20 boeufs")
    assert joined.outcome == ArrivalOutcome.JOINED
    assert text_of(first.message_id) == "des hommes armés sont venus au marché et ont pris 20 boeufs"


def test_a_text_follows_one_that_announced_it(phone: Phone, text_of: TextOf) -> None:
    first = phone.write("des hommes armés sont venus (à suivre)")
    assert phone.later(minutes=1).write("ils ont pris 20 boeufs").outcome == ArrivalOutcome.JOINED
    assert text_of(first.message_id).endswith("ils ont pris 20 boeufs")


def test_after_ten_minutes_suite_is_only_added(phone: Phone) -> None:
    phone.write(KORO)
    assert phone.later(minutes=11).write("suite: ils reviennent").outcome == ArrivalOutcome.ADDED


def test_a_second_series_of_figures_is_another_message(phone: Phone) -> None:
    for text in ("1/2 un", "2/2 deux"):
        phone.later(seconds=30).write(text)
    assert phone.later(seconds=30).write("1/2 trois").outcome == ArrivalOutcome.ADDED
    assert phone.later(seconds=30).write("2/2 quatre").outcome == ArrivalOutcome.JOINED
    assert len(inbound()) == 2


def test_the_same_words_again_are_kept_and_linked(phone: Phone, answers: Answers) -> None:
    first = phone.write(KORO)
    again = phone.later(minutes=9).write(f"  {KORO.upper()} ")
    db.session.rollback()
    message = db.session.get_one(Message, again.message_id)
    assert again.outcome == ArrivalOutcome.REPEATED
    assert message.repeats_message_id == first.message_id
    assert message.report_id == db.session.get_one(Message, first.message_id).report_id
    assert answers() == ["received"]
    assert db.session.scalars(select(OwedWork.job)).all() == [JobName.PROCESS_REPORT]
    assert "message.repeated" in db.session.scalars(select(AuditEntry.action)).all()


def test_after_ten_minutes_they_are_said_on_purpose(phone: Phone) -> None:
    phone.write(KORO)
    assert phone.later(minutes=11).write(KORO).outcome == ArrivalOutcome.ADDED


def test_the_same_words_of_two_people_are_two_reports(phone: Phone, other_phone: Phone) -> None:
    phone.write(KORO)
    assert other_phone.later(minutes=1).write(KORO).outcome == ArrivalOutcome.REPORT_OPENED
    db.session.rollback()
    assert len(set(db.session.scalars(select(Arrival.text_digest)))) == 2
    assert db.session.scalar(select(func.count()).select_from(Report)) == 2


def test_two_messages_with_the_same_end_stay_two_when_only_their_ends_came_in_time(
    phone: Phone, text_of: TextOf
) -> None:
    ends = [phone.store(part(3, reference=reference)) for reference in ("7", "8")]
    for arrival_id in ends:
        phone.take_in(arrival_id)
    phone.later(minutes=4)
    for arrival_id in ends:
        phone.take_in(arrival_id)
    for reference, first in (("7", "A Koro "), ("8", "A Gao ")):
        phone.hand_over(part(1, first, reference=reference))
        phone.hand_over(part(2, "ils ont pris 20 boeufs ", reference=reference))
    assert {text_of(message.id) for message in inbound()} == {
        "A Koro ils ont pris 20 boeufs hier soir",
        "A Gao ils ont pris 20 boeufs hier soir",
    }
    assert [message.repeats_message_id for message in inbound()] == [None, None]
