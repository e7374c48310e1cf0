"""The signature check accepts what Sinch signs and nothing else."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.webhooks.signature import Verdict, verify
from tests.requirements import require

NOW_S = 1_760_000_100.0
DAY_S = 86_400.0

FACTS = Path(os.environ.get("CONVERSATION_API_FACTS", Path(__file__).parents[4] / "shared" / "api"))
VECTORS = FACTS / "webhook_signature_vectors.json"

BODY = b'{"app_id": "01APP",  "message": {"id": "01MSG", "text": "caf\xc3\xa9"}}\n'


def headers(
    body: bytes = BODY,
    *,
    secret: bytes = b"s3cret",
    nonce: bytes = b"01JC0000000000000000000001",
    timestamp: bytes = b"1760000000",
    algorithm: bytes | None = b"HmacSHA256",
) -> list[tuple[bytes, bytes]]:
    mac = hmac.new(secret, body + b"." + nonce + b"." + timestamp, hashlib.sha256).digest()
    found = [
        (b"x-sinch-webhook-signature", base64.b64encode(mac)),
        (b"x-sinch-webhook-signature-nonce", nonce),
        (b"x-sinch-webhook-signature-timestamp", timestamp),
    ]
    return found if algorithm is None else [*found, (b"x-sinch-webhook-signature-algorithm", algorithm)]


def judge(
    found: list[tuple[bytes, bytes]],
    body: bytes = BODY,
    *,
    secrets: tuple[bytes, ...] = (b"s3cret",),
    now_s: float = NOW_S,
    accept_missing_algorithm: bool = False,
) -> Verdict:
    return verify(
        found,
        body,
        secrets=secrets,
        now_s=now_s,
        window_s=3 * DAY_S,
        future_s=600.0,
        accept_missing_algorithm=accept_missing_algorithm,
    )


def replaced(name: bytes, value: bytes | None) -> list[tuple[bytes, bytes]]:
    kept = [header for header in headers() if header[0] != name]
    return kept if value is None else [*kept, (name, value)]


def official_vectors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text())["vectors"] if VECTORS.exists() else []
    return found or [{"name": "missing"}]


@pytest.mark.parametrize("vector", official_vectors(), ids=lambda vector: vector["name"])
def test_official_vectors_are_accepted(vector: dict[str, Any]) -> None:
    require(VECTORS.exists(), "the folder of API facts (CONVERSATION_API_FACTS)")
    found = [
        (b"x-sinch-webhook-signature", vector["signature"].encode()),
        (b"x-sinch-webhook-signature-nonce", vector["nonce"].encode()),
        (b"x-sinch-webhook-signature-timestamp", vector["timestamp"].encode()),
        (b"x-sinch-webhook-signature-algorithm", b"HmacSHA256"),
    ]

    verdict = judge(
        found, vector["body"].encode(), secrets=(vector["secret"].encode(),), now_s=float(vector["timestamp"]) + 60
    )

    assert verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("secret", "body", "signature"),
    [
        (b"one secret", b'{"app_id":"A"}', b"SlXI0/hR8vdYhADFXm2fQ4Vo8/VRnvuut+uxjg9O5Tg="),
        ("geheim-ß".encode(), '{ "text": "Grüße" }\n'.encode(), b"T/OB3GXPQ/SY+gIMwQY4ENjpEPPnwLzqZfduayWggAY="),
        (b"k", b"", b"8Tm9fkVisrnFWpnm8ONJd9ttbPL6s4EtkChHDS+D1Qw="),
    ],
    ids=["ascii", "utf-8 and a line end", "empty body"],
)
def test_signatures_computed_once_and_for_all_are_accepted(secret: bytes, body: bytes, signature: bytes) -> None:
    found = [
        (b"x-sinch-webhook-signature", signature),
        (b"x-sinch-webhook-signature-nonce", b"nonce-1"),
        (b"x-sinch-webhook-signature-timestamp", b"1760000000"),
        (b"x-sinch-webhook-signature-algorithm", b"HmacSHA256"),
    ]

    assert judge(found, body, secrets=(secret,)) is Verdict.ACCEPTED


def test_one_changed_byte_of_the_body_is_refused() -> None:
    verdicts = {judge(headers(), BODY[:i] + bytes([BODY[i] ^ 1]) + BODY[i + 1 :]) for i in range(len(BODY))}

    assert verdicts == {Verdict.BAD_SIGNATURE}


def test_the_same_json_printed_anew_is_refused() -> None:
    printed_anew = json.dumps(json.loads(BODY)).encode()

    assert judge(headers(), printed_anew) is Verdict.BAD_SIGNATURE


def test_nonce_and_timestamp_swapped_are_refused() -> None:
    found = headers()
    swapped = [found[0], (found[1][0], found[2][1]), (found[2][0], found[1][1]), found[3]]

    assert judge(swapped) is Verdict.BAD_SIGNATURE


def test_a_signature_without_its_padding_is_refused() -> None:
    unpadded = headers()[0][1].rstrip(b"=")

    assert judge(replaced(b"x-sinch-webhook-signature", unpadded)) is Verdict.BAD_SIGNATURE


def test_another_spelling_of_the_same_base64_is_refused() -> None:
    signature = headers()[0][1]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelled = signature[:42] + alphabet[alphabet.index(signature[42]) ^ 1 :][:1] + b"="
    same_bytes = base64.b64decode(respelled) == base64.b64decode(signature)

    verdict = judge(replaced(b"x-sinch-webhook-signature", respelled))

    assert same_bytes
    assert verdict is Verdict.BAD_SIGNATURE


def test_a_hex_digest_is_refused() -> None:
    digest = base64.b64decode(headers()[0][1]).hex().encode()

    assert judge(replaced(b"x-sinch-webhook-signature", digest)) is Verdict.BAD_SIGNATURE


@pytest.mark.parametrize("name", [name for name, _ in headers()], ids=lambda name: name.decode())
def test_every_header_has_to_be_there(name: bytes) -> None:
    assert judge(replaced(name, None)) is Verdict.MISSING_HEADER


def test_another_secret_is_refused() -> None:
    assert judge(headers(secret=b"guess")) is Verdict.BAD_SIGNATURE


def test_no_secret_accepts_nothing() -> None:
    assert judge(headers(secret=b""), secrets=()) is Verdict.BAD_SIGNATURE


def test_the_case_of_header_names_does_not_matter() -> None:
    shouted = [(name.upper(), value) for name, value in headers()]

    assert judge(shouted) is Verdict.ACCEPTED


@pytest.mark.parametrize("position", range(4))
def test_a_header_given_twice_is_refused(position: int) -> None:
    found = headers()

    assert judge([*found, (found[position][0].upper(), found[position][1])]) is Verdict.MALFORMED


def test_a_header_given_twice_is_refused_where_the_algorithm_may_be_missing() -> None:
    found = headers(algorithm=None)

    assert judge([*found, found[0]], accept_missing_algorithm=True) is Verdict.MALFORMED


def test_a_list_joined_with_a_comma_is_refused() -> None:
    signature = headers()[0][1]

    assert judge(replaced(b"x-sinch-webhook-signature", signature + b", " + signature)) is Verdict.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", [b"HmacSHA512", b"hmacsha256", b"none", b"", b"HmacSHA256, HmacSHA256"])
def test_the_sender_does_not_choose_the_algorithm(algorithm: bytes) -> None:
    assert judge(headers(algorithm=algorithm)) is Verdict.UNKNOWN_ALGORITHM


def test_a_missing_algorithm_is_accepted_only_when_configured() -> None:
    found = headers(algorithm=None)

    assert judge(found) is Verdict.MISSING_HEADER
    assert judge(found, accept_missing_algorithm=True) is Verdict.ACCEPTED
    assert judge(headers(algorithm=b"HmacSHA1"), accept_missing_algorithm=True) is Verdict.UNKNOWN_ALGORITHM


@pytest.mark.parametrize("signer", [b"old", b"new", b"app"])
def test_any_of_several_secrets_may_have_signed(signer: bytes) -> None:
    assert judge(headers(secret=signer), secrets=(b"old", b"new", b"app")) is Verdict.ACCEPTED


def test_every_secret_is_tried_whichever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    compare = hmac.compare_digest

    def counting(expected: bytes, found: bytes) -> bool:
        compared.append(expected)
        return compare(expected, found)

    monkeypatch.setattr("gateway.webhooks.signature.hmac.compare_digest", counting)

    judge(headers(secret=b"first"), secrets=(b"first", b"second", b"third"))

    assert len(compared) == 3


@pytest.mark.parametrize(
    ("age_s", "verdict"),
    [
        (0.0, Verdict.ACCEPTED),
        (3 * DAY_S, Verdict.ACCEPTED),
        (3 * DAY_S + 1, Verdict.STALE),
        (-600.0, Verdict.ACCEPTED),
        (-601.0, Verdict.STALE),
    ],
)
def test_a_signature_counts_inside_its_window_only(age_s: float, verdict: Verdict) -> None:
    assert judge(headers(timestamp=b"1760000000"), now_s=1_760_000_000 + age_s) is verdict


def test_a_stale_forgery_is_called_a_forgery() -> None:
    assert judge(headers(secret=b"guess", timestamp=b"1")) is Verdict.BAD_SIGNATURE


@pytest.mark.parametrize("timestamp", [b"1760000000123", b"2025-10-09T08:53:20Z", b"2025-10-09T10:53:20.5+02:00"])
def test_a_verified_sender_may_write_the_time_in_other_ways(timestamp: bytes) -> None:
    assert judge(headers(timestamp=timestamp)) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "timestamp", [b"", b"soon", b"9" * 17, b"9" * 5000, b"-1", b"\xff", b"0001-01-01T00:00:00+23:59"]
)
def test_a_time_that_is_none_is_refused(timestamp: bytes) -> None:
    assert judge(headers(timestamp=timestamp)) in {Verdict.MALFORMED, Verdict.STALE}


def test_the_end_of_a_body_cannot_be_moved_into_the_nonce() -> None:
    body = b'{"at":"08:53:19.5Z","id":"1"}'
    found = headers(body)
    cut, rest = body.split(b".")
    moved = [found[0], (found[1][0], rest + b"." + found[1][1]), found[2], found[3]]

    assert judge(found, body) is Verdict.ACCEPTED
    assert judge(moved, cut) is Verdict.MALFORMED
