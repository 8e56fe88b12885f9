"""What every caller relies on: exact offsets, no overlap, any string accepted, errors let through, lasting tokens."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.anonymise import anonymise, anonymise_all, engine, preload, token_table
from workers.anonymise.tokens import TOKEN

EXAMPLE = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56"
)

FRAGMENTS = st.sampled_from(
    [
        "Amadou Traoré", "mon frère", "76 12 34 56", "rue 12 porte 4",
        "né le 12/03/1990", "e\u0301", "😀", "\x00", "\ud800",
        "ߊߡߊߘߎ", "محمد", "a@b.fr", "[PERSONNE-1]", "14.1234, -3.4321", "AB 1234 MD",
        "Ag", "dit", "nommé", "\n", ", ", " ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=12).map("".join))


@pytest.fixture(scope="module", autouse=True)
def _models() -> None:
    preload()


def test_the_example_of_the_simulator() -> None:
    anonymised = anonymise(EXAMPLE, "fra")
    assert anonymised.text == (
        "des hommes armés ont pris 20 boeufs à Koro hier, mon frère [PERSONNE-1] est blessé, appelez [TELEPHONE-1]"
    )
    assert token_table(EXAMPLE, anonymised) == {
        "[PERSONNE-1]": "Amadou Traoré",
        "[TELEPHONE-1]": "76 12 34 56",
    }


@given(TEXTS)
@settings(deadline=None, max_examples=150)
def test_offsets_rebuild_the_text_and_never_overlap(text: str) -> None:
    anonymised = anonymise(text, "fra")
    rebuilt, last_end = "", 0
    for entity in anonymised.entities:
        assert last_end <= entity.start < entity.end <= len(text)
        rebuilt += text[last_end : entity.start] + entity.token
        last_end = entity.end
    assert rebuilt + text[last_end:] == anonymised.text


@given(TEXTS)
@settings(deadline=None, max_examples=100)
def test_tokens_already_in_a_text_are_kept_and_not_given_out_again(text: str) -> None:
    before = {match.group() for match in TOKEN.finditer(text)}
    anonymised = anonymise(text, "fra")
    assert before.isdisjoint(entity.token for entity in anonymised.entities)


def test_the_same_text_gives_the_same_result() -> None:
    assert anonymise(EXAMPLE, "fra") == anonymise(EXAMPLE, "fra")


@pytest.mark.parametrize(
    "mention", ["seydou koné", "Koné Seydou", "SEYDOU KONE", "Seidou Koné", "Seydou", "S. Koné", "Koné"]
)
def test_a_person_of_the_case_keeps_the_token(mention: str) -> None:
    known = {"[PERSONNE-4]": "Seydou Kone"}
    (person,) = anonymise(f"on a revu M. {mention} hier", "fra", known=known).entities
    assert person.token == "[PERSONNE-4]"


def test_someone_else_gets_a_new_token() -> None:
    known = {"[PERSONNE-4]": "Seydou Kone"}
    (person,) = anonymise("on a revu Moussa Koné hier", "fra", known=known).entities
    assert person.token == "[PERSONNE-5]"


def test_an_ambiguous_short_mention_is_nobody_known() -> None:
    known = {"[PERSONNE-1]": "Seydou Koné", "[PERSONNE-2]": "Seydou Diarra"}
    (person,) = anonymise("on a revu Seydou hier", "fra", known=known).entities
    assert person.token == "[PERSONNE-3]"


def test_namesakes_are_not_made_one_by_a_bare_family_name() -> None:
    entities = anonymise("Koné est parti. Moussa Koné et Seydou Koné sont morts.", "fra").entities
    assert [entity.token for entity in entities] == ["[PERSONNE-1]", "[PERSONNE-1]", "[PERSONNE-2]"]


def test_two_dictated_phones_are_two() -> None:
    text = "le soixante seize douze trente quatre dix. Ou le soixante seize douze trente quatre seize."
    assert len({entity.token for entity in anonymise(text, "fra").entities}) == 2


def test_a_phone_keeps_its_token_in_any_writing() -> None:
    known = {"[TELEPHONE-2]": "+223 76 12 34 56"}
    (phone,) = anonymise("tel 76.12.34.56", "fra", known=known).entities
    assert phone.token == "[TELEPHONE-2]"


def test_a_nickname_of_the_case_is_known_in_later_messages() -> None:
    assert anonymise("le tigre est revenu", "fra").entities == ()
    (person,) = anonymise("le tigre est revenu", "fra", known={"[PERSONNE-1]": "Tigre"}).entities
    assert person.token == "[PERSONNE-1]"


def test_an_error_in_a_voice_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(texts: list[str]) -> None:
        raise RuntimeError

    monkeypatch.setattr(engine, "tagged_persons", fails)
    with pytest.raises(RuntimeError):
        anonymise("on a vu Xulpan hier", "fra")
    with pytest.raises(RuntimeError):
        anonymise_all(["bonjour", "on a vu Xulpan hier"])


def test_texts_read_together_are_each_read_as_if_alone() -> None:
    texts = [EXAMPLE, "", "on a vu Xulpan hier", "bonjour", "Zanké Xulpan et moi", "on a vu xulpan hier"]
    assert anonymise_all(texts) == [anonymise(text) for text in texts]
    assert anonymise_all(texts, ["fra"] * len(texts)) == [anonymise(text, "fra") for text in texts]


@pytest.mark.parametrize("text", ["", " ", "\ud800\udfff", "\x00" * 50, "é" * 500, "\u200bAmadou\u200b"])
def test_odd_strings_are_accepted(text: str) -> None:
    assert anonymise(text, "fra").language == "fra"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "7" * 1_000_000,
        "7 " * 10_000,
        "né le " * 3_500,
        "rue de " * 2_900,
        "x (at) " * 2_900,
        "lat 1,1234 " * 1_800,
        "Seydou, " * 2_500,
        "plaque de la " * 1_600,
        (EXAMPLE + ". ") * 190,
    ],
)
def test_long_texts_end_in_reasonable_time(text: str) -> None:
    began = time.monotonic()
    anonymise(text, "fra")
    assert time.monotonic() - began < 30
