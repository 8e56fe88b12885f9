"""Finds whom a report tells of as victims: what became of them, how many, of which sex, whether children.

A finding's value is {"status", "count", "sex", "children"}: `status` one of killed, injured, missing, abducted,
displaced; `count` and `sex` (female, male) None where the words don't say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workers.contracts import Finding, FindingKind, Span
from workers.triage import context
from workers.triage.matching import Match, Occurrences
from workers.triage.reading import Reading, read
from workers.triage.victims_groups import Group, groups, number_before
from workers.triage.victims_vocabulary import People, victim_words

COUNTED, SINGLE, UNCOUNTED = "victims:counted", "victims:single", "victims:uncounted"
_CONFIDENCE = {COUNTED: 0.85, SINGLE: 0.7, UNCOUNTED: 0.55}
_AFTER_REACH, _BEFORE_REACH, _JOINED_GAP, _MOST_FINDINGS = 4, 6, 3, 20
_PEOPLE = People(None, False, False)


@dataclass(frozen=True, slots=True)
class _Told:
    """A word for what became of people, and a group of people it is told of."""

    status: str
    match: Match
    group: Group


def find(text: str | Reading, language: str, *, names: Sequence[Span] = ()) -> list[Finding]:
    """The victims `text` tells of, in the order of the text; `names` are the persons already found in it."""
    reading = read(text)
    people = groups(reading, names)
    found: dict[tuple[str, int], Finding] = {}
    for told in _all_told(reading, people, language):
        found.setdefault((told.status, told.group.first), _finding(reading, told))
    return sorted(found.values(), key=lambda finding: finding.evidence[0].start)[:_MOST_FINDINGS]


def _all_told(reading: Reading, people: Sequence[Group], language: str) -> Iterator[_Told]:
    words = victim_words()
    occurrences = Occurrences(reading, words.lexicon)
    for (status, is_state), pattern in occurrences.begun(words.statuses):
        for match in occurrences.find(pattern):
            if not _is_unreal(reading, match, language):
                own = _of_state(reading, match, people) if is_state else _of_act(reading, match, people)
                yield from (_Told(status, match, group) for group in own)


def _is_unreal(reading: Reading, match: Match, language: str) -> bool:
    return context.is_denied(reading, match, language) or context.is_to_come(reading, match)


def _of_act(reading: Reading, match: Match, people: Sequence[Group]) -> list[Group]:
    """Those who stand after an act, or before it in the passive; a bare number counts its victims."""
    behind = _before(reading, match, people)
    if behind and _is_passive(reading, behind[-1], match):
        return behind
    return _after(reading, match, people) or _numbered(reading, match) or _in_bambara(behind, match)


def _of_state(reading: Reading, match: Match, people: Sequence[Group]) -> list[Group]:
    """A number right before the word, those who stand before it, or else after it."""
    counted = _numbered(reading, match)
    if counted:
        return [_with_children(reading, match, counted[0], people)]
    return _before(reading, match, people) or _after(reading, match, people)


def _numbered(reading: Reading, match: Match) -> list[Group]:
    """ "3 morts", "2 tués": the number itself counts people."""
    keys = [token.key for token in reading.tokens[: match.first]]
    begin, count = number_before(keys, match.first)
    is_near = count is not None and reading.tokens[begin].sentence == reading.tokens[match.first].sentence
    return [Group(begin, match.first, count, _PEOPLE, True)] if is_near else []


def _with_children(reading: Reading, match: Match, whole: Group, people: Sequence[Group]) -> Group:
    """ "4 morts dont 2 enfants": the whole has children among it."""
    among = victim_words().among
    after = [group for group in people if 0 <= group.first - match.last <= 2]
    is_part = any(
        token.key in among for group in after for token in reading.tokens[match.last : group.first + 1]
    )
    if is_part and any(group.people.is_child for group in after):
        return replace(whole, people=replace(whole.people, is_child=True))
    return whole


def _before(reading: Reading, match: Match, people: Sequence[Group]) -> list[Group]:
    """The group that ends nearest before a match in its sentence, with those joined to it."""
    sentence = reading.tokens[match.first].sentence
    near = [
        group
        for group in people
        if group.last <= match.first and reading.tokens[group.first].sentence == sentence
    ]
    if not near or match.first - near[-1].last > _BEFORE_REACH:
        return []
    return _joined(reading, near[::-1])[::-1]


def _after(reading: Reading, match: Match, people: Sequence[Group]) -> list[Group]:
    sentence = reading.tokens[match.last - 1].sentence
    near = [
        group
        for group in people
        if group.first >= match.last and reading.tokens[group.first].sentence == sentence
    ]
    if not near or near[0].first - match.last > _AFTER_REACH:
        return []
    return _joined(reading, near)


def _joined(reading: Reading, ordered: Sequence[Group]) -> list[Group]:
    """The first group and those that an "and" or a comma joins to it, one after the other."""
    kept = [ordered[0]]
    for group in ordered[1:]:
        left, right = sorted((kept[-1], group), key=lambda each: each.first)
        between = reading.tokens[left.last : right.first]
        text = reading.text[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]
        words = [token.key for token in between]
        is_joined = all(word in victim_words().joined for word in words) and bool(words or "," in text)
        if len(between) > _JOINED_GAP or not is_joined:
            break
        kept.append(group)
    return kept


def _is_passive(reading: Reading, group: Group, match: Match) -> bool:
    between = reading.tokens[group.last : match.first]
    return not between or any(token.key in victim_words().passive for token in between[-3:])


def _in_bambara(behind: list[Group], match: Match) -> list[Group]:
    """ "u ye mɔgɔ saba faga": in Bambara the victims stand right before the verb."""
    return behind if behind and match.first == behind[-1].last else []


def _finding(reading: Reading, told: _Told) -> Finding:
    group = told.group
    rule = COUNTED if group.is_counted else SINGLE if group.count == 1 else UNCOUNTED
    value = {
        "status": told.status,
        "count": group.count,
        "sex": group.people.sex,
        "children": group.people.is_child,
    }
    spans = {reading.span(group.first, group.last), *told.match.evidence(reading)}
    evidence = tuple(sorted(spans, key=lambda span: (span.start, span.end)))
    return Finding(FindingKind.VICTIMS, value, _CONFIDENCE[rule], rule, evidence)
