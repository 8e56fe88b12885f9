"""The invented reports: varied, within ninety days, and with what their follow-ups need."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from app.casework.verifying import SHORTEST_GROUND
from app.demonstration import cast
from app.demonstration.acting import _STEPS
from app.demonstration.stories import follow_ups, stories
from app.messaging.segments import LONGEST_QUESTION
from app.models import CaseStatus, Channel, OrganisationKind, ReferralState, Role, Verification
from app.reference.taxonomy import violations


def test_there_are_about_sixty_in_three_languages_over_both_channels() -> None:
    assert 55 <= len(stories()) <= 70
    assert {story.language for story in stories()} == {"fr", "bm", "en"}
    assert {story.channel for story in stories()} == {Channel.SMS, Channel.WEB}
    assert len({story.key for story in stories()}) == len(stories())
    assert max(story.days_ago for story in stories()) <= 90


def test_a_text_has_a_valid_sender_of_the_invented_block_and_a_web_report_has_none() -> None:
    for story in stories():
        sender = story.content.get("sender", "")
        assert bool(sender) == (story.channel is Channel.SMS), story.key
        if sender:
            assert sender.startswith("+2236000")
            assert phonenumbers.is_valid_number(phonenumbers.parse(sender)), story.key


def test_numbers_inside_the_texts_are_of_the_invented_block_too() -> None:
    for story in stories():
        written = " ".join((*story.content.values(), story.answer)).replace(
            story.content.get("sender", "-"), ""
        )
        for found in phonenumbers.PhoneNumberMatcher(written, "ML"):
            assert str(found.number.national_number).startswith("6000"), story.key


@given(st.integers(0, 10 * 365 * 24 * 60))
def test_nothing_comes_in_from_the_future_whenever_it_is_loaded(minutes: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for story in stories():
        assert timedelta(0) < now - story.received_at(now) < timedelta(days=91)


def test_every_step_can_be_played_and_has_the_words_it_needs() -> None:
    people = {person.key: person for person in cast.accounts()}
    for story in stories():
        for step in story.follow_up.steps:
            assert step.do in _STEPS
            assert step.person in people
            assert not step.organisation or step.organisation in cast.organisations()
            if step.do == "verify":
                assert people[step.person].role in {Role.SUPERVISOR, Role.ANALYST}
                assert Verification(step.verification)
                assert len(story.reason) >= SHORTEST_GROUND, story.key
            if step.do == "ask":
                assert 0 < len(story.question) <= LONGEST_QUESTION, story.key
            if step.do == "add_violation":
                assert story.violation in violations()
            if step.state == ReferralState.DECLINED:
                assert len(story.reason) >= SHORTEST_GROUND
        assert bool(story.answer) == (story.follow_up.reporter == "answer"), story.key


def test_follow_ups_go_forward_in_time_and_name_known_states() -> None:
    for name, follow_up in follow_ups().items():
        hours = [step.after_hours for step in follow_up.steps]
        assert hours == sorted(hours), name
        assert all(CaseStatus(step.status) for step in follow_up.steps if step.status)
        assert all(ReferralState(step.state) for step in follow_up.steps if step.state)


def test_every_violation_has_a_rule_but_those_that_need_a_person() -> None:
    ruled = {code for rule in cast.rules() for code in rule.violations}
    assert ruled <= set(violations())
    assert set(violations()) - ruled <= {"other", "none"}


def test_no_partner_but_the_commission_bears_a_name_that_could_be_real() -> None:
    for organisation in cast.organisations().values():
        assert "(démonstration)" in organisation.name
        if organisation.kind is OrganisationKind.CIVIL_SOCIETY:
            assert re.search(r"\bfictif|\bfictive", organisation.name)
    assert all(person.email.endswith("@demo.seere.example") for person in cast.accounts())
