"""Messages in plain words, for channels and places that have nothing better."""

from gateway.simulator.problem import Json

_CHOICE_KINDS = (
    "text_message",
    "url_message",
    "call_message",
    "location_message",
    "calendar_message",
    "share_location_message",
)


def wording(message: Json) -> str:
    """The whole message as one text."""
    return "\n".join(line for line in _lines(message) if line)


def choice_title(choice: Json) -> str:
    """What stands on a choice."""
    for kind in _CHOICE_KINDS:
        if choice.get(kind) is not None:
            return str(choice[kind].get("text") or choice[kind].get("title") or "")
    return ""


def choice_target(choice: Json) -> str:
    """What a choice leads to: an address, a number, or nothing."""
    for kind, field in (("url_message", "url"), ("call_message", "phone_number")):
        if choice.get(kind) is not None:
            return str(choice[kind].get(field) or "")
    for kind in ("calendar_message", "share_location_message"):
        if choice.get(kind) is not None:
            return str(choice[kind].get("fallback_url") or "")
    if choice.get("location_message") is not None:
        return map_link(choice["location_message"])
    return ""


def map_link(location: Json) -> str:
    """A location as a link."""
    coordinates = location.get("coordinates") or {}
    return f"https://maps.google.com/maps?q={coordinates.get('latitude', 0)},{coordinates.get('longitude', 0)}"


def _lines(message: Json) -> list[str]:
    for kind, words in _WORDS.items():
        if message.get(kind) is not None:
            return words(message[kind])
    return []


def _card(card: Json) -> list[str]:
    media = card.get("media_message") or {}
    return [
        card.get("title") or "",
        card.get("description") or "",
        media.get("url") or "",
        *_choices(card.get("choices")),
    ]


def _choices(choices: list[Json] | None) -> list[str]:
    return [
        " ".join(part for part in (f"{number}.", choice_title(choice), choice_target(choice)) if part)
        for number, choice in enumerate(choices or [], start=1)
    ]


def _choice_message(message: Json) -> list[str]:
    return [(message.get("text_message") or {}).get("text") or "", *_choices(message.get("choices"))]


def _carousel(message: Json) -> list[str]:
    return [line for card in message["cards"] for line in _card(card)] + _choices(message.get("choices"))


def _list(message: Json) -> list[str]:
    items = [item for section in message["sections"] for item in section["items"]]
    titles = [(item.get("choice") or {}).get("title") or (item.get("product") or {}).get("id") or "" for item in items]
    return [message["title"], message.get("description") or "", *(f"{n}. {t}" for n, t in enumerate(titles, start=1))]


def _contact_info(message: Json) -> list[str]:
    return [message["name"]["full_name"], *(entry["phone_number"] for entry in message["phone_numbers"])]


def _template(message: Json) -> list[str]:
    reference = message.get("omni_template") or next(iter((message.get("channel_template") or {}).values()), message)
    return [f"[template {reference.get('template_id', '')}]"]


_WORDS = {
    "text_message": lambda message: [message["text"]],
    "media_message": lambda message: [message["url"]],
    "location_message": lambda message: [message["title"], map_link(message)],
    "card_message": _card,
    "carousel_message": _carousel,
    "choice_message": _choice_message,
    "list_message": _list,
    "contact_info_message": _contact_info,
    "template_message": _template,
    "template_reference": _template,
}
