"""Free JSON: `Struct`, `Value` and `ListValue`, both ways, with one cap on how deep they nest.

The runtime writes a `Struct` of any depth but parses back no message of more than 100 levels, of which a JSON
object takes three: a deeper one would poison the event log. The cap leaves room for every message around it, the
stream's own included; deeper JSON is left to the raw view.
"""

from math import copysign, isfinite

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from gateway.mapping.paths import MappingError

MAX_DEPTH = 25
"""Objects and arrays inside one another in one free-form value, the outermost included."""

# The largest magnitude up to which a double holds every integer.
EXACT_INTEGER = 2**53

_TOO_DEEP = f"must not nest deeper than {MAX_DEPTH} levels"
_which = Value.WhichOneof


def struct_json(struct: Struct, depth: int = 1) -> dict[str, object]:
    """The JSON object in `struct`; key order is not preserved."""
    if depth > MAX_DEPTH:
        raise MappingError("", _TOO_DEEP)
    fields = struct.fields
    return {key: value_json(fields[key], depth) for key in fields}


def list_json(values: ListValue, depth: int = 1) -> list[object]:
    """The JSON array in `values`."""
    if depth > MAX_DEPTH:
        raise MappingError("", _TOO_DEEP)
    return [value_json(value, depth) for value in values.values]


def value_json(value: Value, depth: int = 0) -> object:
    """Any JSON value, inside `depth` others; one that was never set is null."""
    kind = _which(value, "kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        return _number(value.number_value)
    if kind == "struct_value":
        return struct_json(value.struct_value, depth + 1)
    if kind == "list_value":
        return list_json(value.list_value, depth + 1)
    if kind == "bool_value":
        return value.bool_value
    return None


def _number(number: float) -> float:
    """An integer where the double is one: 100 must not come out as 100.0. Minus zero stays what it is."""
    if number.is_integer() and abs(number) <= EXACT_INTEGER and (number or copysign(1, number) > 0):
        return int(number)
    if not isfinite(number):
        raise MappingError("", "must not hold NaN or Infinity, which JSON cannot write")
    return number


def to_struct(value: object, rounded: list[float], depth: int = 1) -> Struct:
    """The JSON object `value`; `rounded` and errors as in `to_value`."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    return Struct(fields={key: to_value(item, rounded, depth) for key, item in value.items()})


def to_list(value: object, rounded: list[float], depth: int = 1) -> ListValue:
    """The JSON array `value`; `rounded` and errors as in `to_value`."""
    if not isinstance(value, list) or depth > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    return ListValue(values=[to_value(item, rounded, depth) for item in value])


def to_value(value: object, rounded: list[float], depth: int = 0) -> Value:
    """Any JSON value, inside `depth` others.

    An integer with more digits than a double keeps is rounded and appended to `rounded`. What no rounding can hold
    (a lone surrogate, a number beyond the range of a double, too deep) is a `ValueError` or `OverflowError`.
    """
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, dict):
        return Value(struct_value=to_struct(value, rounded, depth + 1))
    if isinstance(value, list):
        return Value(list_value=to_list(value, rounded, depth + 1))
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=_double(value, rounded))
    return Value(null_value=NULL_VALUE)


def _double(number: float, rounded: list[float]) -> float:
    double = float(number)
    if not isfinite(double):
        raise ValueError("JSON has no such number")
    if double != number:
        rounded.append(double)
    return double
