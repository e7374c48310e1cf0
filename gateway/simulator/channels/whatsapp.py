"""WhatsApp: the bodies of its Cloud API."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from gateway.simulator.channels.wording import choice_title, wording
from gateway.simulator.problem import Json

_MAX_BUTTONS = 3
_MEDIA_KINDS = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp"), "image"),
    **dict.fromkeys((".mp4", ".3gp"), "video"),
    **dict.fromkeys((".mp3", ".aac", ".ogg", ".amr", ".m4a"), "audio"),
}


def whatsapp(message: Json, sender: str, to: str) -> Json:  # noqa: ARG001  # the business number is in the URL there
    """The body of a message; kinds that WhatsApp lacks become text."""
    frame = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
    for kind, body in _BODIES.items():
        if message.get(kind) is not None:
            return {**frame, **body(message[kind])}
    return {**frame, "type": "text", "text": {"body": wording(message)}}


def media_kind(url: str) -> str:
    """What kind of medium an address names, by its ending."""
    return _MEDIA_KINDS.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "document")


def _media(message: Json) -> Json:
    kind = media_kind(message["url"])
    medium = {"link": message["url"]}
    if kind == "document" and message.get("filename_override"):
        medium["filename"] = message["filename_override"]
    return {"type": kind, kind: medium}


def _location(message: Json) -> Json:
    coordinates = message["coordinates"]
    location = {
        "longitude": str(coordinates["longitude"]),
        "latitude": str(coordinates["latitude"]),
        "name": message["title"],
    }
    if message.get("label"):
        location["address"] = message["label"]
    return {"type": "location", "location": location}


def _choice(message: Json) -> Json:
    text = (message.get("text_message") or {}).get("text") or ""
    return _interactive(text, message["choices"], {})


def _card(message: Json) -> Json:
    text = "\n".join(part for part in (message.get("title"), message.get("description")) if part)
    header: Json = {}
    if message.get("media_message"):
        medium = _media(message["media_message"])
        header = {"header": {"type": medium["type"], medium["type"]: medium[medium["type"]]}}
    if not message.get("choices"):
        return _media(message["media_message"]) if header else {"type": "text", "text": {"body": text}}
    return _interactive(text, message["choices"], header)


def _interactive(text: str, choices: list[Json], header: Json) -> Json:
    """Buttons as long as there are few choices, a list beyond."""
    titles = [
        {"id": str(choice.get("postback_data") or choice_title(choice)), "title": choice_title(choice)}
        for choice in choices
    ]
    action: Json
    if len(titles) <= _MAX_BUTTONS:
        kind, action = "button", {"buttons": [{"type": "reply", "reply": title} for title in titles]}
    else:
        kind, action = "list", {"button": "Choose", "sections": [{"rows": titles}]}
    return {"type": "interactive", "interactive": {"type": kind, **header, "body": {"text": text}, "action": action}}


def _list(message: Json) -> Json:
    sections = []
    for section in message["sections"]:
        choices = [item["choice"] for item in section["items"] if item.get("choice")]
        rows = [
            {
                "id": str(choice.get("postback_data") or choice["title"]),
                "title": choice["title"],
                **({"description": choice["description"]} if choice.get("description") else {}),
            }
            for choice in choices
        ]
        sections.append({"title": section.get("title") or "", "rows": rows})
    button = (message.get("message_properties") or {}).get("menu") or "Menu"
    body = {"text": message.get("description") or message["title"]}
    return {
        "type": "interactive",
        "interactive": {"type": "list", "body": body, "action": {"button": button, "sections": sections}},
    }


def _contacts(message: Json) -> Json:
    name = {
        "formatted_name": message["name"]["full_name"],
        **{key: value for key, value in message["name"].items() if key != "full_name" and value},
    }
    contact: Json = {
        "name": name,
        "phones": [{"phone": entry["phone_number"]} for entry in message["phone_numbers"]],
    }
    if message.get("birthday"):
        contact["birthday"] = message["birthday"]
    return {"type": "contacts", "contacts": [contact]}


def _template(message: Json) -> Json:
    reference = (message.get("channel_template") or {}).get("WHATSAPP") or message.get("omni_template") or message
    parameters = [{"type": "text", "text": value} for value in (reference.get("parameters") or {}).values()]
    template: Json = {
        "name": reference.get("template_id", ""),
        "language": {"policy": "deterministic", "code": (reference.get("language_code") or "en_US").replace("-", "_")},
    }
    if parameters:
        template["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": template}


_BODIES = {
    "media_message": _media,
    "location_message": _location,
    "choice_message": _choice,
    "card_message": _card,
    "list_message": _list,
    "contact_info_message": _contacts,
    "template_message": _template,
    "template_reference": _template,
}
