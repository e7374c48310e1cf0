"""Which fields a PATCH changes."""

from collections.abc import Collection

from gateway.simulator.problem import Json, invalid
from gateway.simulator.router import Call


def changed_fields(call: Call, document: Json, changeable: Collection[str]) -> Json:
    """The new values: of what `update_mask` names, absent ones as None, or else of all that the body holds.

    A path inside a field changes the whole field. A mask that names what cannot change is a 400.
    """
    mask = call.query.get("update_mask", "")
    if not mask:
        return {name: document[name] for name in changeable if name in document}
    names = dict.fromkeys(path.strip().partition(".")[0] for path in mask.split(",") if path.strip())
    for name in names:
        if name not in changeable:
            raise invalid("update_mask", f"{name[:64]} cannot be changed")
    return {name: document.get(name) for name in names}
