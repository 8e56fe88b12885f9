"""A periodic report as PDF: A4, tagged, with a list of contents, charts as drawings and a running head."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from markupsafe import Markup

from app.publications.drawing import MAP, draw, map_legend
from app.publications.template_text import Block
from workers.exports.papers.printing import created, paper
from workers.publications.report import CONTENTS, CONTENTS_LEVEL, Grid, Report, grid, legend

_PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="dcterms.created" content="{created}"></head><body>{content}</body></html>'
)
_TABLE = Markup(
    '<figure class="figures"><table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
    "</table>{legend}</figure>"
)
_WIDE = 9  # columns from which letters must be small
_KEPT_WHOLE = 25  # rows of a table that isn't split
_LONG = 15  # rows from which two narrow columns stand side by side


def lay_out(report: Report) -> bytes:
    """The PDF."""
    css = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    html = _PAGE.format(
        language=report.language,
        title=report.title,
        created=created(report.made_at),
        content=Markup("").join(_content(report)),
    )
    return paper(html, css=css)


def _content(report: Report) -> Iterator[Markup]:
    is_listed = False
    for at, block in enumerate(report.blocks):
        if not is_listed and block.kind == "heading" and block.level > 1:
            yield _contents(report)
            is_listed = True
        following = report.blocks[at + 1].kind if at + 1 < len(report.blocks) else ""
        yield _block(report, block, at, leads=following in {"chart", "table"})


def _contents(report: Report) -> Markup:
    lines = Markup("").join(
        Markup('<li class="level-{}"><a href="#part-{}">{}</a></li>').format(block.level, at, block.text)
        for at, block in enumerate(report.blocks)
        if block.kind == "heading" and at and block.level <= CONTENTS_LEVEL
    )
    return Markup('<nav class="contents"><h2>{}</h2><ul>{}</ul></nav>').format(
        CONTENTS[report.language], lines
    )


def _block(report: Report, block: Block, at: int, *, leads: bool) -> Markup:
    """`leads`: what these words introduce comes next, and stays on their page."""
    match block.kind:
        case "heading":
            return _heading(report, block, at)
        case "bullets":
            items = Markup("").join(Markup("<li>{}</li>").format(item) for item in block.items)
            return Markup("<ul>{}</ul>").format(items)
        case "table":
            return _table(report, block.text)
        case "chart":
            return _chart(report, block.text, at)
        case "page":
            return Markup('<div class="new-page"></div>')
        case _:
            return Markup("<p{}>{}</p>").format(Markup(' class="leads"') if leads else "", block.text)


def _heading(report: Report, block: Block, at: int) -> Markup:
    """The first one is also what every page says above and below (paper.css)."""
    if at:
        return Markup('<h{0} id="part-{1}">{2}</h{0}>').format(block.level, at, block.text)
    return Markup('<h1 data-copy="{0}" data-level="" data-mark="{1}">{0}</h1>').format(
        block.text, report.mark
    )


def _table(report: Report, code: str) -> Markup:
    shown = grid(report.table(code), report.language)
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in shown.columns)
    body = Markup("").join(
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="total"') if shown.has_total and at == len(shown.rows) - 1 else "", _cells(row)
        )
        for at, row in enumerate(shown.rows)
    )
    said = legend(report, code)
    note = Markup('<p class="legend">{}</p>').format(said) if said else ""
    table = _TABLE.format(title=shown.title, head=head, body=body, legend=note)
    return Markup('<div class="{}">{}</div>').format(_way(shown), table)


def _way(shown: Grid) -> str:
    """How a table lies on its page."""
    if len(shown.columns) > _WIDE:
        return "wide"
    kept = " kept" if len(shown.rows) <= _KEPT_WHOLE else ""
    return f"long{kept}" if len(shown.columns) == 2 and len(shown.rows) > _LONG else f"upright{kept}"


def _cells(row: object) -> Markup:
    first, *others = list(row)  # type: ignore[call-overload]
    cells = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in others)
    return Markup('<th scope="row">{}</th>').format(first) + cells


def _chart(report: Report, name: str, at: int) -> Markup:
    drawing = draw(
        name,
        dict(report.figures.tables),
        report.period,
        report.language,
        threshold=report.figures.threshold,
        element_id=f"drawing-{at}",
    )
    said = Markup('<p class="legend">{}</p>').format(map_legend(report.language)) if name == MAP else ""
    return Markup('<div class="chart">{}{}</div>').format(drawing, said)
