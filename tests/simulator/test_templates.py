"""Templates: guarded by their version, on a host of their own."""

from typing import Any

import pytest

from gateway.simulator import SimulatorOptions
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver

_HOST: dict[str, Any] = {"host": "template"}
_ENGLISH = {"language_code": "en-US", "text_message": {"text": "Hi"}}
_SWEDISH = {"language_code": "sv-SE", "text_message": {"text": "Hej"}, "version": "3"}
_TEMPLATE = {"default_translation": "en-US", "translations": [_ENGLISH, _SWEDISH], "description": "a greeting"}


async def test_a_template_is_replaced_only_by_who_knows_its_version(api: ApiClient) -> None:
    created = await api.ok("POST", "templates", {**_TEMPLATE, "id": "greeting"}, **_HOST)

    changed = await api.ok("PUT", "templates/greeting", {**_TEMPLATE, "version": 1, "description": "new"}, **_HOST)
    stale = await api.call("PUT", "templates/greeting", {**_TEMPLATE, "version": 1}, **_HOST)
    blind = await api.call("PUT", "templates/greeting", _TEMPLATE, **_HOST)

    assert (created["id"], created["version"]) == ("greeting", 1)
    assert (changed["version"], changed["description"], changed["create_time"]) == (2, "new", created["create_time"])
    assert (stale.status_code, stale.json()["error"]["status"]) == (409, "ABORTED")
    assert blind.status_code == 400


async def test_translations_are_filtered_by_language_and_version(api: ApiClient) -> None:
    template = await api.ok("POST", "templates", _TEMPLATE, **_HOST)
    path = f"templates/{template['id']}/translations"

    everything = await api.ok("GET", path, **_HOST)
    swedish = await api.ok("GET", path, query={"language_code": "sv-SE"}, **_HOST)
    third = await api.ok("GET", path, query={"translation_version": "3"}, **_HOST)

    assert everything["translations"] == template["translations"]
    assert swedish == third == {"translations": template["translations"][1:]}


async def test_a_template_is_listed_and_deleted_and_its_id_taken_only_once(api: ApiClient) -> None:
    created = await api.ok("POST", "templates", {**_TEMPLATE, "id": "greeting"}, **_HOST)
    again = await api.call("POST", "templates", {**_TEMPLATE, "id": "greeting"}, **_HOST)

    listed = await api.ok("GET", "templates", **_HOST)
    await api.ok("DELETE", "templates/greeting", **_HOST)
    gone = await api.call("GET", "templates/greeting", **_HOST)

    assert listed == {"templates": [created]}
    assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert gone.status_code == 404


async def test_the_default_translation_must_exist(api: ApiClient) -> None:
    answer = await api.call("POST", "templates", {**_TEMPLATE, "default_translation": "fr-FR"}, **_HOST)

    assert answer.status_code == 400


async def test_templates_live_on_their_own_host_only(api: ApiClient) -> None:
    answer = await api.call("GET", "templates", host="conversation")

    assert answer.status_code == 404


_GREETING = {
    "id": "greeting",
    "default_translation": "en-US",
    "translations": [
        {"language_code": "en-US", "text_message": {"text": "Hi ${name}"}, "variables": [{"key": "name"}]}
    ],
}
_NAMED = {"template_id": "greeting", "version": "latest", "parameters": {"name": "Ann"}}


class TestStrictly:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(receipt_delay_s=0.0, replies="none", strict_templates=True)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({}, None),
            ({"version": "1"}, None),
            ({"language_code": "en-US"}, None),
            ({"template_id": "nobody's"}, "TEMPLATE_NOT_FOUND"),
            ({"version": "2"}, "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"),
            ({"language_code": "sv-SE"}, "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"),
            ({"parameters": {"nick": "Ann"}}, "TEMPLATE_INSUFFICIENT_PARAMETERS"),
        ],
    )
    @pytest.mark.parametrize("place", ["omni_template", "template_reference"])
    async def test_a_template_is_looked_up_when_a_message_names_it(
        self, api: ApiClient, receiver: Receiver, place: str, changes: dict[str, object], reason: str | None
    ) -> None:
        await api.ok("POST", "templates", _GREETING, **_HOST)
        await api.subscribe(receiver.url, "MESSAGE_DELIVERY")
        reference = {**_NAMED, **changes}
        override: dict[str, object] = {"explicit_channel_omni_message": {"SMS": {"template_reference": reference}}}
        named: dict[str, object] = {"template_message": {"omni_template": reference}}

        await api.send(message=named if place == "omni_template" else override)
        first = (await receiver.wait_for(1))[0].json["message_delivery_report"]

        assert first["status"] == ("FAILED" if reason else "QUEUED_ON_CHANNEL")
        assert first.get("reason", {}).get("code") == reason

    async def test_a_channel_has_templates_of_its_own(self, api: ApiClient, receiver: Receiver) -> None:
        await api.subscribe(receiver.url, "MESSAGE_DELIVERY")
        own = {"channel_template": {"SMS": {"template_id": "the channel's"}}, "omni_template": {**_NAMED}}

        await api.send(message={"template_message": own})
        first = (await receiver.wait_for(1))[0].json["message_delivery_report"]

        assert first["status"] == "QUEUED_ON_CHANNEL"


async def test_a_template_that_nobody_created_is_taken_as_it_comes(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(receiver.url, "MESSAGE_DELIVERY")

    await api.send(message={"template_message": {"omni_template": _NAMED}})
    first = (await receiver.wait_for(1))[0].json["message_delivery_report"]

    assert first["status"] == "QUEUED_ON_CHANNEL"
