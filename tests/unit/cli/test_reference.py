"""The pages made from the code are those that the code would make now."""

from pathlib import Path

from click.testing import CliRunner

from gateway import __version__
from gateway.cli import main, metrics_reference
from gateway.cli.reference import reference

REPOSITORY = Path(__file__).parents[3]


def test_the_settings_reference_is_fresh() -> None:
    assert (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8") == reference()


def test_the_metrics_reference_is_fresh() -> None:
    assert (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_reference.reference()


def test_no_secret_has_a_flag() -> None:
    help_text = CliRunner().invoke(main, ["serve", "--help"]).output

    assert "secret" not in "".join(line for line in help_text.splitlines() if line.strip().startswith("--"))


def test_the_version_is_that_of_the_package() -> None:
    assert __version__ in CliRunner().invoke(main, ["--version"]).output
