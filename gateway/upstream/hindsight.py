"""What a caller is told when there are no more attempts: the truth about all of them, not the news of the last.

An attempt that may have been carried out is not undone by a later one that was refused, and a call that was sent must
not be reported as one that never left, only because its repetition found no permit.
"""

from gateway.errors import GatewayError, LimitError
from gateway.upstream.method import Effect
from gateway.upstream.verdict import Failure, Repeat


class Hindsight:
    """The attempts of one call so far."""

    def __init__(self, *, effect: Effect) -> None:
        """Begin with no attempt made."""
        self.harmless = True
        """Whether none of the attempts has changed anything, or anything that a repetition would change again."""
        self._effect = effect
        self._count = 0
        self._last: Failure | None = None
        self._doubt: Failure | None = None

    @property
    def releasable(self) -> bool:
        """Whether the call could be made anew without acting twice."""
        return self.harmless or self._effect is not Effect.ONCE

    def learn(self, failure: Failure) -> None:
        """Take note of an attempt that has failed."""
        self._count += 1
        self._last = failure
        self.harmless = self.harmless and failure.harmless
        if failure.in_doubt:
            self._doubt = failure

    def error(self) -> GatewayError:
        """The error of the call, given that its attempts are over."""
        if self._last is None:
            raise ValueError("no attempt was made")
        # Repeating an idempotent call has settled its outcome when that was refused for good; a send has still
        # happened, or not, whatever came later.
        settled = self._last.repeat is Repeat.NEVER and self._effect is not Effect.ONCE
        error = (self._last if self._doubt is None or settled else self._doubt).error
        error.metadata = {**error.metadata, "attempts": str(self._count)}
        return error

    def instead_of(self, error: GatewayError | TimeoutError) -> GatewayError | TimeoutError:
        """What is raised where `error` keeps the next attempt from being made.

        Without an earlier attempt, or when the only trouble was an old token, that error is the whole story.
        """
        if self._last is None or (self._last.repeat is Repeat.NEW_TOKEN and self._doubt is None):
            return error
        truth = self.error()
        if isinstance(error, LimitError) and truth.retry_after_s is not None:
            truth.retry_after_s = max(truth.retry_after_s, error.retry_after_s or 0.0)
        return truth
