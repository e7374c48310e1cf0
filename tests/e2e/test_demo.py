"""`conversation-gateway demo`, as the two processes it starts: what it prints is what the golden file says."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.demo import Progress

GOLDEN = Path(__file__).with_name("demo.golden.jsonl")


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "gateway.cli", "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def told(output: str) -> list[dict[str, Any]]:
    """What the lines say, without what differs from run to run: ids, ports, and the order in which things come back."""
    lines = [json.loads(line) for line in output.splitlines()]
    volatile = {"message_id", "simulator", "grpc", "webhooks"}
    plain = [{key: value for key, value in line.items() if key not in volatile} for line in lines]
    return sorted(plain, key=lambda line: json.dumps(line, sort_keys=True))


def test_every_message_is_read_and_the_reply_comes_back() -> None:
    run = demo("--output", "json")

    golden = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    assert run.returncode == 0, run.stderr
    assert told(run.stdout) == golden


def is_open(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def doors(started: dict[str, Any]) -> list[str]:
    return [started["simulator"].removeprefix("http://"), started["grpc"], started["webhooks"]]


def test_nothing_is_left_running_when_it_ends() -> None:
    run = demo("--output", "json")

    addresses = doors(json.loads(run.stdout.splitlines()[0]))
    assert [address for address in addresses if is_open(address)] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_fails_and_leaves_nothing_running(number: signal.Signals) -> None:
    command = [sys.executable, "-P", "-m", "gateway.cli", "demo", "--output", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        process.send_signal(number)
        process.stdout.read()
        code = process.wait(60)

    assert code == 1
    assert [address for address in doors(started) if is_open(address)] == []


@pytest.mark.parametrize(
    ("read", "replied", "complete"),
    [
        (set("abcdefghi"), True, True),
        (set("abcdefgh"), True, False),
        (set("abcdefghi"), False, False),
        (set(), True, False),
    ],
)
def test_only_nine_read_messages_and_a_reply_are_a_success(read: set[str], replied: bool, complete: bool) -> None:
    progress = Progress(types=dict.fromkeys("abcdefghi", "text_message"), read=read, replied=replied)

    assert progress.complete is complete


def test_a_person_reads_the_same_in_words() -> None:
    run = demo()

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "9 sent, 9 read, one reply"
    assert "\x1b[" not in run.stdout
