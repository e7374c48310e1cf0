"""`buf` finds nothing to say about the contract."""

import re
from pathlib import Path

import pytest

from tests.contract.contract import MESSAGES, METHODS, ROOT, SERVICES, SOURCES, buf


@pytest.mark.usefixtures("workspace")
def test_lint_is_clean() -> None:
    result = buf("lint")

    assert result.stdout + result.stderr == ""
    assert result.returncode == 0


@pytest.mark.usefixtures("workspace")
def test_files_are_formatted() -> None:
    result = buf("format", "--diff", "--exit-code", "--path", "proto/conversation_gateway")

    assert result.stdout == ""
    assert result.returncode == 0


def test_two_names_only_are_not_snake_case_as_the_api_spells_them_so() -> None:
    names = [field.name for message in MESSAGES.values() for field in message.fields]

    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == [
        "metadataKey",
        "metadataValue",
    ]


def test_every_lint_exception_has_its_reason_above_it() -> None:
    lines = (ROOT / "buf.yaml").read_text(encoding="utf-8").splitlines()

    exceptions = [number for number, line in enumerate(lines) if re.fullmatch(r"    [A-Z_]+:", line)]

    assert len(exceptions) == 1
    assert all(lines[number - 1].strip().startswith("# ") for number in exceptions)
    assert "  disallow_comment_ignores: true" in lines


def test_the_package_is_versioned_and_matches_its_folder() -> None:
    packages = {
        re.findall(r"^package (.*);", p.read_text(encoding="utf-8"), re.MULTILINE)[0] for p in SOURCES.iterdir()
    }

    assert packages == {".".join(SOURCES.parts[-2:])}
    assert re.fullmatch(r"v\d+", SOURCES.name)


def test_language_options_agree_in_all_files() -> None:
    options = {
        tuple(line for line in options_of(path) if "java_outer_classname" not in line) for path in SOURCES.iterdir()
    }

    assert len(options) == 1
    assert {line.split()[1] for line in options.pop()} == {"go_package", "java_multiple_files", "java_package"}


def options_of(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("option ")]


def test_no_file_is_called_in_java_like_a_message_of_another() -> None:
    """protoc looks for that inside one file only, and then writes two classes of one name."""
    clashes = [
        file.name
        for file in {message.file.name: message.file for message in MESSAGES.values()}.values()
        for name in [file.GetOptions().java_outer_classname or camel_case(Path(file.name).stem)]
        if name in MESSAGES and MESSAGES[name].file.name != file.name
    ]

    assert clashes == []


def camel_case(snake_case: str) -> str:
    return "".join(word.capitalize() for word in snake_case.split("_"))


def test_requests_and_responses_are_named_for_their_method_and_used_by_it_alone() -> None:
    used = [m.input_type.name for m in METHODS] + [m.output_type.name for m in METHODS]

    assert len(used) == len(set(used))
    assert all(m.input_type.name == f"{m.name}Request" for m in METHODS)
    assert all(m.output_type.name == f"{m.name}Response" for m in METHODS)
    assert all(service.name.endswith("Service") for service in SERVICES)
