"""The text of a report: Jinja without reach, then plain lines made into headings, paragraphs, lists and figures. Pure.

A line that begins with `#`, `##` or `###` is a heading, one with `- ` an item of a list; `@table CODE`, `@chart CODE`
and `@page` put a table, a picture or a new page; other lines are paragraphs, which empty lines part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from app.publications.drawing import NAMES
from app.publications.labels import known_tables

LONGEST = 40_000  # characters of a text
_HEADING = re.compile(r"(#{1,3})\s+(.+)")
_DIRECTIVE = re.compile(r"@(table|chart|page)(?:\s+(\w+))?")
_NARROW, _WIDE = "\u202f", "\u00a0"
_BEFORE_SIGNS = re.compile(r"[ \u00a0\u202f]([;?!%»])")
_BEFORE_COLON = re.compile(r"[ \u00a0\u202f]:")
_AFTER_QUOTE = re.compile(r"«[ \u00a0\u202f]")


class TemplateProblem(ValueError):
    """A text that can't be used: `code` says why, `line` (from 1, 0 where it isn't known) where, `name` what."""

    def __init__(self, code: str, line: int = 0, name: str = "") -> None:
        super().__init__(code)
        self.code, self.line, self.name = code, line, name


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a report. `kind` is heading, paragraph, bullets, table, chart or page; `level` is a heading's;
    `text` the words or, of a table or chart, its code; `items` those of a list.
    """

    kind: str
    text: str = ""
    level: int = 0
    items: tuple[str, ...] = ()


# What a text may be made of: words, figures by name, a call of one of them, and a choice between words. No loop, no
# filter, no method of a string and nothing kept under a name, by which a short text could fill the memory or run on.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Call,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Keyword,
)  # fmt: skip


def _environment() -> SandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    return environment


def blocks(source: str, figures: Mapping[str, Any], language: str) -> list[Block]:
    """A report's text with figures put in, piece by piece. Raises TemplateProblem: `report_text_syntax`,
    `report_text_unknown` (a figure that there isn't), `report_text_directive`, `report_text_refused`.
    """
    text = _filled(source, figures)
    return list(_parsed(french_spacing(text) if language == "fr" else text))


def _filled(source: str, figures: Mapping[str, Any]) -> str:
    try:
        environment = _environment()
        parsed = environment.parse(source)
        _check(parsed)
        return environment.from_string(parsed).render(figures)
    except TemplateProblem:
        raise
    except TemplateSyntaxError as error:
        raise TemplateProblem("report_text_syntax", error.lineno) from None
    except UndefinedError as error:
        name = re.search(r"'([^']*)' is undefined|no (?:attribute|element) '?([\w-]*)", str(error))
        raise TemplateProblem(
            "report_text_unknown", _line(error), (name and (name[1] or name[2])) or ""
        ) from None
    except TemplateError:
        raise TemplateProblem("report_text_refused") from None
    except (TypeError, ValueError, LookupError, ArithmeticError, RecursionError, AttributeError) as error:
        raise TemplateProblem("report_text_refused", _line(error)) from None


def _check(parsed: nodes.Template) -> None:
    """Raises TemplateProblem for the first thing that a text is not made of."""
    for node in parsed.find_all(nodes.Node):
        is_call_of_another = isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name)
        is_known = isinstance(node, _ALLOWED)
        if not is_known or is_call_of_another:
            raise TemplateProblem("report_text_refused", node.lineno)


def _line(error: BaseException) -> int:
    """Where in the text an error arose: Jinja gives its frames the text's own line numbers."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _parsed(text: str) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", text):
        yield from _part([line.strip() for line in part.splitlines() if line.strip()])


def _part(lines: list[str]) -> Iterator[Block]:
    words: list[str] = []
    items: list[str] = []
    for line in lines:
        special = _special(line)
        if line.startswith("- "):
            items.append(line[2:].strip())
        elif special is None:
            words.append(line)
        if special is not None:
            yield from _gathered(words, items)
            words, items = [], []
            yield special
    yield from _gathered(words, items)


def _gathered(words: list[str], items: list[str]) -> Iterator[Block]:
    if words:
        yield Block("paragraph", " ".join(words))
    if items:
        yield Block("bullets", items=tuple(items))


def _special(line: str) -> Block | None:
    """A heading, a table, a picture, a new page; none for words."""
    if heading := _HEADING.fullmatch(line):
        return Block("heading", heading[2], len(heading[1]))
    if not line.startswith("@"):
        return None
    found = _DIRECTIVE.fullmatch(line)
    known = {"table": known_tables(), "chart": NAMES, "page": (None,)}
    if found is None or found[2] not in known[found[1]]:
        raise TemplateProblem("report_text_directive", name=line[:60])
    return Block(found[1], found[2] or "")


def french_spacing(text: str) -> str:
    """Narrow no-break spaces before « ; ? ! % » » and after « « », a no-break space before a colon."""
    text = _BEFORE_SIGNS.sub(_NARROW + r"\1", text)
    return _AFTER_QUOTE.sub("«" + _NARROW, _BEFORE_COLON.sub(_WIDE + ":", text))
