"""SMS: words only, and the number of parts they take."""

from gateway.simulator.channels.wording import wording
from gateway.simulator.problem import Json

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


def sms(message: Json, sender: str, to: str) -> Json:
    """A text message for the SMS interface."""
    body = wording(message)
    return {
        "type": "mt_text",
        "from": sender,
        "to": [to],
        "body": body,
        "max_number_of_message_parts": part_count(body),
    }


def part_count(text: str) -> int:
    """How many parts a text takes: 160 or 153 characters of GSM-7 each, or 70 or 67 of UCS-2."""
    if all(character in _GSM or character in _GSM_EXTENDED for character in text):
        length, alone, together = sum(2 if character in _GSM_EXTENDED else 1 for character in text), 160, 153
    else:
        length, alone, together = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // together)
