"""`seere gazetteer …`: an installation's own villages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from workers.gazetteer.importing import FileResult

_REFUSALS_SHOWN = 20
_FORMATS = ("geonames", "cod-csv", "places-csv")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("gazetteer")
def gazetteer_commands() -> None:
    """Villages beside those that ship with Seere."""


@gazetteer_commands.command("import")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option("--format", "file_format", type=click.Choice(_FORMATS), required=True)
def import_command(paths: tuple[Path, ...], file_format: str) -> None:
    """Add the villages of files: GeoNames' ML.txt, an OCHA COD table, or a CSV of name, region, cercle, lat, lon."""
    from app.settings import var_directory
    from workers.gazetteer.formats import CannotRead, Format
    from workers.gazetteer.importing import import_files
    from workers.gazetteer.village_file import NotVillages, villages_path

    try:
        imported = import_files(paths, Format(file_format), villages_path(var_directory()))
    except (CannotRead, NotVillages, OSError) as problem:
        click.echo(f"Nothing was imported: {problem}", err=True)
        sys.exit(1)
    for result in imported.files:
        _tell(result)
    change = "Nothing changed" if not imported.is_changed else f"{imported.before} places before"
    click.echo(f"{change}; {imported.after} imported places now. Workers read them with their next report.")


def _tell(result: FileResult) -> None:
    sureness = ", ".join(f"{count} at {certainty:.0%}" for certainty, count in result.by_certainty)
    click.echo(
        f"{result.path.name}: {result.used} places (cercle sure: {sureness}), {len(result.refused)} refused."
    )
    for refusal in result.refused[:_REFUSALS_SHOWN]:
        click.echo(f"  line {refusal.line}: {refusal.reason}", err=True)
    if len(result.refused) > _REFUSALS_SHOWN:
        click.echo(f"  and {len(result.refused) - _REFUSALS_SHOWN} more", err=True)
