"""Who is on the list: by what recipients say, by what the API lists, and by which of them is newer."""

import pytest

from gateway.journeys.consents import LISTS, Consents, Word
from gateway.state.consents import KeptConsents, Scope

SCOPE = Scope("project", "app")
NUMBER = "46700000001"


def consents(most: int = 1000) -> Consents:
    kept = KeptConsents(key=b"k" * 32, epoch=b"", position=0, said={}, listed={}, refreshed_us={})
    return Consents(kept, most=most)


def word(
    at_us: int,
    *,
    out: bool = True,
    channel: str = "SMS",
    address: str = NUMBER,
    contact_id: str = "",
    scope: Scope = SCOPE,
) -> Word:
    return Word(scope=scope, channel=channel, address=address, contact_id=contact_id, out=out, at_us=at_us)


def is_out(them: Consents, address: str = NUMBER, *, channel: str = "SMS", content: str = "") -> bool:
    return them.opted_out(SCOPE, channel, address, content)


def refresh(them: Consents, began_us: int, **lists: list[str]) -> None:
    found: dict[bytes, int] = {}
    them.begin_refresh(SCOPE)
    for list_type, addresses in lists.items():
        them.found(SCOPE, found, list_type, addresses)
    them.finish_refresh(SCOPE, found, began_us=began_us)


def test_the_newest_word_counts_in_whatever_order_they_come() -> None:
    them = consents()

    for each in (word(30), word(20, out=False), word(10)):
        them.hear(each)

    assert is_out(them)


def test_of_two_words_at_one_time_the_later_told_counts() -> None:
    them = consents()

    them.hear(word(10))
    them.hear(word(10, out=False))

    assert not is_out(them)


def test_a_word_counts_for_its_app_only() -> None:
    them = consents()

    them.hear(word(10, scope=Scope("project", "other")))

    assert not is_out(them)


@pytest.mark.parametrize(("channel", "out"), [("SMS", True), ("MMS", True), ("WHATSAPP", False), ("NEW", False)])
def test_a_word_counts_on_its_channel_and_sms_is_mms(channel: str, out: bool) -> None:
    them = consents()

    them.hear(word(10))

    assert is_out(them, channel=channel) is out


@pytest.mark.parametrize(
    ("channels", "out"), [([], True), (["SMS"], True), (["WHATSAPP"], False), (["WHATSAPP", "MMS"], True)]
)
def test_a_contact_counts_on_the_channels_that_may_be_tried(channels: list[str], out: bool) -> None:
    them = consents()

    them.hear(word(10, address="", contact_id="C"))

    assert them.contact_opted_out(SCOPE, channels, "C") is out


@pytest.mark.parametrize(
    ("list_type", "content", "out"),
    [
        ("OPT_OUT_ALL", "", True),
        ("OPT_OUT_ALL", "CONTENT_MARKETING", True),
        ("OPT_OUT_MARKETING", "CONTENT_MARKETING", True),
        ("OPT_OUT_MARKETING", "CONTENT_NOTIFICATION", False),
        ("OPT_OUT_MARKETING", "CONTENT_UNKNOWN", False),
        ("OPT_OUT_NOTIFICATION", "CONTENT_NOTIFICATION", True),
    ],
)
def test_a_list_counts_for_its_content_on_every_channel(list_type: str, content: str, out: bool) -> None:
    them = consents()

    refresh(them, 10, **{list_type: [f"+{NUMBER}"]})

    assert is_out(them, content=content) is out
    assert is_out(them, content=content, channel="WHATSAPP") is out


def test_whoever_left_the_lists_is_free_but_not_of_what_they_said() -> None:
    them = consents()
    refresh(them, 10, OPT_OUT_ALL=[NUMBER, "46700000002"])
    them.hear(word(11))

    refresh(them, 20)

    assert is_out(them)
    assert not is_out(them, "46700000002")


def test_opting_in_leaves_the_list_of_everything_and_no_other() -> None:
    them = consents()
    refresh(them, 10, OPT_OUT_ALL=[NUMBER], OPT_OUT_MARKETING=[NUMBER])

    them.hear(word(11, out=False))

    assert not is_out(them)
    assert is_out(them, content="CONTENT_MARKETING")


def test_opting_in_is_older_than_a_list_that_was_read_after_it() -> None:
    them = consents()
    refresh(them, 20, OPT_OUT_ALL=[NUMBER])

    them.hear(word(11, out=False))

    assert is_out(them)


def test_opting_in_while_the_lists_are_read_outlives_what_was_read() -> None:
    them = consents()
    found: dict[bytes, int] = {}
    them.begin_refresh(SCOPE)
    them.found(SCOPE, found, "OPT_OUT_ALL", [NUMBER])

    them.hear(word(11, out=False))
    them.finish_refresh(SCOPE, found, began_us=10)

    assert not is_out(them)


def test_what_is_written_makes_the_same_list_again() -> None:
    them = consents()
    them.hear(word(10))
    refresh(them, 10, OPT_OUT_MARKETING=["46700000002"])

    changes = them.take_changes(epoch=b"e", position=7)
    listed: dict[Scope, dict[bytes, int]] = {}
    for (scope, digest), lists in changes.listed.items():
        listed.setdefault(scope, {})[digest] = lists
    kept = KeptConsents(
        key=b"k" * 32,
        epoch=changes.epoch,
        position=changes.position,
        said=dict(changes.said),
        listed=listed,
        refreshed_us=dict(changes.refreshed_us),
    )
    again = Consents(kept)

    assert is_out(again)
    assert is_out(again, "46700000002", content="CONTENT_MARKETING")
    assert again.refreshed_us(SCOPE) == 10
    assert not them.changed


def test_what_could_not_be_written_is_written_the_next_time() -> None:
    them = consents()
    them.hear(word(10))
    refresh(them, 10, OPT_OUT_ALL=[NUMBER])
    first = them.take_changes(epoch=b"e", position=7)

    them.put_back(first)

    assert them.take_changes(epoch=b"e", position=7) == first


def test_a_list_that_was_left_is_removed_from_disk() -> None:
    them = consents()
    refresh(them, 10, OPT_OUT_ALL=[NUMBER])
    them.take_changes(epoch=b"e", position=1)

    refresh(them, 20)

    assert list(them.take_changes(epoch=b"e", position=1).listed.values()) == [0]


def test_nobody_is_held_beyond_the_most_and_that_is_said() -> None:
    them = consents(most=1)
    them.hear(word(10))

    them.hear(word(10, address="46700000002"))

    assert them.full
    assert them.entry_count == 1


def test_lists_beyond_the_most_are_cut_and_that_is_said() -> None:
    them = consents(most=2)

    refresh(them, 10, OPT_OUT_ALL=["1", "2", "3"])

    assert them.full
    assert them.entry_count == 2


def test_an_old_word_to_opt_in_is_forgotten() -> None:
    them = consents()
    day_us = 86_400 * 10**6
    them.hear(word(day_us, out=False))
    them.hear(word(day_us, address="46700000002"))

    refresh(them, 9 * day_us)

    assert them.entry_count == 1
    assert is_out(them, "46700000002")


def test_the_lists_are_those_of_the_contract() -> None:
    assert set(LISTS) == {"OPT_OUT_ALL", "OPT_OUT_MARKETING", "OPT_OUT_NOTIFICATION"}
