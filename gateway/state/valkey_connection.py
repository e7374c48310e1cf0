"""One connection to a server, and what is asked over it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

Words = Sequence[bytes | str | int]


@asynccontextmanager
async def connection_of(client: Redis) -> AsyncIterator[AbstractConnection]:
    """A connection that nobody else uses meanwhile."""
    pool = client.connection_pool
    connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # the library's own gap
    try:
        yield connection
    finally:
        await pool.release(connection)


async def ask(connection: AbstractConnection, commands: Sequence[Words]) -> list[Any]:
    """The answers to commands that are sent together; an exception for each that the server refused.

    What is cut short, by a cancellation too, closes the connection, so that no answer is taken for that of a later
    command.
    """
    await connection.send_packed_command(connection.pack_commands(commands))
    return [await _answer(connection) for _ in commands]


async def _answer(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as refusal:
        return refusal
