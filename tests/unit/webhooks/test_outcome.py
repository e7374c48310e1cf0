"""Every outcome has its one answer, and no answer tells more than it has to."""

from gateway.webhooks.outcome import ANSWERS, Outcome
from gateway.webhooks.signature import Verdict


def test_every_outcome_is_answered_but_that_of_a_peer_that_left() -> None:
    assert set(ANSWERS) == set(Outcome) - {Outcome.DISCONNECTED}


def test_every_verdict_on_a_signature_is_an_outcome() -> None:
    assert {Outcome(verdict.value) for verdict in Verdict} <= set(Outcome)


def test_what_is_not_genuine_is_told_one_thing_whatever_was_wrong() -> None:
    refused = [Outcome(verdict.value) for verdict in Verdict if verdict is not Verdict.ACCEPTED]

    assert {ANSWERS[outcome] for outcome in [*refused, Outcome.UNAUTHORIZED]} == {ANSWERS[Outcome.BAD_SIGNATURE]}


def test_only_taken_events_are_answered_with_success_and_only_our_own_trouble_with_5xx() -> None:
    by_class = {outcome: answer.status // 100 for outcome, answer in ANSWERS.items()}

    assert {outcome for outcome, found in by_class.items() if found == 2} == {Outcome.ACCEPTED, Outcome.DUPLICATE}
    assert {outcome for outcome, found in by_class.items() if found == 5} == {
        Outcome.OVERLOADED,
        Outcome.STORE_UNAVAILABLE,
        Outcome.FAILED,
    }
