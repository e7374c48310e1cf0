"""Nothing of a request comes back in an error text, however the API phrases it."""

from conversation_gateway.v1.message_pb2 import SendMessageRequest

from gateway.upstream.redaction import MAX_CHARACTERS, redact


def request() -> SendMessageRequest:
    message = SendMessageRequest(app_id="01APP", message={"text_message": {"text": "Your code is canary"}})
    message.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity="+46 70-000 00 01")
    message.channel_properties["SMS_SENDER"] = "BikeShop"
    return message


def test_values_of_the_request_are_masked() -> None:
    text = redact("Cannot send 'Your code is canary' as BikeShop", request())

    assert text == "Cannot send '…' as …"


def test_phone_numbers_are_masked_even_in_another_spelling_than_the_requests() -> None:
    text = redact("No profile for 46700000001 (tried +46 70 000 00 01)", request())

    assert text == "No profile for … (tried …)"


def test_names_of_the_vocabulary_stay_readable() -> None:
    text = redact("Channel WHATSAPP is not configured, SMS_SENDER is missing", request())

    assert text == "Channel WHATSAPP is not configured, SMS_SENDER is missing"


def test_a_long_text_is_cut_and_put_on_one_line() -> None:
    text = redact("word\n" * 10_000, SendMessageRequest())

    assert len(text) == MAX_CHARACTERS
    assert "\n" not in text
