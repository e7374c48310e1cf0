"""A text that nobody is to see."""


class Secret:
    """Keeps a text out of logs, errors and whatever else shows the values that it stands among.

    No dataclass, for those are taken apart together with whatever holds them.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Hide the text."""
        self._text = text

    def get_secret_value(self) -> str:
        """The text, for the one place that needs it."""
        return self._text

    def __eq__(self, other: object) -> bool:
        """Whether both hide the same text."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """As for the text."""
        return hash(self._text)

    def __repr__(self) -> str:
        """The same for every text but none at all."""
        return "***" if self._text else ""
