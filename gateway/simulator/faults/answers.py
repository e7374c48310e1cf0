"""Wrong answers: another status, a spoilt body, a connection that does not behave."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from gateway.simulator.problem import Json, error_body
from gateway.simulator.shapes.shape import Check, boolean, choice, integer, number, text
from gateway.simulator.wire import Conduct, Ending, Response

_STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL_ERROR",
    501: "INTERNAL_ERROR",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_PROXY_BODY = (
    "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n"
    "<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
)
_OVERSIZED_BYTES = 32 * 1024 * 1024
_MAX_SIZE_BYTES = 256 * 1024 * 1024
BODIES = ("api", "flat", "problem", "proxy", "empty", "invalid_json", "oversized")
ANSWER_FIELDS: dict[str, Check] = {
    "status": integer(200, 599),
    "body": choice(*BODIES),
    "word": text(),
    "message": text(),
    "size_bytes": integer(1, _MAX_SIZE_BYTES),
    "retry_after": text(),
    "processed": boolean,
    "delay_s": number,
    "piece_delay_s": number,
    "ending": choice(*(ending.value for ending in Ending)),
    "tokens": choice("expire", "revoke"),
    "auth_delay_s": number,
    "queue": choice("full"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What becomes of an answer; without a status the proper answer is the one that is spoilt."""

    status: int | None = None
    body: str = "api"
    word: str = ""
    message: str = "the simulator was told to fail"
    size_bytes: int = _OVERSIZED_BYTES
    retry_after: str = ""
    processed: bool = False
    tokens: str = ""
    auth_delay_s: float = 0.0
    """How late the next token comes."""
    queue: str = ""
    """What the app's queue is from now until it is adjusted: `full`, or "" for as it was."""
    conduct: Conduct | None = None

    @classmethod
    def parse(cls, given: Json) -> "Answer":
        """Read the `answer` of a checked rule."""
        known = ANSWER_FIELDS.keys() & cls.__slots__
        conduct = Conduct(
            delay_s=given.get("delay_s") or 0.0,
            piece_delay_s=given.get("piece_delay_s") or 0.0,
            ending=Ending(given.get("ending") or Ending.COMPLETE.value),
        )
        return cls(
            **{name: value for name, value in given.items() if value is not None and name in known},
            conduct=None if conduct == Conduct() else conduct,
        )

    @property
    def is_given(self) -> bool:
        """Whether the client gets to see a status at all."""
        return self.conduct is None or self.conduct.ending not in {Ending.HANG, Ending.RESET}

    def apply(self, perform: Callable[[], Response]) -> Response:
        """Answer wrongly; the request is performed if it is said to be, or if its own answer is needed."""
        needs_own = self.status is None and not (self.conduct is not None and not self.is_given)
        response = perform() if self.processed or needs_own else Response()
        if self.status is not None:
            response = self._failure(self.status)
        return replace(self._spoilt(response), conduct=self.conduct)

    def _failure(self, status: int) -> Response:
        word = self.word or _STATUS_WORDS.get(status, "UNKNOWN")
        headers = (("retry-after", self.retry_after),) if self.retry_after else ()
        body, content_type = error_body(status, word, self.message), "application/json"
        if self.body == "flat":
            body = orjson.dumps({"code": status, "message": self.message, "status": word, "details": []})
        elif self.body == "problem":
            body = orjson.dumps({"type": "about:blank", "title": word, "status": status, "detail": self.message})
            content_type = "application/problem+json"
        elif self.body == "proxy":
            body, content_type = _PROXY_BODY.format(status=status).encode(), "text/html"
        elif self.body == "empty":
            body = b""
        return Response(status=status, body=body, content_type=content_type, headers=headers)

    def _spoilt(self, response: Response) -> Response:
        if self.body == "invalid_json":
            return replace(response, body=response.body[:-1] + b',"')
        if self.body == "oversized":
            return replace(response, body=response.body + b" " * self.size_bytes)
        return response
