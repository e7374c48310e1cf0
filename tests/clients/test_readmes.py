"""Code in a client's README is code of its examples, which are compiled and run; a README may leave lines out."""

import re
from pathlib import Path

import pytest

from tests.clients.programs import CLIENTS

EXAMPLES = {
    "go": "examples/*/main.go",
    "java": "src/main/java/io/conversationgateway/examples/*.java",
    "node": "examples/*.ts",
}


def as_installed(path: Path) -> str:
    """An example's code as it is outside of this repository, where Node imports by the package's name."""
    code = path.read_text(encoding="utf-8").replace('"../src/index.js"', '"conversation-gateway-client"')
    return re.sub(r'"../src/gen/conversation_gateway/(.*).js"', r'"conversation-gateway-client/\1"', code)


def lines(code: str) -> list[str]:
    return [line.strip() for line in code.splitlines() if line.strip()]


def follows(block: list[str], program: list[str]) -> bool:
    """Whether every line of the block is in the program, in this order."""
    rest = iter(program)
    return all(line in rest for line in block)


@pytest.mark.parametrize("language", EXAMPLES)
def test_every_block_of_a_readme_is_in_an_example(language: str) -> None:
    folder = CLIENTS / language
    programs = [lines(as_installed(path)) for path in folder.glob(EXAMPLES[language])]
    blocks = re.findall(r"```(?:go|java|ts)\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)

    strangers = [block for block in blocks if not any(follows(lines(block), each) for each in programs)]

    assert len(blocks) >= 2
    assert strangers == []
