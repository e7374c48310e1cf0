"""Templates: guarded by their version, on a host of their own."""

from typing import Any

from tests.simulator.api_client import ApiClient

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
