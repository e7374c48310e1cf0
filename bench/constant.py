"""A `grpc.aio` server that answers every send with the same bytes: `python -m bench.constant`.

Nothing in Python that serves gRPC on asyncio can be cheaper, so it is the floor under the gateway's own cost.
"""

import asyncio
import sys
from typing import Any

import grpc
import orjson
import uvloop

from bench import message


async def serve(handler: Any) -> None:
    """Have a handler answer the sends until killed; one line on standard output says where."""
    service, method = message.SEND_METHOD[1:].split("/")
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(orjson.dumps({"event": "ready", "grpc": f"127.0.0.1:{port}"}).decode() + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main() -> None:
    """Answer with a constant."""
    constant = message.constant_answer()

    async def answer(_request: bytes, _context: Any) -> bytes:
        return constant

    await serve(grpc.unary_unary_rpc_method_handler(answer))


if __name__ == "__main__":
    uvloop.run(main())
