"""A write that is asked for twice is sent once, and whoever asks is told the truth."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway.deadline import Deadline
from gateway.errors import CallerError, GatewayError, LimitError, StoreError, Violation
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.upstream.outcome import Outcome
from gateway.upstream.request_ids import LINGER_S, MAX_KEPT_BYTES, Dispatch, Dispatching, RequestIds
from tests.unit.upstream.request_ids_stage import Api, FailingStore, HeldClock, key, outcome_unknown, refused

DAY_S = 24 * 60 * 60


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def store(tmp_path: Path, clock: HeldClock) -> AsyncIterator[FailingStore]:
    opened = await SqliteRequestStore.open(tmp_path / "requests.db", clock=clock)
    yield FailingStore(opened)
    await opened.close()


@pytest.fixture
async def ids(store: FailingStore, clock: HeldClock) -> AsyncIterator[RequestIds]:
    opened = RequestIds(store=store, clock=clock)
    yield opened
    await opened.close(Deadline.after(0, clock))


async def start(ids: RequestIds, api: Api, request_id: str = "id-1") -> asyncio.Task[Outcome]:
    """A call whose request is out, its answer still to come."""
    call = asyncio.create_task(ids.run(key(request_id), api.dispatch))
    await api.sent.wait()
    return call


async def cancel(call: asyncio.Task[Outcome]) -> None:
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def failing_before_dispatch(error: Exception) -> Dispatch:
    async def dispatch(_dispatching: Dispatching) -> bytes:
        raise error

    return dispatch


async def test_a_call_is_answered_with_what_the_api_said(ids: RequestIds) -> None:
    api = Api().answer(b"first")

    outcome = await ids.run(key(), api.dispatch)

    assert outcome == Outcome(response=b"first")


async def test_a_repeat_is_given_the_first_answer_and_sends_nothing(ids: RequestIds) -> None:
    await ids.run(key(), Api().answer(b"first").dispatch)
    repeat = Api().answer(b"second")

    outcome = await ids.run(key(), repeat.dispatch)

    assert outcome == Outcome(response=b"first", replayed=True)
    assert repeat.sent_count == 0


async def test_an_empty_answer_is_an_answer_too(ids: RequestIds) -> None:
    await ids.run(key(), Api().answer(b"").dispatch)

    outcome = await ids.run(key(), Api().dispatch)

    assert outcome == Outcome(response=b"", replayed=True)


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_a_permanent_refusal_is_replayed(ids: RequestIds, status: int) -> None:
    await ids.run(key(), Api().fail(refused(status)).dispatch)
    repeat = Api()

    outcome = await ids.run(key(), repeat.dispatch)

    assert outcome.error is not None
    assert outcome.error.metadata == {"http_status": str(status)}
    assert (outcome.replayed, repeat.sent_count) == (True, 0)


async def test_a_replayed_refusal_says_everything_the_first_one_said(ids: RequestIds) -> None:
    error = refused(400)
    error.violations = (Violation(field="message.text", description="is too long"),)
    error.upstream_text = "+46700000000 is no number"
    await ids.run(key(), Api().fail(error).dispatch)

    replayed = (await ids.run(key(), Api().dispatch)).error

    assert replayed is not None
    assert type(replayed) is type(error)
    assert (replayed.message, replayed.reason, replayed.code) == (error.message, error.reason, error.code)
    assert (replayed.violations, replayed.retry_after_s) == (error.violations, None)


@pytest.mark.parametrize("status", [402, 413, 429])
async def test_a_refusal_that_need_not_last_releases_the_id(ids: RequestIds, status: int) -> None:
    first = await ids.run(key(), Api().fail(refused(status)).dispatch)
    repeat = Api().answer(b"second")

    second = await ids.run(key(), repeat.dispatch)

    assert first.error is not None
    assert second == Outcome(response=b"second")


async def test_a_failure_that_asks_for_a_retry_lets_the_retry_through(ids: RequestIds) -> None:
    await ids.run(key(), Api().fail(refused(503, retry_after_s=1.0)).dispatch)

    second = await ids.run(key(), Api().answer(b"second").dispatch)

    assert second == Outcome(response=b"second")


async def test_a_permanent_refusal_of_a_harmless_attempt_is_replayed_too(ids: RequestIds) -> None:
    async def refused_and_cleared(dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        dispatching.clear()
        raise refused(404)

    await ids.run(key(), refused_and_cleared)

    repeat = await ids.run(key(), Api().dispatch)
    assert repeat.error is not None
    assert repeat.replayed


@pytest.mark.parametrize(("cleared", "answer"), [(True, None), (False, "OUTCOME_UNKNOWN")])
async def test_refused_credentials_of_the_gateway_say_nothing_about_the_request(
    ids: RequestIds, answer: str | None, *, cleared: bool
) -> None:
    async def token_refused(dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        if cleared:
            dispatching.clear()
        error = refused(403)
        error.reason = "UPSTREAM_CREDENTIALS"
        raise error

    await ids.run(key(), token_refused)

    repeat = await ids.run(key(), Api().answer(b"second").dispatch)
    assert (repeat.error.reason if repeat.error else None) == answer


async def test_refused_credentials_before_dispatch_release_the_id(ids: RequestIds) -> None:
    await ids.run(key(), failing_before_dispatch(refused(403)))

    assert await ids.run(key(), Api().answer(b"second").dispatch) == Outcome(response=b"second")


async def test_a_failure_before_dispatch_releases_the_id(ids: RequestIds) -> None:
    limited = LimitError("full", reason="QUEUE_FULL", code=grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after_s=1.0)
    first = await ids.run(key(), failing_before_dispatch(limited))

    second = await ids.run(key(), Api().answer(b"second").dispatch)

    assert first == Outcome(error=limited)
    assert second == Outcome(response=b"second")


async def test_a_bug_before_dispatch_is_passed_on_and_releases_the_id(ids: RequestIds) -> None:
    with pytest.raises(ZeroDivisionError):
        await ids.run(key(), failing_before_dispatch(ZeroDivisionError()))

    second = await ids.run(key(), Api().answer(b"second").dispatch)

    assert second == Outcome(response=b"second")


async def test_a_failure_that_proves_nothing_was_sent_releases_the_id(ids: RequestIds) -> None:
    async def never_connected(dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        dispatching.clear()
        raise StoreError.unavailable("any error at all")

    await ids.run(key(), never_connected)

    second = await ids.run(key(), Api().answer(b"second").dispatch)

    assert second == Outcome(response=b"second")


@pytest.mark.parametrize("status", [200, 302, 500, 502, 503, 504])
async def test_any_other_failure_leaves_the_outcome_unknown(ids: RequestIds, status: int) -> None:
    await ids.run(key(), Api().fail(refused(status)).dispatch)
    repeat = Api()

    outcome = await ids.run(key(), repeat.dispatch)

    assert outcome.error is not None
    assert (outcome.error.reason, outcome.error.code) == ("OUTCOME_UNKNOWN", grpc.StatusCode.UNKNOWN)
    assert outcome.error.metadata == {"request_state": "unknown"}
    assert outcome.error.retry_after_s is None
    assert (outcome.replayed, repeat.sent_count) == (True, 0)


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        LimitError("full", reason="QUEUE_FULL", code=grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after_s=1.0),
    ],
)
async def test_an_error_of_our_own_proves_nothing_about_what_was_sent(ids: RequestIds, error: Exception) -> None:
    first = asyncio.create_task(ids.run(key(), Api().fail(error).dispatch))
    await asyncio.wait({first})
    repeat = Api()

    outcome = await ids.run(key(), repeat.dispatch)

    assert outcome.error is not None
    assert outcome.error.reason == "OUTCOME_UNKNOWN"
    assert repeat.sent_count == 0
    assert isinstance(first.exception() or first.result().error, type(error))


async def test_the_same_id_for_another_request_is_refused(ids: RequestIds) -> None:
    await ids.run(key(body=b'{"a":1}'), Api().answer(b"first").dispatch)
    other = Api()

    with pytest.raises(CallerError) as refusal:
        await ids.run(key(body=b'{"a":2}'), other.dispatch)

    assert (refusal.value.reason, refusal.value.code) == ("REQUEST_ID_REUSED", grpc.StatusCode.ALREADY_EXISTS)
    assert other.sent_count == 0


async def test_the_same_id_for_another_request_is_refused_while_the_first_is_under_way(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)

    with pytest.raises(CallerError) as refusal:
        await ids.run(key(body=b'{"other":true}'), Api().dispatch)

    assert refusal.value.reason == "REQUEST_ID_REUSED"
    assert not call.done()


async def test_a_repeat_is_not_refused_because_a_misuse_of_its_id_came_at_the_same_time(
    ids: RequestIds, store: FailingStore
) -> None:
    await ids.run(key(), Api().answer(b"first").dispatch)
    store.held["reserve"] = asyncio.Event()
    misuse = asyncio.create_task(ids.run(key(body=b'{"other":true}'), Api().dispatch))
    await store.reached.wait()
    repeat = asyncio.create_task(ids.run(key(), Api().dispatch))

    store.held["reserve"].set()

    assert await repeat == Outcome(response=b"first", replayed=True)
    with pytest.raises(CallerError):
        await misuse


async def test_another_request_that_comes_in_the_instant_the_first_ends_is_refused(
    ids: RequestIds, store: FailingStore
) -> None:
    store.held["conclude"] = asyncio.Event()
    call = asyncio.create_task(ids.run(key(), Api().answer(b"first").dispatch))
    await store.reached.wait()

    async def other() -> Outcome:
        # Woken right after the call, and before anybody who watches it.
        await store.held["conclude"].wait()
        return await ids.run(key(body=b'{"other":true}'), Api().dispatch)

    misuse = asyncio.create_task(other())
    await asyncio.sleep(0)
    store.held["conclude"].set()

    with pytest.raises(CallerError):
        await misuse
    assert await call == Outcome(response=b"first")


async def test_projects_do_not_share_ids(ids: RequestIds) -> None:
    await ids.run(key(project_id="one"), Api().answer(b"first").dispatch)

    outcome = await ids.run(key(project_id="two"), Api().answer(b"second").dispatch)

    assert outcome == Outcome(response=b"second")


async def test_who_asks_while_the_call_is_under_way_shares_its_outcome(ids: RequestIds) -> None:
    api, late = Api(), Api()
    call = await start(ids, api)
    joiners = [asyncio.create_task(ids.run(key(), late.dispatch)) for _ in range(3)]

    api.answer(b"first")

    assert await call == Outcome(response=b"first")
    assert await asyncio.gather(*joiners) == [Outcome(response=b"first", replayed=True)] * 3
    assert (api.sent_count, late.sent_count) == (1, 0)


async def test_a_joiner_that_gives_up_leaves_the_call_alone(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    joiner = asyncio.create_task(ids.run(key(), Api().dispatch))
    await asyncio.sleep(0)

    await cancel(joiner)

    api.answer(b"first")
    assert await call == Outcome(response=b"first")


async def test_a_call_given_up_before_dispatch_ends_at_once_and_releases_the_id(ids: RequestIds) -> None:
    waiting, ended = asyncio.Event(), asyncio.Event()

    async def queued(_dispatching: Dispatching) -> bytes:
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return b""

    call = asyncio.create_task(ids.run(key(), queued))
    await waiting.wait()

    await cancel(call)

    await ended.wait()
    assert await ids.run(key(), Api().answer(b"second").dispatch) == Outcome(response=b"second")


async def test_a_joiner_takes_the_place_of_a_caller_that_gave_up_before_dispatch(ids: RequestIds) -> None:
    waiting = asyncio.Event()

    async def queued(_dispatching: Dispatching) -> bytes:
        waiting.set()
        await asyncio.Event().wait()
        return b""

    call = asyncio.create_task(ids.run(key(), queued))
    await waiting.wait()
    api = Api().answer(b"mine")
    joiners = [asyncio.create_task(ids.run(key(), api.dispatch)) for _ in range(2)]
    await asyncio.sleep(0)

    await cancel(call)

    outcomes = await asyncio.gather(*joiners)
    assert sorted(outcome.replayed for outcome in outcomes) == [False, True]
    assert api.sent_count == 1


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        LimitError("too late", reason="DEADLINE_EXCEEDED", code=grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
)
async def test_a_joiner_takes_the_place_of_a_caller_that_ran_out_of_time(ids: RequestIds, error: Exception) -> None:
    waiting, too_late = asyncio.Event(), asyncio.Event()

    async def queued(_dispatching: Dispatching) -> bytes:
        waiting.set()
        await too_late.wait()
        raise error

    call = asyncio.create_task(ids.run(key(), queued))
    await waiting.wait()
    joiner = asyncio.create_task(ids.run(key(), Api().answer(b"mine").dispatch))
    await asyncio.sleep(0)

    too_late.set()

    assert await joiner == Outcome(response=b"mine")
    await asyncio.wait({call})
    assert isinstance(call.exception() or call.result().error, type(error))


async def test_a_dispatched_call_outlives_its_caller_so_that_its_outcome_is_remembered(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    await cancel(call)

    api.answer(b"first")

    assert await ids.run(key(), Api().dispatch) == Outcome(response=b"first", replayed=True)


@pytest.mark.embedded
async def test_a_call_that_has_ended_leaves_no_timer_behind(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    await cancel(call)
    api.answer(b"first")

    await ids.run(key(), Api().dispatch)

    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_call_that_nobody_waits_for_ends_after_a_minute_as_unknown(ids: RequestIds, clock: HeldClock) -> None:
    api = Api()
    call = await start(ids, api)
    await cancel(call)
    await asyncio.sleep(0)

    clock.advance(LINGER_S)

    outcome = await ids.run(key(), Api().dispatch)
    assert outcome.error is not None
    assert outcome.error.reason == "OUTCOME_UNKNOWN"


async def test_the_minute_begins_when_the_caller_leaves(ids: RequestIds, clock: HeldClock) -> None:
    api = Api()
    call = await start(ids, api)
    clock.advance(10 * LINGER_S)
    await cancel(call)
    await asyncio.sleep(0)
    clock.advance(LINGER_S - 1)

    api.answer(b"first")

    assert await ids.run(key(), Api().dispatch) == Outcome(response=b"first", replayed=True)


async def test_a_call_given_up_between_two_attempts_ends_at_once_and_releases_the_id(ids: RequestIds) -> None:
    backing_off = asyncio.Event()

    async def refused_once(dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        dispatching.clear()
        backing_off.set()
        await asyncio.Event().wait()
        return b""

    call = asyncio.create_task(ids.run(key(), refused_once))
    await backing_off.wait()

    await cancel(call)

    assert await ids.run(key(), Api().answer(b"second").dispatch) == Outcome(response=b"second")


async def test_a_call_given_up_while_its_mark_is_written_sends_nothing(ids: RequestIds, store: FailingStore) -> None:
    store.held["dispatched"] = asyncio.Event()
    api = Api()
    call = asyncio.create_task(ids.run(key(), api.dispatch))
    await store.reached.wait()

    await cancel(call)

    del store.held["dispatched"]
    assert await ids.run(key(), Api().answer(b"second").dispatch) == Outcome(response=b"second")
    assert api.sent_count == 0


async def test_a_further_attempt_does_not_wait_for_the_disk_again(ids: RequestIds, store: FailingStore) -> None:
    async def second_attempt(dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        dispatching.clear()
        store.failing.add("dispatched")
        await dispatching.mark()
        return b"first"

    outcome = await ids.run(key(), second_attempt)

    assert outcome == Outcome(response=b"first")


async def test_a_webhook_settles_an_unknown_outcome(ids: RequestIds) -> None:
    await ids.run(key(), Api().fail(outcome_unknown()).dispatch)

    news = await ids.settle(project_id=key().project_id, request_id="id-1", message_id="message-9")

    assert news
    assert await ids.run(key(), Api().dispatch) == Outcome(message_id="message-9", replayed=True)


async def test_a_webhook_that_comes_before_the_answer_fails_settles_the_call_itself(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    await ids.settle(project_id=key().project_id, request_id="id-1", message_id="message-9")

    api.fail(outcome_unknown())

    assert await call == Outcome(message_id="message-9")
    assert await ids.run(key(), Api().dispatch) == Outcome(message_id="message-9", replayed=True)


async def test_what_a_webhook_has_proved_is_not_released(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    await ids.settle(project_id=key().project_id, request_id="id-1", message_id="message-9")

    api.fail(refused(429))

    assert await call == Outcome(message_id="message-9")


async def test_the_answer_itself_replaces_what_a_webhook_has_told(ids: RequestIds) -> None:
    api = Api()
    call = await start(ids, api)
    await ids.settle(project_id=key().project_id, request_id="id-1", message_id="message-9")

    api.answer(b"first")

    assert await call == Outcome(response=b"first")
    assert await ids.run(key(), Api().dispatch) == Outcome(response=b"first", replayed=True)


async def test_a_webhook_about_an_id_that_is_not_in_doubt_is_no_news(ids: RequestIds) -> None:
    await ids.run(key("known"), Api().answer(b"first").dispatch)

    news = [
        await ids.settle(project_id=key().project_id, request_id=request_id, message_id="message-9")
        for request_id in ("known", "never seen")
    ]

    assert news == [False, False]
    assert await ids.run(key("known"), Api().dispatch) == Outcome(response=b"first", replayed=True)


async def test_an_answer_too_large_to_keep_is_given_once_and_never_fetched_by_a_second_send(ids: RequestIds) -> None:
    large = b"x" * (MAX_KEPT_BYTES + 1)
    first = await ids.run(key(), Api().answer(large).dispatch)

    second = await ids.run(key(), Api().dispatch)

    assert first == Outcome(response=large)
    assert second.error is not None
    assert second.error.reason == "OUTCOME_UNKNOWN"
    assert second.error.metadata == {"request_state": "done"}


async def test_an_id_is_remembered_for_a_day(ids: RequestIds, clock: HeldClock) -> None:
    await ids.run(key(), Api().answer(b"first").dispatch)

    clock.advance(DAY_S - 1)
    within = await ids.run(key(), Api().dispatch)
    clock.advance(1)
    after = await ids.run(key(body=b'{"other":true}'), Api().answer(b"second").dispatch)

    assert within == Outcome(response=b"first", replayed=True)
    assert after == Outcome(response=b"second")


async def test_nothing_is_sent_while_the_store_is_away(ids: RequestIds, store: FailingStore) -> None:
    store.failing = {"reserve"}
    api = Api()

    with pytest.raises(StoreError):
        await ids.run(key(), api.dispatch)

    assert api.sent_count == 0


async def test_nothing_is_sent_when_the_mark_cannot_be_written(ids: RequestIds, store: FailingStore) -> None:
    store.failing = {"dispatched"}
    api = Api().answer(b"second")

    outcome = await ids.run(key(), api.dispatch)

    assert isinstance(outcome.error, StoreError)
    assert api.sent_count == 0
    store.failing = set()
    assert await ids.run(key(), api.dispatch) == Outcome(response=b"second")


async def test_an_outcome_that_cannot_be_stored_is_told_all_the_same_and_then_unknown(
    ids: RequestIds, store: FailingStore
) -> None:
    store.failing = {"conclude"}

    first = await ids.run(key(), Api().answer(b"first").dispatch)

    assert first == Outcome(response=b"first")
    second = await ids.run(key(), Api().dispatch)
    assert second.error is not None
    assert second.error.reason == "OUTCOME_UNKNOWN"


async def test_a_release_that_cannot_be_stored_never_leads_to_a_second_send(
    ids: RequestIds, store: FailingStore
) -> None:
    store.failing = {"release"}
    await ids.run(key(), Api().fail(refused(429)).dispatch)

    second = await ids.run(key(), Api().dispatch)

    assert second.error is not None
    assert second.error.reason == "OUTCOME_UNKNOWN"


async def test_closing_ends_what_was_not_sent_and_waits_for_what_was(
    store: FailingStore, clock: HeldClock, ids: RequestIds
) -> None:
    sent, waiting = Api(), asyncio.Event()

    async def queued(_dispatching: Dispatching) -> bytes:
        waiting.set()
        await asyncio.Event().wait()
        return b""

    sending = await start(ids, sent, "sent")
    queueing = asyncio.create_task(ids.run(key("queued"), queued))
    await waiting.wait()
    closing = asyncio.create_task(ids.close(Deadline.after(30, clock)))
    await asyncio.wait({queueing})
    sent.answer(b"first")
    await closing

    assert await sending == Outcome(response=b"first")
    assert queueing.cancelled()
    next_life = RequestIds(store=store, clock=clock)
    assert await next_life.run(key("sent"), Api().dispatch) == Outcome(response=b"first", replayed=True)
    assert await next_life.run(key("queued"), Api().answer(b"now").dispatch) == Outcome(response=b"now")


async def test_what_has_no_answer_when_the_time_to_close_is_up_is_remembered_as_unknown(
    store: FailingStore, clock: HeldClock, ids: RequestIds
) -> None:
    call = await start(ids, Api())

    await ids.close(Deadline.after(0, clock))

    assert (await asyncio.wait({call}))[0] == {call}
    outcome = await RequestIds(store=store, clock=clock).run(key(), Api().dispatch)
    assert outcome.error is not None
    assert outcome.error.reason == "OUTCOME_UNKNOWN"


async def test_no_call_is_taken_after_closing(ids: RequestIds, clock: HeldClock) -> None:
    await ids.close(Deadline.after(0, clock))

    with pytest.raises(GatewayError) as refusal:
        await ids.run(key(), Api().dispatch)

    assert refusal.value.reason == "SHUTTING_DOWN"


@pytest.mark.embedded
async def test_closing_leaves_no_task_behind(ids: RequestIds, clock: HeldClock) -> None:
    call = await start(ids, Api())
    await cancel(call)

    await ids.close(Deadline.after(0, clock))

    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


async def test_a_failed_call_that_everybody_has_left_is_not_reported_as_a_stray_error(
    ids: RequestIds, clock: HeldClock
) -> None:
    reports: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, report: reports.append(report))
    api = Api()
    call = await start(ids, api)
    await cancel(call)

    api.fail(ZeroDivisionError())

    await ids.close(Deadline.after(30, clock))
    del call, api
    await asyncio.sleep(0)
    gc.collect()
    assert reports == []
