"""A collector of traces that takes and forgets, and who is told to use it: `python -m bench.collector`."""

import asyncio
import sys
from typing import Any

import grpc
import orjson


def sampled(url: str) -> dict[str, str]:
    """The variables of a gateway that records 1 % of its traces, as one in production would."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.01",
    }


class Everything(grpc.GenericRpcHandler):
    """Answers every call with an empty message, which is what an exporter hopes for."""

    def service(self, _details: object) -> Any:
        async def forget(_data: bytes, _context: object) -> bytes:
            return b""

        return grpc.unary_unary_rpc_method_handler(forget)


async def collect() -> None:
    """Be a collector until standard input ends; one line on standard output says where."""
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    server.add_generic_rpc_handlers((Everything(),))
    await server.start()
    sys.stdout.write(orjson.dumps({"event": "ready", "url": f"http://127.0.0.1:{port}"}).decode() + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(collect())
