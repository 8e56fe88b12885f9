"""What tests would else do anew for each application, each time with the same outcome: done once in a process."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
import redis.utils
from babel.support import Translations
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.engine import create as engine_making
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_PLACES = ("_parts", "_trace", "_converters")


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each test has an application of its own, but they share their compiled templates: half of the time else."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    options = {**Flask.jinja_options, "bytecode_cache": cache}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", options)
        yield


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Nor does each read its routes anew, a tenth of a second: what comes out depends on the rule and its map alone.
    The converters keep the first map, which none of ours looks at.
    """
    compiled: dict[tuple[Any, ...], dict[str, Any]] = {}
    compile_rule = Rule.compile

    def remembered(rule: Rule) -> None:
        assert rule.map is not None
        key = (
            rule.rule, rule.subdomain, rule.host, rule.map.host_matching, rule.merge_slashes, repr(rule.defaults),
            tuple(rule.map.converters.items()),
        )  # fmt: skip
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = _places(rule)
        known = compiled[key]
        rule.__dict__.update({name: known[name] for name in _PLACES})
        rule.arguments = set(known["arguments"])
        rule._build = known["build"].__get__(rule, None)
        rule._build_unknown = known["build_unknown"].__get__(rule, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", remembered)
        yield


def _places(rule: Rule) -> dict[str, Any]:
    """What compiling has put into a rule, without the rule itself."""
    kept = {name: getattr(rule, name) for name in (*_PLACES, "arguments")}
    return {**kept, "build": rule._build.__func__, "build_unknown": rule._build_unknown.__func__}  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Nor its SQL: a third of the time of a test of pages. Compiled statements are kept by dialect, so engines of one
    kind share the first dialect that has met its database, and what was compiled for it.
    """
    shared: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
    create_engine = engine_making.create_engine

    def sharing(*arguments: Any, **keywords: Any) -> Engine:
        engine = create_engine(*arguments, **keywords)
        known = shared.get(engine.dialect.name)
        if known is None or known[0].server_version_info is None:
            shared[engine.dialect.name] = (engine.dialect, LRUCache(20_000))
        else:
            engine.dialect, engine._compiled_cache = known
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_making, "create_engine", sharing)
        yield


@pytest.fixture(scope="session", autouse=True)
def catalogues_read_once() -> Iterator[None]:
    """Nor the catalogues of translations. Each application gets copies that it may give a fallback to."""
    read: dict[tuple[str, int], dict[str, Any]] = {}
    parse = GNUTranslations._parse

    def remembered(catalogue: Translations, file: Any) -> None:
        key = (file.name, Path(file.name).stat().st_mtime_ns)
        if key not in read:
            parse(catalogue, file)
            read[key] = dict(vars(catalogue))
        vars(catalogue).update({name: copy.copy(value) for name, value in read[key].items()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Translations, "_parse", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def version_looked_up_once() -> Iterator[None]:
    """Nor the version of redis-py, which each of its connections reads from the packages' metadata."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redis.utils, "get_lib_version", functools.cache(redis.utils.get_lib_version))
        yield
