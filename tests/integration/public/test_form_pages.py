"""The pages behind the first: one thing each; people may stop at any moment and still have reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import db
from app.intake.drafts import OPEN_FOR, REPEATED_FOR
from app.models import Draft, OrganisationKind, OwedWork
from tests.integration.public.conftest import STORY, code_of, form_of, reports, sealed_contents
from tests.integration.public.test_report import outage

MOST_PAGES = 40
CHECK = "check"


@dataclass
class Writer:
    """Somebody who fills in page after page, without script."""

    client: FlaskClient
    language: str = "en"
    page: TestResponse = field(init=False)

    def begin(self, text: str = STORY, **typed: str) -> Writer:
        """Fill in the first page and go on."""
        fields = form_of(self.client.get(f"/?lang={self.language}").text, "/")
        self.page = self.client.post("/", data={**fields, "text": text, "go": "on", **typed})
        return self

    @property
    def fields(self) -> dict[str, str]:
        """What the page at hand would send as it is."""
        return form_of(self.page.text, "/next")

    @property
    def step(self) -> str:
        """The page's own name."""
        return self.fields["step"]

    def press(self, go: str = "on", **typed: str | list[str]) -> Writer:
        """Type and press a button."""
        self.page = self.client.post("/next", data={**self.fields, **typed, "go": go})
        return self

    def go_to(self, step: str) -> Writer:
        """Skip pages until one is reached."""
        for _ in range(MOST_PAGES):
            if self.step == step:
                return self
            self.press("skip")
        raise AssertionError(f"{step} never comes")


@pytest.fixture
def writer(client: FlaskClient) -> Writer:
    """Somebody on the second page."""
    return Writer(client).begin()


def test_with_the_first_page_it_is_reported_and_each_page_adds_to_it(writer: Writer) -> None:
    assert sealed_contents() == [{"text": STORY}]
    assert "has already reached us" in writer.page.text
    assert writer.step == "where"
    writer.press(where="Koro, au marché")
    assert sealed_contents() == [{"text": STORY, "where": "Koro, au marché"}]
    assert writer.step == "when"
    assert len(reports()) == 1


def test_every_page_can_be_skipped_up_to_the_last_which_gives_the_code(writer: Writer) -> None:
    seen = []
    while writer.step != CHECK:
        seen.append(writer.step)
        writer.press("skip")
    assert seen[:2] == ["where", "when"]
    assert seen[-1] == "consent"
    assert any(name.startswith("q.") for name in seen)
    answer = writer.press("finish").page
    assert answer.status_code == 201
    assert len(code_of(answer.text)) == 12
    assert sealed_contents() == [{"text": STORY}]


def test_skipping_leaves_what_was_answered_before(writer: Writer) -> None:
    writer.press(where="Koro").press("back")
    assert writer.fields["where"] == "Koro"
    writer.press("skip", where="")
    assert sealed_contents()[0]["where"] == "Koro"


@pytest.mark.parametrize("step", ["where", "when", "consent"])
def test_one_can_stop_on_any_page_and_what_is_on_it_counts(writer: Writer, step: str) -> None:
    writer.go_to(step)
    typed = {"where": "Koro", "when": "la nuit", "consent": "76 12 34 56"}[step]
    name = {"consent": "contact"}.get(step, step)
    answer = writer.press("finish", **{name: typed}).page
    assert len(code_of(answer.text)) == 12
    assert typed in sealed_contents()[0][name]


def test_the_code_of_the_last_page_opens_the_report(client: FlaskClient, writer: Writer) -> None:
    code = code_of(writer.press("finish", where="Koro").page.text)
    assert "It has arrived" in client.post("/receipt", data={"code": code, "lang": "en"}).text


def test_a_second_press_on_the_last_button_shows_the_same_code(client: FlaskClient, writer: Writer) -> None:
    fields = {**writer.go_to(CHECK).fields, "go": "finish"}
    first, second = client.post("/next", data=fields), client.post("/next", data=fields)
    assert code_of(first.text) == code_of(second.text)
    work = db.session.query(OwedWork).filter_by(subject_id=reports()[0].id).all()
    assert len(work) == 1
    with time_machine.travel(datetime.now(UTC) + REPEATED_FOR + timedelta(seconds=5)):
        late = client.post("/next", data=fields)
    assert late.status_code == 410
    assert "This message is closed" in late.text


def test_a_page_sent_twice_changes_nothing_more(client: FlaskClient, writer: Writer) -> None:
    fields = {**writer.fields, "where": "Koro", "go": "on"}
    first, second = client.post("/next", data=fields), client.post("/next", data=fields)
    assert first.status_code == second.status_code == 200
    assert form_of(first.text, "/next")["step"] == form_of(second.text, "/next")["step"] == "when"
    assert sealed_contents() == [{"text": STORY, "where": "Koro"}]


def test_the_first_page_sent_twice_goes_on_with_what_there_is(client: FlaskClient) -> None:
    fields = {**form_of(client.get("/?lang=en").text, "/"), "text": STORY, "go": "on"}
    first = form_of(client.post("/", data=fields).text, "/next")
    client.post("/next", data={**first, "where": "Koro", "go": "on"})
    again = form_of(client.post("/", data=fields).text, "/next")
    client.post("/next", data={**again, "step": "when", "when": "la nuit", "go": "on"})
    assert len(reports()) == 1
    assert sealed_contents()[0]["where"] == "Koro"


def test_pressing_continue_again_after_the_end_gives_the_code_and_puts_nothing_away(
    client: FlaskClient,
) -> None:
    fields = {**form_of(client.get("/?lang=en").text, "/"), "text": STORY, "go": "on"}
    page = form_of(client.post("/", data=fields).text, "/next")
    code = code_of(client.post("/next", data={**page, "where": "Koro", "go": "finish"}).text)
    assert code_of(client.post("/", data=fields).text) == code
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert code_of(client.post("/", data=fields).text) == code
    assert sealed_contents() == [{"text": STORY, "where": "Koro"}]


def test_a_mistake_is_said_with_what_was_typed_and_back_is_not_held_up_by_it(writer: Writer) -> None:
    long = "é" * 301
    writer.press(where=long)
    assert writer.page.status_code == 400
    assert "<title>Error – Message</title>" in writer.page.text
    assert '<a href="#where">' in writer.page.text
    assert writer.fields["where"] == long
    writer.press("back", where=long)
    assert writer.page.status_code == 200
    assert writer.step == "text"
    assert sealed_contents() == [{"text": STORY}]


def test_an_outage_shows_what_was_typed_and_the_same_press_succeeds_later(writer: Writer) -> None:
    fields = {**writer.fields, "where": "derrière le marché de Koro", "go": "finish"}
    with outage("draft"):
        answer = writer.client.post("/next", data=fields)
    assert answer.status_code == 503
    assert "derrière le marché de Koro" in answer.text
    again = form_of(answer.text, "/next")
    assert len(code_of(writer.client.post("/next", data=again).text)) == 12
    assert sealed_contents()[0]["where"] == "derrière le marché de Koro"


def test_a_page_open_for_too_long_says_that_what_was_sent_is_kept(writer: Writer) -> None:
    with time_machine.travel(datetime.now(UTC) + OPEN_FOR + timedelta(minutes=1)):
        writer.press(where="derrière le marché")
    assert writer.page.status_code == 410
    assert "is kept" in writer.page.text
    assert "derrière le marché" in writer.page.text
    assert 'class="code"' not in writer.page.text
    assert sealed_contents() == [{"text": STORY}]


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 50, "A" * 44, "=" * 44, "_" * 5000])
def test_a_token_that_is_not_ours_shows_nothing(client: FlaskClient, writer: Writer, token: str) -> None:
    for go in ("on", "finish", "back", "to:text"):
        answer = client.post("/next", data={**writer.fields, "token": token, "go": go})
        assert answer.status_code == 410
        assert "bœufs" not in answer.text


def test_the_address_of_the_pages_leads_to_the_first(client: FlaskClient) -> None:
    answer = client.get("/next?lang=bm")
    assert answer.status_code == 303
    assert answer.location == "/?lang=bm"


def test_another_language_on_any_page_loses_nothing(writer: Writer) -> None:
    writer.press("lang:bm", where="Koro")
    assert '<html lang="bm">' in writer.page.text
    assert writer.fields["where"] == "Koro"
    assert writer.fields["lang"] == "bm"
    assert writer.step == "where"


@pytest.mark.parametrize("go", ["", "to:", "to:nothing", "lang:", "lang:xx", "on\non", "\x00", "to:check"])
def test_a_button_that_does_not_exist_breaks_nothing(writer: Writer, go: str) -> None:
    assert writer.press(go, where="Koro").page.status_code == 200
    assert writer.go_to(CHECK).press(go).page.status_code in {200, 201}


def test_a_form_on_another_site_is_refused(client: FlaskClient, writer: Writer) -> None:
    answer = client.post("/next", data=writer.fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_last_page_repeats_the_answers_and_each_can_be_changed(writer: Writer) -> None:
    writer.press(where="Koro, au marché").go_to(CHECK)
    assert "Koro, au marché" in writer.page.text
    assert STORY in writer.page.text
    writer.press("to:where")
    assert writer.fields["where"] == "Koro, au marché"
    writer.press(where="Bankass")
    assert writer.step == CHECK  # changed from there, back there
    assert "Bankass" in writer.page.text
    assert sealed_contents()[0]["where"] == "Bankass"


def test_a_mistake_and_another_language_keep_the_way_back_to_the_last_page(writer: Writer) -> None:
    writer.go_to(CHECK).press("to:where").press(where="é" * 301).press("lang:fr", where="Bankass").press()
    assert writer.step == CHECK


def test_what_happened_can_be_written_again(writer: Writer) -> None:
    writer.go_to(CHECK).press("to:text")
    assert writer.fields["text"] == STORY
    assert writer.press(text="  ").page.status_code == 400
    writer.press(text=STORY + " Deux blessés.")
    assert writer.step == CHECK
    assert sealed_contents() == [{"text": STORY + " Deux blessés."}]


def test_a_long_text_is_repeated_by_its_beginning(client: FlaskClient) -> None:
    page = Writer(client).begin("mot " * 1000 + "LAFIN").go_to(CHECK).page.text
    assert "mot mot mot" in page
    assert "LAFIN" not in page


def test_what_was_typed_is_shown_as_text_and_never_as_markup(client: FlaskClient) -> None:
    typed = '</textarea><script nonce="x">alert(1)</script>'
    writer = Writer(client).begin(typed).press(where=typed).go_to(CHECK)
    assert typed not in writer.page.text
    assert "&lt;script" in writer.page.text


def test_by_default_nothing_is_allowed_and_nothing_is_ticked(writer: Writer) -> None:
    page = writer.go_to("consent").page.text
    assert " checked" not in page
    writer.press().press("finish")
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}


def test_what_is_ticked_is_kept_and_shown_again(writer: Writer) -> None:
    kinds = [OrganisationKind.CNDH.value, OrganisationKind.CIVIL_SOCIETY.value]
    writer.go_to("consent").press(may_ask="yes", contact="76 12 34 56", share_with=kinds, with_identity="yes")
    assert "76 12 34 56" in writer.page.text
    assert "National Human Rights Commission" in writer.page.text
    assert reports()[0].consent == {"may_ask": True, "share_with": sorted(kinds), "with_identity": True}
    again = writer.press("to:consent").fields
    assert set(again["share_with"].split("\n")) == set(kinds)
    assert again["may_ask"] == again["with_identity"] == "yes"
    writer.page = writer.client.post(
        "/next", data={"token": again["token"], "step": "consent", "lang": "en", "go": "on"}
    )
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}


@pytest.mark.parametrize("kind", [OrganisationKind.DESK.value, "everybody", ""])
def test_nobody_is_told_who_one_is_where_nothing_is_passed_on(writer: Writer, kind: str) -> None:
    writer.go_to("consent").press(share_with=kind, with_identity="yes")
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}


def test_sending_the_first_page_alone_allows_nothing(client: FlaskClient) -> None:
    answer = Writer(client).begin(go="finish").page
    assert len(code_of(answer.text)) == 12
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}
    assert db.session.query(Draft).count() == 0


def test_no_page_names_its_draft_in_an_address(writer: Writer) -> None:
    for step in ("where", "when", "consent", CHECK):
        page = writer.go_to(step).page.text
        addresses = re.findall(r'(?:href|action|formaction|src)="([^"]*)"', page)
        assert not any(writer.fields["token"] in address for address in addresses)


def test_every_page_says_which_it_is_and_how_many_there_are(writer: Writer) -> None:
    numbers = []
    for _ in range(MOST_PAGES):
        numbers.append([int(n) for n in re.findall(r"Page (\d+) of about (\d+)", writer.page.text)[0]])
        if writer.step == CHECK:
            break
        writer.press("skip")
    assert [number for number, _ in numbers] == list(range(2, len(numbers) + 2))
    assert numbers[-1][0] == numbers[-1][1]


def test_files_alone_are_a_report(client: FlaskClient) -> None:
    import io

    fields = form_of(client.get("/?lang=en").text, "/")
    answer = client.post(
        "/",
        data={**fields, "text": "", "go": "on", "files": (io.BytesIO(b"\xff\xd8\xff\xe0 photo"), "a.jpg")},
        content_type="multipart/form-data",
    )
    writer = Writer(client)
    writer.page = answer
    assert writer.go_to(CHECK).press("to:text").press(text="").page.status_code == 200
    assert len(code_of(writer.press("finish").page.text)) == 12
    assert len(reports()) == 1


Send = Callable[..., TestResponse]


def test_fields_of_older_pages_are_still_taken(send: Send) -> None:
    answer = send(where="Koro", contact="76 12 34 56", text="")
    assert answer.status_code == 400
    again = form_of(answer.text, "/")
    assert (again["where"], again["contact"]) == ("Koro", "76 12 34 56")
