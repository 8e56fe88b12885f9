"""Pictures drawn anew: decoded, upright, faces hidden, encoded. No thumbnail, place or second file comes along."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from workers.decoding import details, faces
from workers.decoding.findings import (
    LARGEST_COPY_BYTES,
    LARGEST_PREVIEW_BYTES,
    CannotCopy,
    Caution,
    Copy,
    Findings,
    Rectangle,
)

MOST_PIXELS = 100_000_000  # as announced; the largest telephone cameras' pictures have so many
_MOST_UNREDUCED = 50_000_000  # of kinds that can't be decoded at a smaller size: 200 MB once unpacked
LONGEST_SIDE = 4096  # pixels of the copy
PREVIEW_SIDE = 320
_QUALITIES = (88, 70, 50)
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")  # what phones send; every other decoder stays out of reach
_PHOTOS = frozenset({"JPEG", "MPO"})  # the latter holds several pictures, of which the first is the photo


def examined(file: BinaryIO, rectangles: Sequence[Rectangle] | None) -> Findings:
    """A picture's copy with these rectangles hidden, or what the machine takes for faces; its metadata.

    Raises CannotCopy.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata, which goes anyway; sizes are checked below
            with Image.open(file, formats=_FORMATS) as image:
                said = details.bounded(_said(image))
                pixels, is_photo = _upright(image), _is_photo(image)
    except CannotCopy:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise CannotCopy(Caution.TOO_LARGE) from None
    except Exception:  # noqa: BLE001 - decoders raise anything on a hostile file
        raise CannotCopy(Caution.DAMAGED) from None
    return _findings(pixels, said, rectangles, is_photo=is_photo)


def _said(image: Image.Image) -> list[tuple[object, object]]:
    """What the metadata says; nothing where it is damaged: the picture itself may be whole."""
    try:
        return list(details.of_picture(image))
    except Exception:  # noqa: BLE001 - as above
        return []


def _upright(image: Image.Image) -> Image.Image:
    """The first frame, upright, not larger than a copy may be, with nothing but its pixels."""
    announced = image.width * image.height
    if announced > (MOST_PIXELS if image.format in _PHOTOS else _MOST_UNREDUCED):
        raise CannotCopy(Caution.TOO_LARGE)
    if max(image.size) > LONGEST_SIDE:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG can be decoded at a half, quarter or eighth
    if image.width * image.height > _MOST_UNREDUCED:
        raise CannotCopy(Caution.TOO_LARGE)
    upright = ImageOps.exif_transpose(image)
    pixels = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2)
    return Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())


def _is_photo(image: Image.Image) -> bool:
    return image.format in _PHOTOS or (image.format == "WEBP" and not image.has_transparency_data)


def _findings(
    pixels: Image.Image, said: dict[str, str], rectangles: Sequence[Rectangle] | None, *, is_photo: bool
) -> Findings:
    found = faces.proposed(pixels) if rectangles is None else None
    hidden = found if found is not None else [list(each) for each in rectangles or ()]
    faces.hide(pixels, hidden)
    return Findings(
        copy=_encoded(pixels, is_photo=is_photo),
        preview=preview(pixels),
        details=said,
        rectangles=hidden,
        face_count=None if found is None else len(found),
    )


def _encoded(image: Image.Image, *, is_photo: bool) -> Copy:
    """As PNG what has sharp edges or transparency, unless that grows too large; photographs as JPEG."""
    if not is_photo and len(drawn := _written(image, "PNG")) <= LARGEST_COPY_BYTES:
        return Copy("image/png", drawn)
    return Copy("image/jpeg", jpeg(image, LARGEST_COPY_BYTES))


def jpeg(image: Image.Image, most_bytes: int) -> bytes:
    """A JPEG of at most so many bytes, as good as that allows. Raises CannotCopy."""
    for quality in _QUALITIES:
        written = _written(image.convert("RGB"), "JPEG", quality)
        if len(written) <= most_bytes:
            return written
    raise CannotCopy(Caution.TOO_LARGE)


def preview(image: Image.Image) -> bytes:
    """A small JPEG."""
    small = image.convert("RGB")
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return jpeg(small, LARGEST_PREVIEW_BYTES)


def _written(image: Image.Image, kind: str, quality: int = _QUALITIES[0]) -> bytes:
    written = BytesIO()
    image.save(written, kind, quality=quality)
    return written.getvalue()
