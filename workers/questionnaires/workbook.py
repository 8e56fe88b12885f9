"""Whether a file is a plain workbook of a reasonable size, before any library opens it.

A workbook is a zip archive of XML. What unpacks to more than it should, carries a program, or defines entities in its
XML is refused here.
"""

from __future__ import annotations

import zipfile
from io import BytesIO

from app.questionnaires.sending import LARGEST_FILE_BYTES
from workers.questionnaires.problems import Refused

MOST_UNPACKED_BYTES = 16 * 1024 * 1024
MOST_MEMBERS = 200
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and workbooks under a password
_CODINGS = ("ascii", "utf-16-le", "utf-16-be")
_DECLARATIONS = tuple(word.encode(coding) for word in ("<!DOCTYPE", "<!ENTITY") for coding in _CODINGS)
_PROGRAMS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
_WORKBOOK = "xl/workbook.xml"


def check(data: bytes) -> None:
    """Raises Refused with a code: too_large, old_excel, not_a_workbook, unpacks_too_large, macros, declarations."""
    if len(data) > LARGEST_FILE_BYTES:
        raise Refused("too_large")
    if data.startswith(_OLD_EXCEL):
        raise Refused("old_excel")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_members(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("not_a_workbook") from error


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if _WORKBOOK not in names:
        raise Refused("not_a_workbook")
    if any(name.rsplit("/", 1)[-1] in _PROGRAMS for name in names):
        raise Refused("macros")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        raise Refused("unpacks_too_large")
    for member in members:
        _check_member(archive, member)


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpacking stops at the size that was announced, and the sum of those was looked at."""
    content = archive.read(member)
    if any(declaration in content for declaration in _DECLARATIONS):
        raise Refused("declarations")
    if b"macroEnabled" in content and member.filename.lower() == "[content_types].xml":
        raise Refused("macros")
