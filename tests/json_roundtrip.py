"""A JSON document through the gateway's mapping and back, for tests that compare what comes out."""

import json
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.mapping import Decoded, decoder_for, encoder_for
from tests.json_equality import canonical

# The gateway's own part of a request, which no document of the API holds.
_OWN = frozenset({"options"})


def to_message(document: Any, descriptor: Descriptor) -> Decoded[Message]:
    """What the mapping makes of a document of the API."""
    return decoder_for(GetMessageClass(descriptor), _OWN)(document)


def there_and_back(document: Any, descriptor: Descriptor) -> Any:
    """The document as the mapping writes it after having read it; fails where it left anything out."""
    decoded = to_message(document, descriptor)
    assert decoded.skipped == ()
    return encoder_for(descriptor, _OWN)(decoded.message)


def comparable(document: Any) -> str:
    """Equal for documents that say the same; unlike `==` it tells 100 from 100.0 and 1 from true."""
    return json.dumps(canonical(document), indent=1, sort_keys=True, ensure_ascii=False)
