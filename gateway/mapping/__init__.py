"""JSON to protobuf and back, by the wire names of the contract.

Each mapping is compiled once from a message's descriptor; a call then costs one dictionary look-up per field
that is there and nothing per field that is not. Compile at start and keep the result: that is the slow part.

The canonical protobuf JSON mapping is not used because it prints 64-bit integers as strings and camel-cases field
masks, fails a whole document over one surprising value, and takes several times as long.
"""

from gateway.mapping.body import UnreadableJson, body_writer_for, loads
from gateway.mapping.decode import Decode, Decoded, decoder_for
from gateway.mapping.encode import encoder_for
from gateway.mapping.freeform import MAX_DEPTH
from gateway.mapping.paths import MAX_SKIPPED, MappingError, Trail, render
from gateway.mapping.query import query_encoder_for

__all__ = [
    "MAX_DEPTH",
    "MAX_SKIPPED",
    "Decode",
    "Decoded",
    "MappingError",
    "Trail",
    "UnreadableJson",
    "body_writer_for",
    "decoder_for",
    "encoder_for",
    "loads",
    "query_encoder_for",
    "render",
]
