"""A case file with no more of what people wrote than its level lets out: the account as it was released, and of
findings no word that isn't in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from workers.exports.papers.case_file import Account, CaseFile
from workers.exports.release import Release, Withheld
from workers.exports.second_pass import HIDDEN
from workers.exports.typed_texts import TYPED, TypedTexts

_ACCOUNT = "account"
_FROM_FIRST_TO_LAST = re.compile(r"[«“].*[»”]", re.DOTALL)
_QUOTED = re.compile(r"[«“]([^«»“”]*)[»”]")
_BETWEEN = re.compile(r"\s*…\s*")  # several places of the account, or one that was cut short


@dataclass(frozen=True, slots=True)
class Shown:
    """What a paper shows of words that a colleague typed, and of a sentence that quotes the account."""

    typed: Callable[[str], str]
    quoting: Callable[[str], str]


AS_IT_IS = Shown(str, str)


def shown_beside(account: str, typed: TypedTexts) -> Shown:
    """For a paper that has this account: typed words after their second pass, and no quote of anything else."""

    def quoting(sentence: str) -> str:
        return _FROM_FIRST_TO_LAST.sub(
            lambda found: found[0] if _is_of(account, found[0]) else HIDDEN, sentence
        )

    return Shown(typed.shown, quoting)


def as_released(release: Release, file: CaseFile, typed: TypedTexts) -> Release:
    """The release with the file in it. `typed` is what typed words went through while the file was read."""
    account = account_of(release)
    shown = replace(file, account=[Account("", account)] if account else [])
    kept = [each for each in release.withheld if each.reason != TYPED]
    held = [Withheld(TYPED, typed.kept_back)] if typed.kept_back else []
    return replace(release, case_file=shown, withheld=[*kept, *held])


def account_of(release: Release) -> str:
    """The account as the rows of the release have it; empty where it stays away."""
    at = [field.code for field in release.cases.fields].index(_ACCOUNT)
    return "".join(str(row[at]) for row in release.cases.rows() if row[at])


def _is_of(account: str, quotes: str) -> bool:
    """Whether quotes hold nothing but what the account has. A word may itself have brought a mark of quotation."""
    beside = _QUOTED.sub("", quotes)
    parts = [part for each in _QUOTED.findall(quotes) for part in _BETWEEN.split(each.strip())]
    return not beside.strip(" ,;") and all(part in account for part in parts)
