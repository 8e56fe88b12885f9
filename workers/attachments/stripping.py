"""A file's kind by its content, and a copy that holds what is seen or heard and nothing else. Pure: bytes in and out.

Pictures are decoded and encoded anew, sounds taken over frame by frame: no place, date, device, thumbnail or second
file comes along. Of anything else, and of anything that can't be read without doubt, there is no copy.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

import puremagic
from PIL import Image, ImageOps

from app.intake.sound import read_sound
from workers.attachments.voice_notes import read_voice_note

MOST_PIXELS = (
    50_000_000  # 150 MB once unpacked; the largest telephone cameras' pictures arrive smaller than that
)
LARGEST_BYTES = 16 * 1024 * 1024
JPEG, PNG, UNKNOWN = "image/jpeg", "image/png", "application/octet-stream"
JPEG_QUALITY = 90
LONGEST_CONTENT_TYPE = 60
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")  # what phones send; every other decoder stays out of reach
_PHOTOS = frozenset({"JPEG", "MPO"})  # the latter holds several pictures, of which the first is the photo


@dataclass(frozen=True, slots=True)
class Copy:
    """What may be shown or played, as `image/jpeg`, `image/png` or a kind of `audio/`."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stripped:
    """A file's content type by its content, and its copy, if there can be one."""

    content_type: str
    copy: Copy | None = None


def strip(content: bytes) -> Stripped:
    """Look at a file of any origin. Never raises: what can't be read has no copy."""
    if not content or len(content) > LARGEST_BYTES:
        return Stripped(UNKNOWN)
    if sound := read_sound(content) or read_voice_note(content):
        return Stripped(sound.content_type, Copy(sound.content_type, sound.content))
    return _picture(content) or Stripped(_named(content))


def _picture(content: bytes) -> Stripped | None:
    """None for what is no picture; without a copy for one that can't be decoded or is too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata, which goes anyway; sizes are checked below
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                content_type = JPEG if image.format in _PHOTOS else Image.MIME[image.format or ""]
                return Stripped(content_type, _redrawn(image))
    except Exception:  # noqa: BLE001 - decoders raise anything on a hostile file: no copy then
        return None


def _redrawn(image: Image.Image) -> Copy | None:
    """The first frame, upright, drawn on a new picture."""
    if image.width * image.height > MOST_PIXELS:
        return None
    is_photo = image.format in _PHOTOS
    try:
        upright = ImageOps.exif_transpose(image)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        pixels = upright.convert(mode)
        fresh = Image.frombytes(mode, pixels.size, pixels.tobytes())
        return Copy(JPEG, _encoded(fresh, "JPEG")) if is_photo else Copy(PNG, _encoded(fresh, "PNG"))
    except Exception:  # noqa: BLE001 - as above
        return None


def _encoded(image: Image.Image, kind: str) -> bytes:
    written = BytesIO()
    image.save(written, kind, quality=JPEG_QUALITY)
    return written.getvalue()


def _named(content: bytes) -> str:
    """What else it is, for who decides whether to open it: a name, never a reason to trust it."""
    try:
        found = puremagic.from_string(content, mime=True)
    except Exception:  # noqa: BLE001 - it can't be told
        return UNKNOWN
    is_name = found.isascii() and found.isprintable() and 0 < len(found) <= LONGEST_CONTENT_TYPE
    return found if is_name and "/" in found else UNKNOWN
