"""The pieces that charts are drawn with: elements, text, fills that differ in grey, and the frame people are told of.

Everything is an attribute, nothing a style: the same drawing stands in a page under our Content-Security-Policy, on
paper (WeasyPrint), and alone as a picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from babel import Locale
from babel.numbers import format_decimal
from markupsafe import Markup, escape

WIDTH = 360  # units: on a phone 360 pixels wide a unit is four fifths of a pixel within a panel
FONT_SIZE = 14  # so text is never below 11 pixels, within a panel too
LINE = 18
LETTER = 7.8  # how wide a letter is, about: enough to break lines by
INK, QUIET, FAINT, PAPER = "#1b1b1b", "#555555", "#d0d0d0", "#ffffff"
FONT = "system-ui, 'DejaVu Sans', sans-serif"
_TILE = 6
# Told apart in grey too: by how dark they are, and by what is drawn on them.
_DARK, _MIDDLE, _LIGHT = "#16425b", "#c26a1b", "#a9c9de"
_HATCHED, _DOTTED, _RULED = "hatched", "dotted", "ruled"
_FILLS = (_DARK, _LIGHT, _MIDDLE, _HATCHED, _DOTTED, _RULED)
MOST_FILLS = len(_FILLS)


def element(name: str, *content: str, **attributes: object) -> Markup:
    """One element. Text is escaped, Markup is not; `stroke_width=1` becomes `stroke-width="1"`, None is left out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(escape(part) for part in content)
    return Markup(f"<{name}{told}>{inside}</{name}>")  # noqa: S704 - each part is escaped; format() takes ten times as long


def text(content: str, x: float, y: float, **attributes: object) -> Markup:
    """Words at a place, in the size that a phone can still show."""
    return element(
        "text",
        content,
        **{"x": x, "y": y, "fill": INK, "font_size": FONT_SIZE, "font_family": FONT, **attributes},
    )


def frame(
    drawing: Iterable[Markup],
    *,
    title: str,
    description: str,
    element_id: str,
    height: float,
    width: float = WIDTH,
) -> Markup:
    """A whole picture, with the title and the description that a screen reader gives instead of it."""
    names = f"{element_id}-title", f"{element_id}-desc"
    return element(
        "svg",
        element("title", title, id=names[0]),
        element("desc", description, id=names[1]),
        element("rect", width=width, height=height, fill=PAPER),
        *drawing,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_labelledby=" ".join(names),
    )


def fill(element_id: str, position: int) -> str:
    """The fill of the series at a position; those with a pattern need `patterns` in the same picture."""
    chosen = _FILLS[position % MOST_FILLS]
    return chosen if chosen.startswith("#") else f"url(#{element_id}-{chosen})"


def patterns(element_id: str) -> Markup:
    """The definitions that `fill` refers to."""
    drawn = {
        _HATCHED: element("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke=_DARK, stroke_width=1.5),
        _DOTTED: element("circle", cx=3, cy=3, r=1.4, fill=INK),
        _RULED: element("path", d="M0 3H6", stroke=_MIDDLE, stroke_width=2),
    }
    return element("defs", *(_pattern(f"{element_id}-{name}", each) for name, each in drawn.items()))


def _pattern(pattern_id: str, drawing: Markup) -> Markup:
    ground = element("rect", width=_TILE, height=_TILE, fill=PAPER)
    return element(
        "pattern", ground, drawing, id=pattern_id, width=_TILE, height=_TILE, patternUnits="userSpaceOnUse"
    )


def legend(names: Sequence[str], marks: Sequence[Markup], *, left: float, top: float) -> tuple[Markup, float]:
    """What each series is called, in as many rows as they need: the drawing, and where it ends.

    Each mark is drawn around 0, 0, sixteen units wide.
    """
    x, y, drawn = left, top, []
    for name, mark in zip(names, marks, strict=True):
        wide = 34 + len(name) * LETTER
        if x > left and x + wide > WIDTH:
            x, y = left, y + LINE + 2
        drawn.append(element("g", mark, transform=f"translate({_number(x + 8)} {_number(y + 8)})"))
        drawn.append(text(name, x + 21, y + 12.5))
        x += wide
    return Markup("").join(drawn), y + LINE + 4


def spoken(value: float | None, language: str) -> str:
    """A figure as it is written in a language, with one decimal at most; a dash for what isn't shown."""
    if value is None:
        return "–"
    return format_decimal(round(value, 1), locale=_locale(language))


def _locale(language: str) -> Locale:
    """English or French, as for months and quarters: "1,009", as CLDR has it for Bambara, is one and nine
    thousandths to whoever learnt to read figures in French.
    """
    return Locale("en" if language == "en" else "fr")


def _number(value: object) -> object:
    """Places are given to a tenth of a unit: that is finer than anybody sees, and short."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value
