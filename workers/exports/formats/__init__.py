"""One way to write a release for each kind of file that formats.toml lists.

The libraries behind some are large, so a writer is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import cast

from workers.exports.release import Writer

_WHERE: Mapping[str, str] = {
    "xlsx": "workers.exports.formats.spreadsheet:write",
    "csv": "workers.exports.formats.comma_separated:write",
    "csv-plain": "workers.exports.formats.comma_separated:write_plain",
    "jsonl": "workers.exports.formats.json_lines:write",
    "geojson": "workers.exports.formats.geojson:write",
    "hxl": "workers.exports.formats.hxl_tagged:write",
    "sav": "workers.exports.formats.statistics:write_sav",
    "dta": "workers.exports.formats.statistics:write_dta",
    "uwazi": "workers.exports.formats.uwazi:write",
    "huridocs": "workers.exports.formats.huridocs:write",
    "pdf": "workers.exports.papers.case_paper:write",
    "report-pdf": "workers.publications.releasing:write_pdf",
    "report-docx": "workers.publications.releasing:write_docx",
}


class _Writers(Mapping[str, Writer]):
    """Writers by the code of their format."""

    def __getitem__(self, code: str) -> Writer:
        return _load(_WHERE[code])

    def __iter__(self) -> Iterator[str]:
        return iter(_WHERE)

    def __len__(self) -> int:
        return len(_WHERE)


@cache
def _load(place: str) -> Writer:
    module, _, name = place.partition(":")
    return cast("Writer", getattr(import_module(module), name))


WRITERS: Mapping[str, Writer] = _Writers()
