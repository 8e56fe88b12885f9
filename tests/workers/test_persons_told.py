"""What the words beside a name say of the person stands with the case's findings, by the sign and never by the name."""

from __future__ import annotations

from datetime import UTC, datetime

from workers.contracts import FindingKind
from workers.pipeline import understand

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_sex_and_part_are_told_once_for_each_person_and_only_where_the_text_says_so() -> None:
    text = (
        "Ma sœur Awa Traoré a été frappée par des hommes armés. Awa Traoré saigne. Seydou Koné est à Mopti."
    )
    understood = understand(text, NOW, {})
    told = [each for each in understood.findings if each.kind is FindingKind.PERSON]
    assert [each.value for each in told] == [{"token": "[PERSONNE-1]", "sex": "female", "role": "victim"}]
    (start, end), *others = understood.evidence(told[0])
    assert (understood.anonymised.text[start:end], others) == ("[PERSONNE-1]", [])
    assert "Traoré" not in str(told)
