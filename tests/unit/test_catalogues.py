"""Words that fall back to French are marked where a page may hold elements, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.catalogues import _CLOSE, _OPEN, mark

TEXT = st.text(st.sampled_from("ab é<>&\"'="), max_size=12)


@given(
    st.lists(st.tuples(TEXT, st.sampled_from(["p", "title", "textarea", "script", "attribute"])), max_size=5)
)
def test_marks_become_elements_only_where_elements_may_be(parts: list[tuple[str, str]]) -> None:
    page, wanted = "", ""
    for words, place in parts:
        safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        marked = f"{_OPEN}{safe}{_CLOSE}"
        if place == "attribute":
            page, wanted = f'{page}<a title="{marked}">x</a>', f'{wanted}<a title="{safe}">x</a>'
        else:
            shown = f"<i>{safe}</i>" if place == "p" else safe
            page, wanted = f"{page}<{place}>{marked}</{place}>", f"{wanted}<{place}>{shown}</{place}>"
    assert mark(page, r"<i>\1</i>") == wanted


def test_marks_in_data_for_script_are_taken_away() -> None:
    assert mark(r'<i data-words="&#34;\ue000Oui\ue001&#34;">', "!") == '<i data-words="&#34;Oui&#34;">'
