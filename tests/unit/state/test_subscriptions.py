import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import CallerError, StoreError
from gateway.state.log import EventLog, Keep
from gateway.state.subscriptions import NewSubscription, Subscription
from tests.unit.state.sample import PROJECT, append_all, opened_log


async def test_a_new_subscription_begins_where_it_is_told_to(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 10)
        await log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=6), held=Keep(age_s=1, size_bytes=1, count=1))

        earliest = await _acquire(log, "a", new="earliest")
        latest = await _acquire(log, "b", new="latest")

    assert (earliest.position, earliest.mark) == (4, log.head.trimmed_mark)
    assert (latest.position, latest.mark) == (10, log.tail.mark)


async def test_an_unknown_subscription_is_not_created_against_the_callers_will(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        with pytest.raises(CallerError) as refusal:
            await _acquire(log, "a", new="fail")

        assert refusal.value.reason == "SUBSCRIPTION_NOT_FOUND"
        assert await _subscriptions(log) == []


async def test_every_consumer_gets_a_higher_fence_than_the_last(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        fences = [(await _acquire(log, "a")).fence for _ in range(2)]

    async with opened_log(path) as log:
        fences.append((await _acquire(log, "a", new="fail")).fence)

    assert 0 < fences[0] < fences[1] < fences[2]


async def test_a_commit_moves_forward_and_never_back(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 10)

        positions = [(await _commit(log, "a", position)).position for position in (4, 7, 5, 7)]

    assert positions == [4, 7, 7, 7]


async def test_a_commit_moves_back_where_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 10)
        await _commit(log, "a", 7)
        answered = (await _commit(log, "a", 3, back=True)).position

    async with opened_log(path) as log:
        [kept] = [each.position for each in await _subscriptions(log)]
        onward = [(await _commit(log, "a", position)).position for position in (2, 4)]

    assert (answered, kept, onward) == (3, 3, [3, 4])


async def test_a_former_consumer_cannot_move_anything_back(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)
        former = await _acquire(log, "a")
        await _commit(log, "a", 3, fence=(await _acquire(log, "a")).fence)

        with pytest.raises(CallerError) as refusal:
            await _commit(log, "a", 1, fence=former.fence, back=True)
        [found] = await _subscriptions(log)

    assert (refusal.value.reason, found.position) == ("FENCED", 3)


async def test_a_commit_creates_what_does_not_exist(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)
        await _commit(log, "a", 0)
        await _commit(log, "b", 2)

        found = await _subscriptions(log)

    assert [(each.name, each.position, each.fence) for each in found] == [("a", 0, 0), ("b", 2, 0)]


async def test_a_former_consumer_cannot_commit(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)
        former, current = await _acquire(log, "a"), await _acquire(log, "a")

        with pytest.raises(CallerError) as refusal:
            await _commit(log, "a", 3, fence=former.fence)
        committed = await _commit(log, "a", 2, fence=current.fence)

    assert refusal.value.reason == "FENCED"
    assert committed.position == 2


async def test_a_fence_of_a_subscription_that_is_gone_is_refused(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        with pytest.raises(CallerError) as refusal:
            await _commit(log, "a", 0, fence=3)

    assert refusal.value.reason == "FENCED"


async def test_subscriptions_of_two_projects_do_not_meet(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)
        await _commit(log, "a", 2)
        await _commit(log, "a", 1, project_id="project-2")

        found = await _subscriptions(log, "project-2")

    assert [each.position for each in found] == [1]


async def test_a_project_has_as_many_subscriptions_as_it_may_and_those_stay_usable(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await append_all(log, 3)
        await _commit(log, "a", 1, most=2)
        await _acquire(log, "b", most=2)

        with pytest.raises(CallerError) as acquired:
            await _acquire(log, "c", most=2)
        with pytest.raises(CallerError) as committed:
            await _commit(log, "c", 1, most=2)
        # Fewer are allowed now than there are.
        used = [(await _acquire(log, "a", most=1)).position, (await _commit(log, "b", 3, most=1)).position]
        found = await _subscriptions(log)

    refusals = [acquired.value, committed.value]
    assert [(each.reason, each.code.name) for each in refusals] == [
        ("TOO_MANY_SUBSCRIPTIONS", "RESOURCE_EXHAUSTED")
    ] * 2
    assert {each.retry_after_s for each in refusals} == {None}
    assert used == [1, 3]
    assert [each.name for each in found] == ["a", "b"]


async def test_only_as_many_of_those_that_come_at_once_are_created_as_may_be(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        wishes = [_acquire(log, f"worker-{number}", most=5) for number in range(20)]
        outcomes = await asyncio.gather(*wishes, return_exceptions=True)
        found = await _subscriptions(log)

    assert sum(isinstance(outcome, Subscription) for outcome in outcomes) == 5
    assert len(found) == 5


async def test_another_project_has_a_number_of_its_own(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await _commit(log, "a", 0, most=1)
        await _commit(log, "a", 0, most=1, project_id=f"{PROJECT}-2")
        await _commit(log, "a", 0, most=1, project_id=f"{PROJECT}:2")

        with pytest.raises(CallerError) as refusal:
            await _commit(log, "b", 0, most=1)

    assert refusal.value.reason == "TOO_MANY_SUBSCRIPTIONS"


async def test_a_deleted_subscription_makes_room_and_is_gone_for_good(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await _commit(log, "a", 0, most=1)
        await log.delete_subscription(project_id=PROJECT, name="a")
        await _commit(log, "b", 0, most=1)

    async with opened_log(path) as log:
        found = await _subscriptions(log)
        nameless = await _subscriptions(log, "")

    assert [each.name for each in found] == ["b"]
    assert nameless == []


async def test_only_a_subscription_that_is_there_can_be_deleted(tmp_path: Path) -> None:
    async with opened_log(tmp_path / "log.db") as log:
        await _commit(log, "a", 0, project_id="project-2")
        with pytest.raises(CallerError) as refusal:
            await log.delete_subscription(project_id=PROJECT, name="a")
        found = await _subscriptions(log, "project-2")

    assert (refusal.value.reason, refusal.value.code.name) == ("SUBSCRIPTION_NOT_FOUND", "NOT_FOUND")
    assert (refusal.value.metadata["resource_type"], refusal.value.metadata["resource_name"]) == ("subscription", "a")
    assert [each.name for each in found] == ["a"]


async def test_a_consumer_of_a_deleted_subscription_cannot_commit_to_the_next_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 3)
        former = await _acquire(log, "a")
        above = await log.delete_subscription(project_id=PROJECT, name="a")
        with pytest.raises(CallerError) as gone:
            await _commit(log, "a", 1, fence=former.fence)

    async with opened_log(path) as log:
        created = await _commit(log, "a", 2)
        current = await _acquire(log, "a")
        with pytest.raises(CallerError) as another:
            await _commit(log, "a", 3, fence=former.fence)
        await log.delete_subscription(project_id=PROJECT, name="a")
        last = await _acquire(log, "a")

    assert (gone.value.reason, another.value.reason) == ("FENCED", "FENCED")
    assert former.fence < above <= created.fence < current.fence < last.fence
    assert last.position == 0


@pytest.mark.embedded
async def test_a_position_that_was_tampered_with_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, 10)
        await _commit(log, "a", 2)
        epoch = log.epoch
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE subscriptions SET position = 9")

    async with opened_log(path) as log:
        with pytest.raises(StoreError):
            await _acquire(log, "a")
    assert log.epoch != epoch


async def _acquire(log: EventLog, name: str, *, new: NewSubscription = "earliest", most: int = 1000) -> Subscription:
    return await log.acquire(project_id=PROJECT, name=name, new=new, most=most)


async def _commit(
    log: EventLog,
    name: str,
    position: int,
    *,
    fence: int = 0,
    project_id: str = PROJECT,
    back: bool = False,
    most: int = 1000,
) -> Subscription:
    return await log.commit(
        project_id=project_id, name=name, position=position, mark=0, fence=fence, back=back, most=most
    )


async def _subscriptions(log: EventLog, project_id: str = PROJECT) -> list[Subscription]:
    return [subscription for subscription, _ in (await log.read_overview(project_id)).subscriptions]
