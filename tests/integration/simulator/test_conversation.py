"""The conversation that a page carries: whatever comes back, it can be shown."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.simulator import conversation
from app.simulator.conversation import Entry

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
entries = st.lists(
    st.builds(
        Entry,
        id=texts.filter(lambda text: len(text) <= 40),
        is_mine=st.booleans(),
        text=texts,
        time=st.just("12:00"),
    ),
    max_size=8,
    unique_by=lambda entry: entry.id,
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "is_mine", "text", "time", "x"]), inner)
    ),
)


@given(entries)
def test_it_survives_the_hidden_field(written: list[Entry]) -> None:
    assert conversation.read(conversation.write(written)) == written


@given(st.text() | documents.map(json.dumps))
def test_a_field_of_any_content_gives_a_conversation_that_can_be_encoded(field: str) -> None:
    conversation.write(conversation.read(field)).encode()


@given(entries, entries)
def test_joining_shows_each_bubble_once_in_order(here: list[Entry], fresh: list[Entry]) -> None:
    joined = conversation.join(here, fresh)
    assert joined[: len(here)] == here
    assert len({entry.id for entry in joined}) == len(joined)
    assert conversation.join(joined, fresh) == joined


def test_the_last_code_is_the_one_last_received_not_one_that_was_typed() -> None:
    said = [
        Entry("1", False, "Votre code : ABCD-EFGH-JKMN.", "12:00"),
        Entry("2", False, "Your code: 1234-5678-9ABC.", "12:01"),
        Entry("3", True, "STATUS ZZZZ-ZZZZ-ZZZZ", "12:02"),
    ]
    assert conversation.last_code(said) == "1234-5678-9ABC"
    assert conversation.last_code(said[2:]) == ""
