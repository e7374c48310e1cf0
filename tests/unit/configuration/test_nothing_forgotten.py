"""Whatever the parts that start refuse because of the settings has been refused before: no refusal may be forgotten."""

import ast
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import gateway
from tests.unit.configuration.wrong_settings import WRONG

MACHINE = "the machine as it is then: a port that is taken, a disk that is full, a store that is away"
LATER = "while it runs"
# By the function that refuses: what of `WRONG` it would refuse, once for each `raise` in it.
BEHIND = {
    "app.running": (MACHINE, MACHINE),
    "app._loop_factory": ("a loop that is not installed",),
    "doors.rpc_server": ("a wide door",),
    "doors.replace": (LATER, LATER),
    "listener.open": (MACHINE,),
    "listener._open_tcp": ("a port of other digits",),
    "listener.group_id": ("a group that does not exist",),
    "listener.hold": (MACHINE, "a socket that is a file"),
    "rpc.callers.replace": ("a glob that matches nothing",),
    "rpc.callers.identify": (LATER,),
    "rpc.server._add_port": ("a star for gRPC",),
    "rpc.server._bind_socket": (MACHINE, MACHINE),
    "rpc.tls._read": (LATER,),
    "rpc.tls._check": ("a certificate that is none",),
    "shared.open_shared": ("a store without its libraries",),
    "telemetry.recorder._exporter": ("an exporter that is not installed",),
    "webhooks.source.__post_init__": ("an empty secret", "no secret"),
}
BUILDERS = (
    "app", "consent", "doors", "inbound", "joined", "listener", "outbound", "rpc.callers", "rpc.server", "rpc.tls",
    "shared", "telemetry.recorder", "telemetry.spans", "upstream.hosts", "upstream.proxy", "webhooks.source",
)  # fmt: skip


def raises(module: str) -> Counter[str]:
    """How often each function of a module raises something of its own."""
    path = Path(gateway.__file__).parent.joinpath(*module.split(".")).with_suffix(".py")
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inner = {child for node in functions for child in ast.walk(node) if child is not node and child in functions}
    return Counter(
        f"{module}.{node.name}"
        for node in functions
        for part in _own(node, inner)
        if isinstance(part, ast.Raise) and part.exc is not None
    )


def _own(node: ast.AST, inner: Collection[ast.AST]) -> list[ast.AST]:
    """What is in a function, and not in one inside it."""
    children = [child for child in ast.iter_child_nodes(node) if child not in inner]
    return children + [below for child in children for below in _own(child, inner)]


def test_every_refusal_of_the_parts_that_start_is_known_here() -> None:
    found = sum((raises(module) for module in BUILDERS), Counter[str]())

    assert {name: len(reasons) for name, reasons in BEHIND.items()} == found
    assert {reason for reasons in BEHIND.values() for reason in reasons} - WRONG.keys() == {MACHINE, LATER}
