"""The one send that every way is measured with: a short text to one phone, in the form each way takes it."""

from typing import Any

from conversation_gateway.v1 import message_pb2

# What every copy of the simulator accepts, and so does the bench's own upstream.
PROJECT_ID = "demo-project"
KEY_ID = "demo-key"
KEY_SECRET = "demo-secret"
APP_ID = "01DEM0APP00000000000000000"

TEXT = "Your parcel will be delivered today between 14:00 and 16:00."
IDENTITIES: list[Any] = [{"channel": "SMS", "identity": "+46700000001"}]
BODY = {
    "app_id": APP_ID,
    "message": {"text_message": {"text": TEXT}},
    "recipient": {"identified_by": {"channel_identities": IDENTITIES}},
}

AUTH_PATH = "/auth"
TOKEN_PATH = f"{AUTH_PATH}/oauth2/token"
API_PATH = "/us/conversation"
APP_PATH = f"{API_PATH}/v1/projects/{PROJECT_ID}/apps/{APP_ID}"
SEND_PATH = f"{API_PATH}/v1/projects/{PROJECT_ID}/messages:send"
SEND_METHOD = "/conversation_gateway.v1.MessageService/SendMessage"


def protobuf() -> bytes:
    """The same send as the contract has it; the gateway fills in the project and the app, as in daily use."""
    request = message_pb2.SendMessageRequest(message={"text_message": {"text": TEXT}})
    for identity in IDENTITIES:
        request.recipient.identified_by.channel_identities.add(**identity)
    return request.SerializeToString()


def constant_answer() -> bytes:
    """An answer of the usual size, for a server that does nothing else."""
    answer = message_pb2.SendMessageResponse(message_id="01CONSTANT0000000000000000")
    answer.accepted_time.FromJsonString("2024-01-01T00:00:00.123456Z")
    return answer.SerializeToString()
