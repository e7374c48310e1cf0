"""Writes each client's constants from the vendor's vocabularies.

    python proto/vocabulary.py VOCABULARY ROOT

VOCABULARY is `vocabulary.json`, ROOT the repository to write into. The same input gives the same bytes, in the
formatter's own shape. Only published values become constants: the others are no values to send.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Said at the top of every file, in the language's kind of comment.
ABOUT = """\
The vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.

They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
the rest.
"""

Vocabularies = dict[str, dict[str, Any]]


def python(vocabularies: Vocabularies) -> Iterator[str]:
    """A module with a class per vocabulary."""
    yield f'"""{ABOUT}"""\n\nfrom typing import Final\n'
    for name, vocabulary in vocabularies.items():
        yield f'\n\nclass {name}:\n    """{vocabulary["description"]}"""\n\n'
        for value in vocabulary["values"]:
            yield f'    {constant(value)}: Final = "{value}"\n'


def go(vocabularies: Vocabularies) -> Iterator[str]:
    """A package with a group of constants per vocabulary, named as protoc-gen-go names values of an enum."""
    yield "// Code generated from proto/vocabulary.json by make proto. DO NOT EDIT.\n\n"
    yield commented("// ", f"Package vocabulary holds the {ABOUT.removeprefix('The ')}") + "package vocabulary\n"
    for name, vocabulary in vocabularies.items():
        yield f"\n// {name}: {vocabulary['description']}\nconst (\n"
        names = {value: f"{name}_{constant(value)}" for value in vocabulary["values"]}
        width = max(map(len, names.values()))
        for value, spelt in names.items():
            yield f'\t{spelt:<{width}} = "{value}"\n'
        yield ")\n"


def typescript(vocabularies: Vocabularies) -> Iterator[str]:
    """A module with an object per vocabulary."""
    yield f"/*\n{commented(' * ', ABOUT)} */\n"
    for name, vocabulary in vocabularies.items():
        yield f"\n/** {vocabulary['description']} */\nexport const {name} = {{\n"
        for value in vocabulary["values"]:
            yield f'  {constant(value)}: "{value}",\n'
        yield "} as const;\n"


def java(vocabularies: Vocabularies) -> Iterator[str]:
    """A class with a class of constants per vocabulary."""
    yield f"package io.conversationgateway;\n\n/**\n{commented(' * ', ABOUT)} */\npublic final class Vocabulary {{\n"
    yield "  private Vocabulary() {}\n"
    for name, vocabulary in vocabularies.items():
        yield f"\n  /** {vocabulary['description']} */\n  public static final class {name} {{\n"
        yield f"    private {name}() {{}}\n\n"
        for value in vocabulary["values"]:
            yield f'    public static final String {constant(value)} = "{value}";\n'
        yield "  }\n"
    yield "}\n"


def constant(value: str) -> str:
    """The value as a constant is spelt."""
    return re.sub(r"\W", "_", value).upper()


def commented(mark: str, text: str) -> str:
    """The text as a comment."""
    return "".join((mark + line).rstrip() + "\n" for line in text.splitlines())


FILES: dict[str, Callable[[Vocabularies], Iterator[str]]] = {
    "clients/python/conversation_gateway/vocabulary.py": python,
    "clients/go/vocabulary/vocabulary.go": go,
    "clients/node/src/vocabulary.ts": typescript,
    "clients/java/src/main/java/io/conversationgateway/Vocabulary.java": java,
}

if __name__ == "__main__":
    source, root = map(Path, sys.argv[1:])
    listed = json.loads(source.read_bytes())["vocabularies"]
    for path, written in FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(written({name: listed[name] for name in sorted(listed)})), encoding="utf-8")
