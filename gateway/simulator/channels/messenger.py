"""Messenger: the bodies of its Send API."""

from gateway.simulator.channels.whatsapp import media_kind
from gateway.simulator.channels.wording import choice_target, choice_title, wording
from gateway.simulator.problem import Json

_MAX_BUTTONS = 3
_ATTACHMENTS = {"image": "image", "video": "video", "audio": "audio", "document": "file"}


def messenger(message: Json, sender: str, to: str) -> Json:  # noqa: ARG001  # the page is in the token there
    """The body of a message; kinds that Messenger lacks become text."""
    return {"messaging_type": "RESPONSE", "recipient": {"id": to}, "message": _message(message)}


def _message(message: Json) -> Json:
    if message.get("media_message") is not None:
        url = message["media_message"]["url"]
        payload = {"url": url, "is_reusable": False}
        return {"attachment": {"type": _ATTACHMENTS[media_kind(url)], "payload": payload}}
    if message.get("card_message") is not None:
        return _template("generic", {"elements": [_element(message["card_message"])]})
    if message.get("carousel_message") is not None:
        elements = [_element(card) for card in message["carousel_message"]["cards"]]
        return _template("generic", {"elements": elements})
    if message.get("choice_message") is not None:
        choice_message = message["choice_message"]
        text = (choice_message.get("text_message") or {}).get("text") or wording(message)
        choices = choice_message["choices"]
        if len(choices) <= _MAX_BUTTONS:
            return _template("button", {"text": text, "buttons": [_button(choice) for choice in choices]})
        return {"text": text, "quick_replies": [_quick_reply(choice) for choice in choices]}
    return {"text": wording(message)}


def _template(kind: str, payload: Json) -> Json:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def _element(card: Json) -> Json:
    element: Json = {"title": card.get("title") or ""}
    if card.get("description"):
        element["subtitle"] = card["description"]
    if card.get("media_message"):
        element["image_url"] = card["media_message"]["url"]
    if card.get("choices"):
        element["buttons"] = [_button(choice) for choice in card["choices"][:_MAX_BUTTONS]]
    return element


def _button(choice: Json) -> Json:
    title = choice_title(choice)
    if choice.get("call_message") is not None:
        return {"type": "phone_number", "title": title, "payload": choice_target(choice)}
    target = choice_target(choice)
    if target:
        return {"type": "web_url", "title": title, "url": target}
    return {"type": "postback", "title": title, "payload": str(choice.get("postback_data") or title)}


def _quick_reply(choice: Json) -> Json:
    title = choice_title(choice)
    return {"content_type": "text", "title": title, "payload": str(choice.get("postback_data") or title)}
