import os
import sys
from math import isnan
from typing import cast

import pytest
from conversation_gateway.v1 import message_pb2
from google.protobuf.descriptor import Descriptor

from bench import message
from bench.load import Novelty, Order, sample
from bench.processes import choose_cores, cpu_s
from gateway.mapping import encoder_for


def test_an_answer_to_another_send_is_noticed() -> None:
    novelty = Novelty()

    for message_id in ("one", "two", "one"):
        novelty.take(message_id)

    with pytest.raises(ValueError, match="1 of 3 answers repeat a message id"):
        novelty.check()


def test_new_message_ids_are_as_they_should_be() -> None:
    novelty = Novelty()

    for message_id in ("one", "two"):
        novelty.take(message_id)

    novelty.check()


def test_a_sample_says_the_median_and_the_slowest_hundredth() -> None:
    latencies = [float(number) for number in range(100, 0, -1)]

    taken = sample(lambda _in_flight, _duration_s: latencies, Order(in_flight=1, duration_s=1.0, pids=[]))

    assert (taken.send_count, taken.p50_s, taken.p99_s) == (100, 51.0, 100.0)


@pytest.mark.skipif(sys.platform != "linux", reason="CPU time of other processes is read from /proc")
def test_cpu_time_covers_user_and_kernel_mode_of_the_named_process() -> None:
    times = os.times()

    (measured_s,) = cpu_s(os.getpid())

    assert measured_s >= times.user + times.system - 0.02


def test_the_cpu_time_of_a_process_that_is_gone_is_unknown() -> None:
    assert isnan(cpu_s(0)[0])


def test_pinning_can_be_declined() -> None:
    cores = choose_cores(free=True)

    assert cores.measured is None
    assert cores.beside is None


def test_the_send_is_the_same_in_both_forms() -> None:
    request = message_pb2.SendMessageRequest.FromString(message.protobuf())

    descriptor = cast("Descriptor", message_pb2.SendMessageRequest.DESCRIPTOR)
    body = encoder_for(descriptor, omit=frozenset({"options"}))(request)

    assert {**body, "app_id": message.APP_ID} == message.BODY
