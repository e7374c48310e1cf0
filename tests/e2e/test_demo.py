"""`conversation-gateway demo`, as the two processes it starts: what it prints is what the golden file says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def test_a_person_reads_the_same_in_words() -> None:
    run = demo()

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "9 sent, 9 read, one reply"
    assert "\x1b[" not in run.stdout
