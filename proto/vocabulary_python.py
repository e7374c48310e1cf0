"""Writes the Python client's constants from the vendor's vocabularies.

    python proto/vocabulary_python.py VOCABULARY MODULE

VOCABULARY is `vocabulary.json`, MODULE the Python file to write. The same input gives the same bytes, in the
formatter's own shape. Only published values become constants: the others are no values to send.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HEAD = '''\
"""The vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.

They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
the rest.
"""

from typing import Final
'''


def module(vocabularies: dict[str, dict[str, Any]]) -> str:
    """The whole module: a class per vocabulary, a constant per value."""
    return HEAD + "".join(block for name in sorted(vocabularies) for block in constants(name, vocabularies[name]))


def constants(name: str, vocabulary: dict[str, Any]) -> Iterator[str]:
    """One class, its values in their published order."""
    yield f'\n\nclass {name}:\n    """{vocabulary["description"]}"""\n\n'
    for value in vocabulary["values"]:
        yield f'    {constant(value)}: Final = "{value}"\n'


def constant(value: str) -> str:
    """The value as a constant is spelt."""
    return re.sub(r"\W", "_", value).upper()


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(module(json.loads(source.read_bytes())["vocabularies"]), encoding="utf-8")
