"""One case leaves the house: its file on paper without names, and the judicial file that two open for a judge."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pysequoia
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.taking import await_work, files_of, take
from tests.e2e.browser.test_accessibility import assert_for_everyone
from tests.e2e.browser.watching import follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
NAME = "Moctar Kassogué"
ACCOUNT = f"Les gendarmes ont arrêté {NAME} à Bankass hier et la famille ne peut pas le voir."
JUDGE, COURT = "Aïssata Diallo", "Tribunal de Mopti"


@pytest.fixture(scope="module")
def filed(installation: Installation) -> Filed:
    """A case whose reporter lets institutions know who they are."""
    return installation.file(ACCOUNT, with_identity="yes")


def test_the_file_of_a_case_says_what_happened_to_whom_it_goes_and_names_nobody(
    desk: Desk, filed: Filed, tmp_path: Path
) -> None:
    page = desk("nana.analyst", filed.path, with_script=False)
    follow(page.get_by_role("link", name="Case file (PDF)"))
    expect(page.get_by_label("Level of disclosure").locator("option")).to_have_text(["Commission (CNDH)"])
    page.get_by_label("For whom").fill(COURT)
    follow(page.get_by_role("button", name="Have it made"))
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("What for").fill("Suivi avec le parquet")
    follow(page.get_by_role("button", name="Have it made"))
    package = take(page, tmp_path)
    text = text_of(files_of(package)["case-file.pdf"])
    number = package.stem.removeprefix("seere-")
    assert [each for each in (filed.reference, COURT, number, "[PERSONNE-1]") if each not in text] == []
    assert [each for each in NAME.split() if each in text] == []


def test_two_people_open_one_case_for_one_judge_who_alone_can_read_it(
    desk: Desk, filed: Filed, tmp_path: Path
) -> None:
    judge = pysequoia.Tsk.generate(user_id="Greffe")
    asking = ask_for_the_judge(desk, filed, str(judge.extract_certificate()))
    expect(asking.get_by_role("button", name="Approve and open")).to_have_count(0)
    approve(desk, filed)
    asking.reload()
    fetch = asking.get_by_role("link", name="Fetch the encrypted file")
    await_work(fetch)
    follow(fetch)
    held = files_of(take(asking, tmp_path))
    assert all(NAME.encode() not in content for content in held.values())
    sealed = next(content for name, content in held.items() if name.endswith(".pgp"))
    opened = pysequoia.decrypt(decryptor=judge.decryptor(), bytes=sealed).bytes
    assert opened is not None
    with zipfile.ZipFile(io.BytesIO(opened)) as inner:
        text = text_of(inner.read("judicial-file.pdf"))
    assert [each for each in (filed.reference, NAME, JUDGE, COURT) if each not in text] == []
    page = desk("kadia.auditor", "/desk/audit?action=judicial_file.approved")
    expect(page.locator("table.audit tbody tr").first).to_contain_text("Awa D.")


def ask_for_the_judge(desk: Desk, filed: Filed, certificate: str) -> Page:
    """Ask, and compare the fingerprint; the page of the judicial file, which waits for a second person."""
    page = desk("issa.supervisor", filed.path)
    follow(page.get_by_role("link", name="Ask for a judicial file"))
    assert_for_everyone(page)
    page.get_by_label("Name of the recipient").fill(JUDGE)
    page.get_by_label("Function").fill("juge d’instruction")
    page.get_by_label("Court or office").fill(COURT)
    page.get_by_label("OpenPGP public key of the recipient").fill(certificate)
    page.get_by_label("Ground", exact=True).select_option("judge_asks")
    page.get_by_label("Why it holds for this case").fill(
        "Le juge d’instruction demande le dossier par écrit."
    )
    page.get_by_label("The messages as they were written").check()
    follow(page.get_by_role("button", name="Ask for it"))
    compared = page.get_by_label("I compared it with the recipient, and it is the same.")
    await_work(compared)
    compared.check()
    follow(page.get_by_role("button", name="Hand it to a second person"))
    return page


def approve(desk: Desk, filed: Filed) -> None:
    """The second person finds it waiting, reads what is asked for, and approves."""
    page = desk("awa.monitor", "/desk/judicial-files")
    follow(page.get_by_role("link", name=filed.reference).first)
    expect(page.locator("main")).to_contain_text(JUDGE)
    assert_for_everyone(page)
    page.locator("#decision textarea").fill("Vu avec le greffe")
    follow(page.get_by_role("button", name="Approve and open"))
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("I have read what is asked for above").check()
    follow(page.get_by_role("button", name="Approve and open"))


def text_of(pdf: bytes) -> str:
    """All words of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call]
        return " ".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", " ")
