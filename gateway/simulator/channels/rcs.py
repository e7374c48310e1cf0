"""RCS: the content messages of RCS Business Messaging."""

from typing import Any

from gateway.simulator.channels.wording import choice_target, choice_title, wording
from gateway.simulator.problem import Json

_HEIGHTS = {"SHORT": "SHORT", "MEDIUM": "MEDIUM", "TALL": "TALL"}


def rcs(message: Json, sender: str, to: str) -> Json:
    """The body of a message; kinds that RCS lacks become text."""
    return {"agentId": sender, "msisdn": to, "contentMessage": _content(message)}


def _content(message: Json) -> Json:
    if message.get("media_message") is not None:
        return {"contentInfo": _content_info(message["media_message"])}
    if message.get("card_message") is not None:
        return {
            "richCard": {
                "standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": _card(message["card_message"])}
            }
        }
    if message.get("carousel_message") is not None:
        carousel = message["carousel_message"]
        cards = [_card(card) for card in carousel["cards"]]
        content: Json = {"richCard": {"carouselCard": {"cardWidth": "MEDIUM", "cardContents": cards}}}
        return _with_suggestions(content, carousel.get("choices"))
    if message.get("choice_message") is not None:
        choice_message = message["choice_message"]
        text = (choice_message.get("text_message") or {}).get("text") or ""
        return _with_suggestions({"text": text}, choice_message["choices"])
    if message.get("location_message") is not None:
        location = message["location_message"]
        view = {"latLong": location["coordinates"], "label": location.get("label") or location["title"]}
        action = {"text": location["title"], "viewLocationAction": view}
        return {"text": location["title"], "suggestions": [{"action": action}]}
    return {"text": wording(message)}


def _card(card: Json) -> Json:
    content: Json = {name: card[name] for name in ("title", "description") if card.get(name)}
    if card.get("media_message"):
        height = _HEIGHTS.get(card.get("height") or "", "MEDIUM")
        content["media"] = {"height": height, "contentInfo": _content_info(card["media_message"])}
    return _with_suggestions(content, card.get("choices"))


def _content_info(media: Json) -> Json:
    info = {"fileUrl": media["url"], "forceRefresh": False}
    if media.get("thumbnail_url"):
        info["thumbnailUrl"] = media["thumbnail_url"]
    return info


def _with_suggestions(content: Json, choices: list[Json] | None) -> Json:
    if choices:
        content["suggestions"] = [_suggestion(choice) for choice in choices]
    return content


def _suggestion(choice: Json) -> Json:
    title = choice_title(choice)
    common: dict[str, Any] = {"text": title, "postbackData": str(choice.get("postback_data") or title)}
    if choice.get("text_message") is not None:
        return {"reply": common}
    if choice.get("call_message") is not None:
        return {"action": {**common, "dialAction": {"phoneNumber": choice["call_message"]["phone_number"]}}}
    if choice.get("share_location_message") is not None:
        return {"action": {**common, "shareLocationAction": {}}}
    if choice.get("location_message") is not None:
        view = {"latLong": choice["location_message"]["coordinates"], "label": title}
        return {"action": {**common, "viewLocationAction": view}}
    if choice.get("calendar_message") is not None:
        event = choice["calendar_message"]
        create = {"startTime": event["event_start"], "endTime": event["event_end"], "title": event["event_title"]}
        return {"action": {**common, "createCalendarEventAction": create}}
    return {"action": {**common, "openUrlAction": {"url": choice_target(choice)}}}
