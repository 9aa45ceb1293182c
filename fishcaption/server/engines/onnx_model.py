"""ONNX models as the engines use them: sessions on one thread, and one more output where a graph hides it.

Only the outline of the file is read here (Protocol Buffers, onnx.proto3), so no parser is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_GRAPH, _NODE, _NODE_OUTPUT, _NODE_OPERATOR = 7, 1, 2, 4  # fields of ModelProto, GraphProto, NodeProto
FLOAT: Final = 1
"""onnx.TensorProto.DataType"""
INT64: Final = 7
"""onnx.TensorProto.DataType"""
_BYTES, _FOUR, _EIGHT, _NUMBER = 2, 5, 1, 0  # wire types
_LONGEST_NUMBER: Final = 10  # bytes


def session(onnxruntime: Any, data: bytes, threads: int = 1) -> Any:
    """Return a session for a model on so many threads. Raises one of `refusals`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def refusals(onnxruntime: Any) -> tuple[type[Exception], ...]:
    """Return the exceptions of a model that cannot be used."""
    state = onnxruntime.capi.onnxruntime_pybind11_state
    return (
        state.Fail,
        state.InvalidGraph,
        state.InvalidArgument,
        state.InvalidProtobuf,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )


def with_output(model: bytes, name: str, element_type: int) -> bytes:
    """Return the ONNX model with one of its inner tensors as an additional, last output.

    Protobuf merges a message that occurs twice: ``ModelProto.graph.output`` appended at the end is one more
    entry of the graph's list.
    """
    kind = _field(2, _field(1, bytes([8, element_type])))  # ValueInfoProto.type.tensor_type.elem_type
    return model + _field(_GRAPH, _field(12, _field(1, name.encode()) + kind))


def outputs_of(model: bytes, operator: str) -> tuple[str, ...]:
    """Return the first output of each node with this operator, in the graph's order.

    Raises ValueError for bytes that are no model.
    """
    wanted = operator.encode()
    found: list[str] = []
    for graph, graph_end in _parts(model, 0, len(model), _GRAPH):
        for node, node_end in _parts(model, graph, graph_end, _NODE):
            names = [model[a:b] for a, b in _parts(model, node, node_end, _NODE_OPERATOR)]
            if names[-1:] == [wanted]:
                outputs = [model[a:b] for a, b in _parts(model, node, node_end, _NODE_OUTPUT)]
                found += [name.decode("utf-8", "replace") for name in outputs[:1]]
    return tuple(found)


def _field(number: int, payload: bytes) -> bytes:
    length, head = len(payload), bytearray([number << 3 | _BYTES])
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + payload


def _parts(data: bytes, at: int, end: int, wanted: int) -> Iterator[tuple[int, int]]:
    """Yield the places of a message's fields of this number that are made of bytes."""
    while at < end:
        tag, at = _number(data, at, end)
        kind = tag & 7
        if kind == _BYTES:
            length, at = _number(data, at, end)
            if length > end - at:
                raise ValueError("a field is longer than its message")
            if tag >> 3 == wanted:
                yield at, at + length
            at += length
        elif kind == _NUMBER:
            _, at = _number(data, at, end)
        elif kind in (_FOUR, _EIGHT):
            at += 4 if kind == _FOUR else 8
        else:
            raise ValueError("a kind of field that no model has")


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_NUMBER):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at
    raise ValueError("a number does not end")
