"""The recogniser is asked by its weights: what it takes for persons is what spaCy itself takes for them."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers.open_texts import in_turn
from workers.anonymise.recogniser import Recogniser, UnknownNetwork
from workers.anonymise.tagger import load_model, tagged_persons

_UNUSUAL = ("Moussa  \n\n Traoré\t et Awa", "12", "Amadou", "…", "Jean-Baptiste Koné, à Koro " * 20)


def test_persons_are_those_of_spacy() -> None:
    texts = [*_UNUSUAL, *in_turn(25)]
    spacy = [
        [(each.start_char, each.end_char) for each in doc.ents if each.label_ == "PER"]
        for doc in load_model().pipe(texts)
    ]
    assert sum(map(len, spacy)) > len(_UNUSUAL)
    assert tagged_persons(texts) == spacy, "asked for all at once"
    assert [tagged_persons([text])[0] for text in texts[:20]] == spacy[:20], "asked one by one"


def test_another_network_is_refused() -> None:
    parser: Any = load_model().get_pipe("ner")
    _, *others = parser.model.layers
    shorter = parser.model.get_ref("tok2vec").layers[0]
    with pytest.raises(UnknownNetwork):
        Recogniser(SimpleNamespace(model=SimpleNamespace(layers=[shorter, *others])))
