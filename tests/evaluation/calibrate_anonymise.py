"""Fit the calibration of the anonymiser and write it to workers/vocabularies/names/calibration.toml.

Data: the development lines and the first set, each as written, in lower case without accents, and with every fifth
listed name withheld from the lists (five rounds, so that each name is unseen once): an installation meets names that
no list holds. An isotonic table turns the weight of a person mask into the chance that it is right; a logistic model
(L2) turns the features of risk.py into the chance that a marked stretch can still be read. Checked by five folds in
which all forms of a message stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import click
import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from tests.evaluation.anonymise_figures import (
    Found,
    Marked,
    is_mask_right,
    leaks,
    marked_messages,
    old_messages,
    reliability,
)
from workers.anonymise import anonymise, evidence, preload
from workers.anonymise.engine import read_claims
from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.phonetics import fold
from workers.anonymise.risk import risk_features
from workers.triage.language import identify

TARGET = Path(__file__).parents[2] / "workers" / "vocabularies" / "names" / "calibration.toml"
_ROUNDS = 5
_SINGLED_OUT = 0.15
_NEVER_LOWERS = frozenset(
    {"doubtful", "numbers", "unknown_share", "no_case", "length", "unsure_masks", "masks"}
)
_HEADER = """\
# How sure a mask is, and how likely something identifying is left. Made by tests/evaluation/calibrate_anonymise.py from
# {messages} development messages in {forms} forms (as written; lower case without accents; a fifth of the names
# withheld from the lists, five rounds): {masks} person masks, {leaking} forms that leak. Not made by hand.
# Five folds by message: Brier {brier:.4f} (always the mean: {base:.4f}), area under the curve {area:.3f}.
# `singled_out` is not fitted but set: the sets do not mark kinship and offices as identifying, a reader may.
"""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one message: what the risk rests on, whether it leaks, its person masks by weight."""

    id: str
    features: dict[str, float]
    is_leaking: bool
    masks: tuple[tuple[float, bool], ...]


def forms() -> Iterator[Form]:
    """Every form of every message that may be tuned on."""
    listed = [*marked_messages("development"), *old_messages()]
    for message in listed:
        yield _form(message)
        yield _form(replace(message, text=_plain(message.text)))
    for turn in range(_ROUNDS):
        with _names_withheld(turn):
            yield from [_form(message) for message in listed]


def _plain(text: str) -> str:
    """Lower case without accents, every character in its place."""
    return "".join(plain if len(plain := fold(letter)) == 1 else letter for letter in text)


@contextmanager
def _names_withheld(turn: int) -> Iterator[None]:
    lexicon = load_lexicon()
    names = {name: listed for name, listed in lexicon.names.items() if crc32(name.encode()) % _ROUNDS != turn}
    keys = {key: listed for key, listed in lexicon.keys.items() if crc32(key.encode()) % _ROUNDS != turn}
    poorer = replace(lexicon, names=names, keys=keys)
    with patch.object(evidence, "load_lexicon", lambda: poorer):
        yield


def _form(message: Marked) -> Form:
    language = identify(message.text)[0]
    reading, claims = read_claims(message.text, language)
    anonymised = anonymise(message.text, language)
    found = [Found(each.start, each.end, str(each.label), each.confidence) for each in claims]
    return Form(
        message.id,
        risk_features(reading, language, anonymised.entities, anonymised.review),
        any(leaks(message, mark, found) for mark in message.marks),
        tuple((each.confidence, is_mask_right(message, each)) for each in found if each.label == "PERSON"),
    )


def fit_masks(listed: Sequence[Form]) -> tuple[list[float], list[float]]:
    """The isotonic table: weights of evidence, and the chance that a person mask of that weight is right."""
    masks = [mask for form in listed for mask in form.masks]
    isotonic = IsotonicRegression(y_min=0.0, y_max=0.99, out_of_bounds="clip")
    isotonic.fit([weight for weight, _ in masks], [right for _, right in masks])
    return [round(float(x), 4) for x in isotonic.X_thresholds_], [
        round(float(y), 4) for y in isotonic.y_thresholds_
    ]


def _lowering(names: Sequence[str], weights: np.ndarray) -> list[int]:
    """Signs of doubt that the sets at hand would let lower the risk: they are left out rather than turned round."""
    return [
        place
        for place, (name, weight) in enumerate(zip(names, weights, strict=True))
        if name in _NEVER_LOWERS and weight < 0
    ]


def fit_risk(listed: Sequence[Form]) -> tuple[LogisticRegression, np.ndarray, np.ndarray]:
    """The logistic model, what it says of each form when the form's message is held back, and what came true."""
    table = np.array([list(form.features.values()) for form in listed])
    leaking = np.array([form.is_leaking for form in listed])
    groups = [form.id for form in listed]
    model = LogisticRegression(C=1.0, max_iter=5000)
    while lowering := _lowering(list(listed[0].features), model.fit(table, leaking).coef_[0]):
        table[:, lowering] = 0.0
    held_back = cross_val_predict(
        model, table, leaking, groups=groups, cv=GroupKFold(_ROUNDS), method="predict_proba"
    )
    return model.fit(table, leaking), held_back[:, 1], leaking


def written(listed: Sequence[Form]) -> str:
    """The data file."""
    weights, rights = fit_masks(listed)
    model, chances, leaking = fit_risk(listed)
    head = _HEADER.format(
        messages=len({form.id for form in listed}),
        forms=len(listed),
        masks=sum(len(form.masks) for form in listed),
        leaking=int(leaking.sum()),
        brier=brier_score_loss(leaking, chances),
        base=float(leaking.mean() * (1 - leaking.mean())),
        area=roc_auc_score(leaking, chances),
    )
    named = zip(listed[0].features, model.coef_[0], strict=True)
    coefficients = "\n".join(f"{name} = {weight:.4f}" for name, weight in named)
    return (
        f"{head}\n[person]\nweight = {weights}\nright = {rights}\n\n[risk]\nintercept = {model.intercept_[0]:.4f}\n"
        f"singled_out = {_SINGLED_OUT}\n\n[risk.coefficients]\n{coefficients}\n"
    )


@click.command()
def main() -> None:
    """Fit, write, and print how well it is calibrated on messages held back."""
    preload()
    listed = list(forms())
    TARGET.write_text(written(listed), encoding="utf-8")
    click.echo(TARGET.read_text(encoding="utf-8"))
    _, chances, leaking = fit_risk(listed)
    for size, given, came in reliability(list(chances), list(leaking), bins=8):
        click.echo(f"{size:5} risk given {given:.3f} came true {came:.3f}")


if __name__ == "__main__":
    main()
