"""Voice notes of phones without what else is in their files: Opus in Ogg (RFC 3533, RFC 7845) and AMR (RFC 4867)."""

from __future__ import annotations

from dataclasses import dataclass

from app.intake.sound import Sound

OPUS, AMR, WIDE_AMR = "audio/ogg", "audio/amr", "audio/amr-wb"
_PAGE_HEADER = 27
_CHECKSUM = slice(22, 26)
_TAGS = b"OpusTags"
_LEAST_TAGS = len(_TAGS) + 8  # with the lengths of a vendor's name and of a list, both empty
_POLYNOMIAL = 0x04C11DB7  # of Ogg's checksum
# Bytes of a frame behind its first one, by the type in that one; RFC 4867 and 3GPP TS 26.101 and 26.201.
_AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5, None, None, None, None, None, None, 0)
_WIDE_AMR_FRAMES = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, None, None, None, None, 0, 0)
_AMR_KINDS = (
    (b"#!AMR\n", AMR, _AMR_FRAMES),
    (b"#!AMR-WB\n", WIDE_AMR, _WIDE_AMR_FRAMES),
)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of an Ogg stream: its header with the table of lengths, and its body."""

    header: bytes
    body: bytes

    @property
    def serial(self) -> bytes:
        return self.header[14:18]

    @property
    def ends_packet(self) -> bool:
        return self.header[-1] < 255


def read_voice_note(content: bytes) -> Sound | None:
    """The sound in a voice note, with empty tags; None for what isn't one whole Opus or AMR file."""
    if opus := _opus(content):
        return Sound(OPUS, opus)
    for magic, content_type, sizes in _AMR_KINDS:
        if content.startswith(magic) and _are_frames(content, len(magic), sizes):
            return Sound(content_type, content)
    return None


def _are_frames(content: bytes, at: int, sizes: tuple[int | None, ...]) -> bool:
    """Whether nothing but frames follows: then there is no room for anything else."""
    is_empty = at >= len(content)
    while at < len(content):
        size = sizes[content[at] >> 3 & 15] if not content[at] & 0x83 else None
        if size is None:
            return False
        at += 1 + size
    return not is_empty and at == len(content)


def _opus(content: bytes) -> bytes | None:
    """The pages of one stream, the tags overwritten with zeros where they stand (RFC 7845, 5.2 allows padding)."""
    pages = _pages(content)
    if (
        len(pages) < 3
        or not pages[0].body.startswith(b"OpusHead")
        or len({page.serial for page in pages}) > 1
    ):
        return None
    last = next((at for at in range(1, len(pages)) if pages[at].ends_packet), None)
    if last is None or not pages[1].body.startswith(_TAGS):
        return None
    if sum(len(page.body) for page in pages[1 : last + 1]) < _LEAST_TAGS:
        return None
    emptied = [_emptied(page, _TAGS if at == 0 else b"") for at, page in enumerate(pages[1 : last + 1])]
    return b"".join(page.header + page.body for page in [pages[0], *emptied, *pages[last + 1 :]])


def _pages(content: bytes) -> list[_Page]:
    """All pages from the start on; what follows the last one is left away."""
    pages, at = [], 0
    while content[at : at + 5] == b"OggS\0" and at + _PAGE_HEADER < len(content):
        table_end = at + _PAGE_HEADER + content[at + 26]
        header = content[at:table_end]
        body_end = table_end + sum(header[_PAGE_HEADER:])
        if body_end > len(content) or len(header) == _PAGE_HEADER:
            break
        pages.append(_Page(header, content[table_end:body_end]))
        at = body_end
    return pages


def _emptied(page: _Page, beginning: bytes) -> _Page:
    """A page of the same size with zeros behind its beginning, and the checksum that goes with it."""
    body = beginning + b"\0" * (len(page.body) - len(beginning))
    header = bytearray(page.header)
    header[_CHECKSUM] = bytes(4)
    header[_CHECKSUM] = _checksum(bytes(header) + body).to_bytes(4, "little")
    return _Page(bytes(header), body)


def _checksum(page: bytes) -> int:
    register = 0
    for octet in page:
        register ^= octet << 24
        for _ in range(8):
            register = register << 1 ^ (_POLYNOMIAL if register & 0x80000000 else 0)
        register &= 0xFFFFFFFF
    return register
