"""Reading settings: every mistake of every field at once, in words that name no value."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

import pytest

from gateway.settings import Invalid, Secret, Table, fields_of
from gateway.settings.fields import declare
from gateway.settings.reading import read_table, read_value
from gateway.settings.values import Digests, Hosts, Secrets, SomeText

NO_NUMBER = "must be a number"
NO_INTEGER = "must be a whole number"
NO_BOOLEAN = "must be true or false"
NO_DIGEST = "String should match pattern '^[0-9a-fA-F]{64}$'"


@dataclass(frozen=True, kw_only=True)
class Shelf(Table):
    """A table in a table."""

    name: SomeText = declare("Its name.")
    room: float | None = declare("Part of it that is free.", None, ge=0, lt=1)


@dataclass(frozen=True, kw_only=True)
class Shop(Table):
    """A table."""

    region: Literal["us", "eu", "br"] = declare("Where it is.", "us")
    count: int = declare("How many there are.", 1, ge=1, le=5)
    key: Secret = declare("What opens it.", Secret(""))
    shelves: tuple[Shelf, ...] = declare("What is in it.", ())

    def __post_init__(self) -> None:
        """Refuse one that has fewer shelves than it says."""
        if 0 < len(self.shelves) < self.count:
            raise ValueError("has shelves missing")


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (str, " as it is ", " as it is "),
        (int, " +1_000\n", 1000),
        (int, "5.0", 5),
        (int, 5, 5),
        (float, ".5", 0.5),
        (float, "1e2", 100.0),
        (float, 5, 5.0),
        (bool, "ON", True),
        (bool, "f", False),
        (bool, False, False),
        (Hosts, "A.example, b.example,", ("a.example", "b.example")),
        (Hosts, ["A.example"], ("a.example",)),
        (tuple[int, ...], ["1", 2], (1, 2)),
        (Literal["a", "b"], "b", "b"),
        (datetime | None, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (Secrets, "one,two", (Secret("one"), Secret("two"))),
    ],
)
def test_a_value_is_read_as_its_kind(kind: object, given: object, value: object) -> None:
    read = read_value(kind, given)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (str, 5, "must be text"),
        (int, "5.5", NO_INTEGER),
        (int, "1e3", NO_INTEGER),
        (int, "\u0663", NO_INTEGER),
        (int, "9" * 5000, NO_INTEGER),
        (float, "fast", NO_NUMBER),
        (float, "\u0663", NO_NUMBER),
        (bool, " true", NO_BOOLEAN),
        (bool, "canary", NO_BOOLEAN),
        (Literal["us", "eu", "br"], "canary", "must be 'us', 'eu' or 'br'"),
        (tuple[str, ...], "canary", "must be a list"),
        (datetime, "canary", "must be an instant, as 2026-01-31T12:00:00Z"),
        (Digests, f"{'a' * 64}\n", NO_DIGEST),
        (Digests, f"{'a' * 64},canary", NO_DIGEST),
        (Secrets, ["canary", ""], "one of the secrets is empty: give each its text, or leave it out"),
    ],
)
def test_a_value_of_another_kind_is_told_without_being_quoted(kind: object, given: object, said: str) -> None:
    given = [given] if kind is Digests and str(given).endswith("\n") else given

    with pytest.raises(ValueError, match=r".") as caught:
        read_value(kind, given)

    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"count": "0"}, "must be at least 1"),
        ({"count": 6}, "must be at most 5"),
        ({"shelves": [{"name": "a", "room": "nan"}]}, "must be less than 1"),
        ({"shelves": [{"name": "a", "room": -0.1}]}, "must be at least 0"),
    ],
)
def test_a_number_keeps_to_the_limits_of_its_field(values: dict[str, object], said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_table(Shop, values)

    assert str(caught.value) == said


def test_every_mistake_is_told_with_its_place_in_the_order_of_the_fields() -> None:
    shelves = [{"name": "", "room": "x"}, {}, {"name": "fine"}]

    with pytest.raises(Invalid) as caught:
        read_table(Shop, {"shelves": shelves, "count": "many", "region": "moon"})

    assert caught.value.mistakes == [
        (("region",), "must be 'us', 'eu' or 'br'"),
        (("count",), NO_INTEGER),
        (("shelves", 0, "name"), "is missing"),
        (("shelves", 0, "room"), NO_NUMBER),
        (("shelves", 1, "name"), "is missing"),
    ]


def test_what_only_the_whole_table_shows_to_be_wrong_is_told_of_the_table() -> None:
    with pytest.raises(Invalid) as caught:
        read_table(Shop, {"count": 2, "shelves": [{"name": "a"}]})

    assert caught.value.mistakes == [((), "has shelves missing")]


def test_what_is_not_given_is_its_default() -> None:
    assert read_table(Shop, {"region": None, "unknown": 1}) == Shop()
    assert [name for name, field in fields_of(Shelf).items() if field.required] == ["name"]


def test_a_secret_is_shown_by_nothing_that_holds_it() -> None:
    shop = read_table(Shop, {"key": "canary"})

    assert shop.key.get_secret_value() == "canary"
    assert "canary" not in f"{shop} {shop!r} {shop.key} {asdict(shop)}"
    assert shop == Shop(key=Secret("canary"))
    assert shop != Shop(key=Secret("other"))
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
