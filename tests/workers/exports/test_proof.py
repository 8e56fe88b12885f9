"""A recipient can tell whether a copy is what was signed, on any machine, and what is wrong if it isn't."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import minisign  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from nacl.signing import SigningKey

from app.exports.signing_keys import minisign_text
from tests.workers.exports.releases import release
from workers.commands.export import export_commands
from workers.exports.counting import rows_in
from workers.exports.formats import WRITERS
from workers.exports.packaging import pack
from workers.exports.proof import KeyMissing, Provenance, add_proof
from workers.exports.release import Release
from workers.exports.verifying import verify

KEY, OTHER = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
PUBLIC, FOREIGN = minisign_text(bytes(KEY.verify_key)), minisign_text(bytes(OTHER.verify_key))


@pytest.fixture
def made() -> Release:
    return release()


@pytest.fixture
def folder(made: Release, tmp_path: Path) -> Path:
    """A copy in three kinds of file, with its proof."""
    target = tmp_path / "copy"
    target.mkdir()
    files = [
        path for code in ("csv", "xlsx", "jsonl") for path in WRITERS[code](made, target, lambda _: None)
    ]
    known = Provenance({"region": "ML05"}, "a-person", ("E-000011", "ab" * 32), {"fields": "cd" * 32})
    add_proof(made, target, sorted(set(files)), KEY, known)
    return target


@pytest.fixture
def package(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "copy.zip"
    pack(folder, target)
    return target


def test_a_whole_copy_is_right_and_says_what_it_is(
    folder: Path, package: Path, made: Release, tmp_path: Path
) -> None:
    assert verify(folder, [FOREIGN, PUBLIC]).is_right
    verdict = verify(package, [PUBLIC])
    assert verdict.is_right, verdict.problems
    [said] = verdict.in_words("fr")
    assert made.copy.number in said
    assert made.copy.recipient in said
    manifest = verdict.manifest
    for name in ("cases.csv", "cases.xlsx", "cases.jsonl"):
        with next(folder.glob(name.replace("cases", "*"))).open("rb") as file:
            assert rows_in(name, file, manifest["tables"]) == {"cases": made.cases.count}
    assert manifest["tables"]["cases"]["rows"] == made.cases.count
    assert manifest["filters"]["codes"] == {"region": "ML05"}
    assert manifest["previous"] == {"number": "E-000011", "sha256": "ab" * 32}
    assert manifest["rules"] == {"fields": "cd" * 32, "in_force": made.copy.rules}
    readme = (folder / "LISEZMOI.txt").read_text("utf-8")
    assert made.copy.recipient in readme
    assert PUBLIC in readme
    again = tmp_path / "again.zip"
    pack(folder, again)
    assert again.read_bytes() == package.read_bytes()


def test_minisign_itself_accepts_the_signature(folder: Path) -> None:
    key = minisign.PublicKey.from_base64(PUBLIC)
    signature = minisign.Signature.from_file(folder / "manifest.json.minisig")
    key.verify((folder / "manifest.json").read_bytes(), signature)
    assert signature.trusted_comment == "E-000012 2026-03-20T09:30:00Z"


def _change_a_cell(folder: Path) -> None:
    path = folder / "cases.csv"
    path.write_bytes(path.read_bytes().replace(b"torture", b"t0rture"))


def _change_the_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("Association", "Assoc"), "utf-8")


def _sign_by_another(folder: Path) -> None:
    ours = {"manifest.json", "manifest.json.minisig", "LISEZMOI.txt"}
    add_proof(release(), folder, sorted(each for each in folder.iterdir() if each.name not in ours), OTHER)


def _say_more_rows(folder: Path) -> None:
    """As a faulty or lying institution would: all digests and the signature are right."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["tables"]["cases"]["rows"] += 1
    _sign_anew(folder, json.dumps(manifest))


def _sign_something_else(folder: Path) -> None:
    _sign_anew(folder, json.dumps({"form": "seere-export/1", "number": 12, "files": [], "tables": {}}))


def _sign_anew(folder: Path, manifest: str) -> None:
    from workers.exports.minisigning import sign

    (folder / "manifest.json").write_text(manifest, "utf-8")
    (folder / "manifest.json.minisig").write_bytes(sign(manifest.encode(), KEY, "E-000012 now"))


@pytest.mark.parametrize(
    ("harm", "codes"),
    [
        (_change_a_cell, {"changed"}),
        (_change_the_manifest, {"wrong"}),
        (_sign_by_another, {"unknown_key"}),
        (_say_more_rows, {"rows"}),
        (_sign_something_else, {"malformed"}),
        (lambda folder: (folder / "cases.jsonl").unlink(), {"missing"}),
        (lambda folder: (folder / "more.csv").write_text("x"), {"extra"}),
        (lambda folder: (folder / "manifest.json").unlink(), {"no_manifest"}),
        (lambda folder: (folder / "manifest.json.minisig").unlink(), {"no_signature"}),
        (lambda folder: (folder / "manifest.json.minisig").write_text("x"), {"unreadable"}),
    ],
)
def test_each_harm_has_its_sentence(folder: Path, harm: Callable[[Path], object], codes: set[str]) -> None:
    harm(folder)
    verdict = verify(folder, [PUBLIC])
    assert {each.code for each in verdict.problems} == codes
    assert all(verdict.in_words(language) for language in ("fr", "en"))


def test_a_damaged_an_encrypted_and_a_doubled_package_are_told_apart(package: Path, tmp_path: Path) -> None:
    whole = package.read_bytes()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(whole[: len(whole) // 2])
    assert [each.code for each in verify(broken, [PUBLIC]).problems] == ["damaged"]
    broken.write_bytes(b"-----BEGIN PGP MESSAGE-----\n")
    assert [each.code for each in verify(broken, [PUBLIC]).problems] == ["encrypted"]
    doubled = tmp_path / "doubled.zip"
    shutil.copy(package, doubled)
    with zipfile.ZipFile(doubled, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("cases.csv", "another")
    assert [each.code for each in verify(doubled, [PUBLIC]).problems] == ["changed"]


def test_the_command_needs_a_key_and_ends_with_the_verdict(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_ML.UTF-8")
    monkeypatch.setenv("SEERE_VAR", str(package.parent / "none"))
    right = CliRunner().invoke(export_commands, ["verify", str(package), "--key", PUBLIC])
    assert (right.exit_code, "Tout est en ordre" in right.output) == (0, True)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    unchecked = CliRunner().invoke(export_commands, ["verify", str(package)])
    assert (unchecked.exit_code, "was not checked" in unchecked.output) == (1, True)


def test_without_a_key_of_ours_nothing_is_written(made: Release, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        add_proof(made, tmp_path, [], None)
    assert list(tmp_path.iterdir()) == []
