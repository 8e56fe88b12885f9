"""Writes what was learnt as a network that ONNX Runtime runs, its weights rounded to eight bits."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save
from onnxruntime.quantization import QuantType, quantize_dynamic

from scripts.encoder.learning import LEVELS, WINDOW
from scripts.encoder.network import EPSILON, SPREAD, Learnt

_LEAST = 1e-4  # chance that a level is given, so that its odds are a number
_OPSET, _FORM = 21, 10  # what ONNX Runtime 1.32 knows


class _Graph:
    """A network in the making: every call adds a node and gives the name of what comes out of it."""

    def __init__(self) -> None:
        self.nodes: list = []
        self.arrays: list = []

    def array(self, values: np.ndarray) -> str:
        name = f"array_{len(self.arrays)}"
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, *values: int) -> str:
        return self.array(np.array(values, np.int64))

    def add(self, kind: str, *given: str, **told: object) -> str:
        return self.parts(1, kind, *given, **told)[0]

    def parts(self, count: int, kind: str, *given: str, **told: object) -> list[str]:
        name = f"{kind}_{len(self.nodes)}"
        out = [f"{name}_{at}" for at in range(count)]
        self.nodes.append(helper.make_node(kind, list(given), out, name=name, **told))
        return out

    def dense(self, values: str, weights: np.ndarray, bias: np.ndarray) -> str:
        return self.add("Add", self.add("MatMul", values, self.array(weights)), self.array(bias))

    def normal(self, values: str, weight: np.ndarray, bias: np.ndarray) -> str:
        known = self.array(weight), self.array(bias)
        return self.add("LayerNormalization", values, *known, epsilon=EPSILON)


def write(path: Path, fixed: Learnt, learnt: Learnt, heads: int) -> None:
    """The network as a file: from the numbers of pieces to the log-odds of codes and urgency levels."""
    graph = _Graph()
    values = _entered(graph, fixed)
    layers = learnt["layers"]
    for number in range(layers["q_w"].shape[0]):
        values = _layer(graph, values, {name: array[number] for name, array in layers.items()}, heads)
    mean = graph.add("ReduceMean", values, graph.numbers(0), keepdims=1)
    exact = len(graph.nodes)
    codes, levels = (_answers(graph, mean, learnt[name]) for name in ("codes", "levels"))
    said = graph.add("Concat", codes, _reached(graph, levels), axis=1)
    _save(path, graph, said, [node.name for node in graph.nodes[exact:] if node.op_type == "MatMul"])


def _entered(graph: _Graph, fixed: Learnt) -> str:
    """What the pieces are by themselves and where they stand; each piece in eight bits with a scale of its own."""
    word = np.asarray(fixed["word"])
    scale = np.maximum(np.abs(word).max(axis=1, keepdims=True), 1e-9) / 127
    steps = graph.add("Gather", graph.array(np.rint(word / scale).astype(np.int8)), "pieces")
    scales = graph.add("Gather", graph.array(scale.astype(np.float32)), "pieces")
    words = graph.add("Mul", graph.add("Cast", steps, to=TensorProto.FLOAT), scales)
    count = graph.add("Shape", "pieces")
    places = graph.add("Slice", graph.array(np.asarray(fixed["place"])[:WINDOW]), graph.numbers(0), count)
    return graph.normal(graph.add("Add", words, places), fixed["norm_w"], fixed["norm_b"])


def _layer(graph: _Graph, values: str, layer: Learnt, heads: int) -> str:
    looked = graph.dense(_attention(graph, values, layer, heads), layer["ao_w"].T, layer["ao_b"])
    values = graph.normal(graph.add("Add", values, looked), layer["aln_w"], layer["aln_b"])
    inner = graph.add("Gelu", graph.dense(values, layer["fi_w"].T, layer["fi_b"]), approximate="tanh")
    thought = graph.dense(inner, layer["fo_w"].T, layer["fo_b"])
    return graph.normal(graph.add("Add", values, thought), layer["oln_w"], layer["oln_b"])


def _attention(graph: _Graph, values: str, layer: Learnt, heads: int) -> str:
    width = layer["q_w"].shape[0]
    each = width // heads
    weights = np.concatenate([layer["q_w"] / each**0.5, layer["k_w"], layer["v_w"]]).T
    bias = np.concatenate([layer["q_b"] / each**0.5, layer["k_b"], layer["v_b"]])
    split = graph.parts(3, "Split", graph.dense(values, weights, bias), axis=1, num_outputs=3)
    shape = graph.numbers(0, heads, each)
    query, key, value = (
        graph.add("Transpose", graph.add("Reshape", part, shape), perm=turn)
        for part, turn in zip(split, ([1, 0, 2], [1, 2, 0], [1, 0, 2]), strict=True)
    )
    looked = graph.add("Softmax", graph.add("MatMul", query, key), axis=-1)
    seen = graph.add("Transpose", graph.add("MatMul", looked, value), perm=[1, 0, 2])
    return graph.add("Reshape", seen, graph.numbers(0, width))


def _answers(graph: _Graph, mean: str, question: Learnt) -> str:
    return graph.dense(mean, question["w"] * SPREAD, question["b"])


def _reached(graph: _Graph, levels: str) -> str:
    """The log-odds that each level but the lowest is reached, from what is said of the levels."""
    chances = graph.add("Softmax", levels, axis=-1)
    reached = graph.add("MatMul", chances, graph.array(np.tri(LEVELS, LEVELS - 1, -1, dtype=np.float32)))
    bounds = (graph.array(np.array(bound, np.float32)) for bound in (_LEAST, 1 - _LEAST))
    chance = graph.add("Clip", reached, *bounds)
    against = graph.add("Sub", graph.array(np.array(1, np.float32)), chance)
    return graph.add("Log", graph.add("Div", chance, against))


def _save(path: Path, graph: _Graph, said: str, exact: list[str]) -> None:
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("pieces", TensorProto.INT64, ["count"])],
        [helper.make_tensor_value_info(said, TensorProto.FLOAT, [1, None])],
        graph.arrays,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_FORM)
    checker.check_model(model)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.onnx")
        save(model, whole)
        quantize_dynamic(
            whole,
            path,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=exact,
            extra_options={"MatMulConstBOnly": True},
        )
