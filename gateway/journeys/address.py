"""When two addresses are the same one. Pure."""

import re

_PHONE = re.compile(r"\+?[0-9 ().-]{5,}")
_SEPARATORS = re.compile(r"[^0-9]")


def same_address(identity: str) -> str:
    """A form in which addresses that differ only in spelling are equal.

    Phone numbers come back without the plus sign that they were sent with (api/webhooks.md); what is no phone number
    is left as it is, for upper and lower case may differ in it.
    """
    return _SEPARATORS.sub("", identity) if _PHONE.fullmatch(identity) else identity
