"""Helm itself, for `.venv-deploy/bin/python`: jobs as JSON on standard input, what became of each on standard output.

A job has `chart`, `values` and `lint`. Its answer has `files` by template name and the lint's messages, or the `error`.
"""

import json
import sys
from typing import Any

import helm_python


def main() -> None:
    """Render every job."""
    json.dump([_rendered(job) for job in json.load(sys.stdin)], sys.stdout)


def _rendered(job: dict[str, Any]) -> dict[str, Any]:
    try:
        lint = helm_python.lint(job["chart"], job["values"], strict=True) if job["lint"] else {}
        files = helm_python.Chart.load(job["chart"]).render(job["values"], name="gateway", namespace="messaging")
    except helm_python.HelmError as error:
        return {"error": str(error)}
    return {"files": files, "lint": lint}


if __name__ == "__main__":
    main()
