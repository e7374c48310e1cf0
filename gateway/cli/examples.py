"""One message of each of the nine types, as the demo sends them."""

from collections.abc import Mapping

from conversation_gateway.v1.app_message_pb2 import AppMessage

IMAGE = "https://images.example.com/bikes/city.jpg"


def messages() -> Mapping[str, AppMessage]:
    """The examples by the name of their body."""
    return {
        "text_message": AppMessage(text_message={"text": "Hello from the gateway. Would you like a bike?"}),
        "media_message": AppMessage(media_message={"url": IMAGE}),
        "card_message": AppMessage(card_message=_card("City bike", "Seven gears, basket included.")),
        "carousel_message": AppMessage(
            carousel_message={"cards": [_card("City bike", "For every day."), _card("Cargo bike", "For every box.")]}
        ),
        "choice_message": AppMessage(
            choice_message={
                "text_message": {"text": "When may we call?"},
                "choices": [
                    {"text_message": {"text": "Morning"}, "postback_data": "call_morning"},
                    {"text_message": {"text": "Evening"}, "postback_data": "call_evening"},
                ],
            }
        ),
        "list_message": AppMessage(list_message=_list()),
        "template_message": AppMessage(
            template_message={
                "omni_template": {"template_id": "pickup", "version": "latest", "parameters": {"bike": "City bike"}}
            }
        ),
        "location_message": AppMessage(
            location_message={
                "title": "Our shop",
                "label": "Open until six",
                "coordinates": {"latitude": 55.6128, "longitude": 13.0007},
            }
        ),
        "contact_info_message": AppMessage(
            contact_info_message={
                "name": {"full_name": "Bike Shop"},
                "phone_numbers": [{"phone_number": "+46700000002", "type": "WORK"}],
            }
        ),
    }


def _card(title: str, description: str) -> dict[str, object]:
    return {
        "title": title,
        "description": description,
        "media_message": {"url": IMAGE},
        "choices": [{"text_message": {"text": "Reserve"}, "postback_data": "reserve"}],
    }


def _list() -> dict[str, object]:
    bikes = [{"choice": {"title": name, "postback_data": name}} for name in ("City", "Cargo", "Folding")]
    return {"title": "Pick one", "sections": [{"title": "In stock", "items": bikes}]}
