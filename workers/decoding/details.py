"""What the metadata of a file said, as plain strings: evidence for those who may see it, gone from the copy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, cast

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from workers.decoding.plain_details import bounded

__all__ = ["bounded", "of_picture", "packet"]

_PACKET_SEARCHED = 4 * 1024 * 1024  # bytes at each end in which an XMP packet is looked for
_PACKET = re.compile(rb"<x:xmpmeta.{0,200000}?</x:xmpmeta>", re.DOTALL)
_DIRECTORIES = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.Interop)


def of_picture(image: Image.Image) -> Iterator[tuple[object, object]]:
    """EXIF with where and when, IPTC, comments and text chunks of an opened picture."""
    yield from _exif(image)
    for name, value in image.info.items():
        if isinstance(value, str) or name == "comment":
            yield name, value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    yield from (getattr(image, "text", None) or {}).items()
    yield from _iptc(image)


def _exif(image: Image.Image) -> Iterator[tuple[object, object]]:
    exif = image.getexif()
    yield from _named(exif, ExifTags.TAGS)
    for directory in _DIRECTORIES:
        names = ExifTags.GPSTAGS if directory is ExifTags.IFD.GPSInfo else ExifTags.TAGS
        yield from _named(exif.get_ifd(directory), names)
    if position := _position(exif.get_ifd(ExifTags.IFD.GPSInfo)):
        yield "position", position
    if thumbnail := exif.get_ifd(ExifTags.IFD.IFD1):
        yield "thumbnail", f"({len(thumbnail)} entries)"


def _named(tags: Mapping[int, object], names: Mapping[int, str]) -> Iterator[tuple[object, object]]:
    for number, value in tags.items():
        if not isinstance(value, dict):
            yield names.get(number, f"tag {number}"), value


def _position(gps: Mapping[int, object]) -> str:
    """Latitude and longitude in degrees, north and east positive; empty where they can't be read."""
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return ""
    return f"{latitude:.6f}, {longitude:.6f}"


def _degrees(parts: object, is_negative: bool) -> float:
    if not isinstance(parts, tuple):
        raise TypeError
    degrees: float = sum(float(part) / 60**power for power, part in enumerate(parts[:3]))
    return -degrees if is_negative else degrees


def _iptc(image: Image.Image) -> Iterator[tuple[object, object]]:
    try:
        entries = IptcImagePlugin.getiptcinfo(cast("ImageFile.ImageFile", image)) or {}
    except Exception:  # noqa: BLE001 - a damaged block says nothing
        return
    for number, value in entries.items():
        yield f"IPTC {number[0]}:{number[1]}", value


def packet(file: BinaryIO, size: int) -> Iterator[tuple[object, object]]:
    """The XMP packet (ISO 16684-1) as it stands near the beginning or the end of any file."""
    for start in dict.fromkeys((0, max(0, size - _PACKET_SEARCHED))):
        file.seek(start)
        if found := _PACKET.search(file.read(_PACKET_SEARCHED)):
            yield "XMP", found[0].decode("utf-8", "replace")
            return
