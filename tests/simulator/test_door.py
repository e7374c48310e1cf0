"""Who is let in, and how the others are turned away."""

import base64

import httpx
import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID, Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient, fetch_token, send_body


async def test_a_token_is_a_jwt_with_its_expiry(http: httpx.AsyncClient) -> None:
    answer = await fetch_token(http)

    body = answer.json()
    claims = orjson.loads(base64.urlsafe_b64decode(body["access_token"].split(".")[1] + "=="))
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    ("auth", "form", "status", "error"),
    [
        (("demo-key", "wrong"), {"grant_type": "client_credentials"}, 401, "invalid_client"),
        (("", ""), {"grant_type": "client_credentials"}, 401, "invalid_client"),
        (("demo-key", "demo-secret"), {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (("demo-key", "demo-secret"), {}, 400, "invalid_request"),
    ],
)
async def test_a_token_is_refused_to_who_asks_wrongly(
    http: httpx.AsyncClient, auth: tuple[str, str], form: dict[str, str], status: int, error: str
) -> None:
    answer = await http.post("/auth/oauth2/token", auth=auth, data=form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_31st_token_at_once_is_refused_without_retry_after(http: httpx.AsyncClient) -> None:
    answers = [await fetch_token(http) for _ in range(60)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert refused
    assert "retry-after" not in refused[0].headers


async def test_a_forged_token_is_refused_without_the_word_expired(api: ApiClient) -> None:
    api.token = "made.up.token"

    answer = await api.send()

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert "expired" not in answer.headers["www-authenticate"]


async def test_an_expired_token_is_refused_with_the_word_expired(api: ApiClient, simulator: Simulator) -> None:
    simulator.advance(3601)

    answer = await api.send()

    assert answer.status_code == 401
    assert "expired" in answer.headers["www-authenticate"]


async def test_basic_credentials_are_accepted_but_not_by_the_batch_host(http: httpx.AsyncClient) -> None:
    auth = ("demo-key", "demo-secret")

    sent = await http.post("/us/conversation/v1/projects/demo-project/messages:send", json=send_body(), auth=auth)
    batched = await http.post("/us/batch/v1/projects/demo-project/messages", json={}, auth=auth)

    assert (sent.status_code, batched.status_code) == (200, 401)


async def test_another_project_is_forbidden(api: ApiClient) -> None:
    answer = await api.call("POST", "messages:send", send_body(), project="another-project")

    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("region", "app_id", "status"),
    [("eu", DEFAULT_APP_ID, 404), ("us", "01JC0000000000000000000000", 404), ("us", "not an app id", 400)],
)
async def test_an_app_is_found_only_in_its_region(api: ApiClient, region: str, app_id: str, status: int) -> None:
    answer = await api.call("POST", "messages:send", send_body(app_id=app_id), region=region)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/us/conversation/v2/projects/demo-project/messages:send",
        "/mars/conversation/v1/projects/demo-project/messages:send",
        "/us/conversation/v1/projects/demo-project/nothing",
        "/us/conversation/v1/projects/demo-project",
        "/us/sms/v1/projects/demo-project/messages:send",
    ],
)
async def test_an_unknown_path_is_not_found(api: ApiClient, http: httpx.AsyncClient, path: str) -> None:
    answer = await http.post(path, json=send_body(), headers={"authorization": f"Bearer {api.token}"})

    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"{nonsense", "application/json", 400),
        (b"[]", "application/json", 400),
    ],
)
async def test_a_body_must_be_a_json_object_and_say_so(
    api: ApiClient, http: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    headers = {"authorization": f"Bearer {api.token}", **({"content-type": content_type} if content_type else {})}

    answer = await http.post(
        "/us/conversation/v1/projects/demo-project/messages:send", content=content, headers=headers
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)


class TestRateLimit:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(project_rate_per_s=3)

    async def test_the_projects_rate_is_refused_with_resource_exhausted(self, api: ApiClient) -> None:
        answers = [await api.send() for _ in range(20)]

        refused = [answer for answer in answers if answer.status_code == 429]
        assert [answer.status_code for answer in answers[:3]] == [200] * 3
        assert refused
        assert refused[0].json()["error"]["status"] == "RESOURCE_EXHAUSTED"
