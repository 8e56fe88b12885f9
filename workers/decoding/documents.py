"""PDF documents as pictures of their pages: nothing of the old file is in the copy, to run or to tell."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, cast

import pypdfium2
from PIL import Image

from workers.decoding import details
from workers.decoding.findings import LARGEST_COPY_BYTES, CannotCopy, Caution, Copy, Findings
from workers.decoding.pictures import jpeg, preview

_pdfium, raw = cast("Any", pypdfium2), cast("Any", pypdfium2.raw)  # neither has types
MOST_PAGES = 60
_PIXELS_PER_POINT = 130 / 72  # readable when printed; a page of A4 has 1,075 by 1,520 pixels
_LONGEST_SIDE = 2000  # pixels
_LARGEST_PAGE_BYTES = 2 * 1024 * 1024
_ROOM_AT_END = 256 * 1024
_MOST_ATTACHMENTS = 20
_PROGRAMS = re.compile(
    rb"/(JS|JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)[^A-Za-z]"
)
_LONGEST_WORD, _PART_BYTES = 20, 1024 * 1024


def examined(file: BinaryIO, until: float) -> Findings:
    """A document's copy, which ends where pages, bytes or time run out (monotonic seconds). Raises CannotCopy."""
    try:
        document = _pdfium.PdfDocument(file)
    except _pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise CannotCopy(Caution.LOCKED if is_locked else Caution.DAMAGED) from None
    try:
        return _findings(document, until, is_active=_names_programs(file))
    except (_pdfium.PdfiumError, MemoryError, ValueError):
        raise CannotCopy(Caution.DAMAGED) from None
    finally:
        document.close()


def _names_programs(file: BinaryIO) -> bool:
    """Whether a word stands in the file by which documents run something, or hold other files. Compressed parts
    aren't searched: this is a warning to people, and nothing rests on it.
    """
    file.seek(0)
    before = b""
    while part := file.read(_PART_BYTES):
        if _PROGRAMS.search(before + part):
            return True
        before = part[-_LONGEST_WORD:]
    return False


def _findings(document: Any, until: float, *, is_active: bool) -> Findings:
    said = details.bounded(_said(document))
    is_active = is_active or document.count_attachments() > 0
    is_active = is_active or raw.FPDFDoc_GetJavaScriptActionCount(document) > 0
    if document.get_formtype():
        document.init_forms()  # draws what was filled in; this build can't run the scripts of forms
    copy = _PictureDocument()
    for page in _pages(document):
        if time.monotonic() > until or not copy.add(page):
            break
    if copy.first is None:
        raise CannotCopy(Caution.DAMAGED)
    caution = Caution.SHORTENED if copy.page_count < len(document) else Caution.NONE
    return Findings(
        caution=Caution.RUNS_PROGRAMS if is_active else caution,
        copy=Copy("application/pdf", copy.content()),
        preview=preview(copy.first),
        details=said | {"pages": str(len(document))},
    )


def _said(document: Any) -> Iterator[tuple[object, object]]:
    yield from document.get_metadata_dict(skip_empty=True).items()
    for number in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
        yield f"attachment {number + 1}", document.get_attachment(number).get_name()
    if scripts := raw.FPDFDoc_GetJavaScriptActionCount(document):
        yield "scripts", max(0, scripts)


def _pages(document: Any) -> Iterator[Image.Image]:
    """The first pages drawn, one at a time."""
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        width, height = page.get_size()
        if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
            raise CannotCopy(Caution.DAMAGED)
        scale = min(_PIXELS_PER_POINT, _LONGEST_SIDE / max(width, height))
        if min(width, height) * scale < 1:
            raise CannotCopy(Caution.DAMAGED)
        drawn = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
        yield drawn


class _PictureDocument:
    """A new document with one picture on each page."""

    def __init__(self) -> None:
        self._document: Any = _pdfium.PdfDocument.new()
        self._bytes = 0
        self.page_count = 0
        self.first: Image.Image | None = None

    def add(self, drawn: Image.Image) -> bool:
        """Take one page; False when there is no room for it."""
        encoded = jpeg(drawn, _LARGEST_PAGE_BYTES)
        if self._bytes + len(encoded) > LARGEST_COPY_BYTES - _ROOM_AT_END:
            return False
        width, height = drawn.width / _PIXELS_PER_POINT, drawn.height / _PIXELS_PER_POINT
        picture = _pdfium.PdfImage.new(self._document)
        picture.load_jpeg(BytesIO(encoded), inline=True)
        picture.set_matrix(_pdfium.PdfMatrix().scale(width, height))
        page = self._document.new_page(width, height)
        page.insert_obj(picture)
        page.gen_content()
        page.close()
        self._bytes += len(encoded)
        self.page_count += 1
        self.first = self.first or drawn
        return True

    def content(self) -> bytes:
        """The document as a file."""
        written = BytesIO()
        self._document.save(written)
        self._document.close()
        return written.getvalue()
