"""Merging one JSON object into another, by RFC 7386."""

from typing import Any

from gateway.simulator.problem import Json


def merge_patch(target: Json, patch: Json) -> Json:
    """The target with the patch applied: null removes, objects merge, everything else replaces."""
    merged = dict(target)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(new, dict):
        return new
    return merge_patch(old if isinstance(old, dict) else {}, new)
