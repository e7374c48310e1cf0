import sysconfig

import pytest

from bench.sends import doubts_about_libraries


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [("'--enable-shared'", True), ("'--enable-optimizations' '--with-lto'", False), (None, False)],
)
def test_a_python_without_its_optimisations_is_named(
    monkeypatch: pytest.MonkeyPatch, arguments: str | None, *, warned: bool
) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"CONFIG_ARGS": arguments}.get)

    assert any("--enable-optimizations" in line for line in doubts_about_libraries()) is warned
