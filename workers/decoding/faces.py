"""Faces on a picture: rectangles that a machine proposes, and hiding what is in a rectangle for good.

The detectors are the Haar cascades that OpenCV's package brings along. They miss faces, above all turned, covered,
small or dark ones (docs/evidence.md): they save a person work, and never the look at the copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageFilter

from workers.decoding.findings import MOST_RECTANGLES, Rectangle

_LONG_SIDE = 1280  # pixels searched; a face of a fortieth of the side is still found
_SMALLEST_FACE = 28  # pixels of that picture
_STEP, _NEIGHBOURS = 1.1, 4
_MARGIN = 0.2  # hair, ears and chin, as parts of the face found
_CELLS = 4  # a hidden rectangle keeps so many colours along its longer side: nothing to know a face by
_FRONTAL, _PROFILE = "haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml"


def proposed(image: Image.Image) -> list[list[float]]:
    """Rectangles in which there may be a face, as fractions of the picture."""
    grey = image.convert("L")
    grey.thumbnail((_LONG_SIDE, _LONG_SIDE))
    pixels = cv2.equalizeHist(np.asarray(grey))
    found = [_widened(box, pixels.shape[1], pixels.shape[0]) for box in _boxes(pixels)]
    return _without_copies(found)[:MOST_RECTANGLES]


def _boxes(pixels: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """Faces from the front, from the left and, in the mirror, from the right."""
    width = pixels.shape[1]
    yield from _detected(_FRONTAL, pixels)
    yield from _detected(_PROFILE, pixels)
    for left, top, wide, high in _detected(_PROFILE, np.ascontiguousarray(pixels[:, ::-1])):
        yield width - left - wide, top, wide, high


def _detected(cascade: str, pixels: np.ndarray) -> list[tuple[int, int, int, int]]:
    folder = Path(cv2.__file__).parent / "data"
    detector = cv2.CascadeClassifier(str(folder / cascade))
    found = detector.detectMultiScale(
        pixels, scaleFactor=_STEP, minNeighbors=_NEIGHBOURS, minSize=(_SMALLEST_FACE, _SMALLEST_FACE)
    )
    return [(int(box[0]), int(box[1]), int(box[2]), int(box[3])) for box in found]


def _widened(box: tuple[int, int, int, int], width: int, height: int) -> list[float]:
    left, top, wide, high = box
    x, y = max(0.0, left - wide * _MARGIN), max(0.0, top - high * _MARGIN)
    right = min(float(width), left + wide * (1 + _MARGIN))
    bottom = min(float(height), top + high * (1 + _MARGIN))
    parts = (x / width, y / height, (right - x) / width, (bottom - y) / height)
    return [round(part, 4) for part in parts]


def _without_copies(found: Sequence[list[float]]) -> list[list[float]]:
    """The largest first; one whose middle lies in another is the same face."""
    kept: list[list[float]] = []
    for each in sorted(found, key=lambda part: part[2] * part[3], reverse=True):
        if not any(_holds_middle(other, each) for other in kept):
            kept.append(each)
    return kept


def _holds_middle(outer: Rectangle, inner: Rectangle) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def hide(image: Image.Image, rectangles: Sequence[Rectangle]) -> None:
    """Leave of each rectangle a few blurred colours. What was there can't be had back from the picture."""
    for rectangle in rectangles:
        box = _pixels(rectangle, image.size)
        if box is not None:
            image.paste(_blurred(image.crop(box)), box)


def _pixels(rectangle: Rectangle, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The rectangle in whole pixels, outwards; None where nothing of it is on the picture."""
    left, top, wide, high = rectangle
    box = (
        max(0, int(left * size[0])),
        max(0, int(top * size[1])),
        min(size[0], -int(-(left + wide) * size[0] // 1)),
        min(size[1], -int(-(top + high) * size[1] // 1)),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None


def _blurred(part: Image.Image) -> Image.Image:
    """A mosaic of few means over opaque colours, blurred so that it doesn't draw the eye."""
    longer = max(part.size)
    cells = (max(1, round(_CELLS * part.width / longer)), max(1, round(_CELLS * part.height / longer)))
    mosaic = (
        part.convert("RGB").resize(cells, Image.Resampling.BOX).resize(part.size, Image.Resampling.BILINEAR)
    )
    smooth = mosaic.filter(ImageFilter.GaussianBlur(longer / 12))
    return smooth.convert(part.mode)
