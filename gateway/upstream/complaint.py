"""What only the call knows about a refusal of the API: what it was about, where, and in which words.

A 404 is told more about than anything else: which resource, and whether its app lives in another region.
"""

import re
from typing import Any

import grpc
from google.protobuf.message import Message

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.upstream.method import Method
from gateway.upstream.redaction import name_unless_number, redact
from gateway.upstream.regions import AppRegions

_VARIABLE = re.compile(r"\{(\w+)_id\}")
_PROJECT = "project"


async def complete(
    error: UpstreamError, method: Method, request: Message, *, region: str, regions: AppRegions, deadline: Deadline
) -> None:
    """Add to an error of the API what its answer did not say; what was added before stays as it is."""
    error.metadata = {"region": region, **error.metadata}
    if error.upstream_text:
        error.message, error.upstream_text = f"{error.message}: {redact(error.upstream_text, request)}", ""
    if error.code is not grpc.StatusCode.NOT_FOUND:
        return
    kind, name = resource_of(method, request)
    error.metadata = {**error.metadata, "resource_type": kind, "resource_name": name_unless_number(name)}
    app_id = app_of(request)
    other = await regions.besides(region, app_id, deadline) if app_id else ""
    if other:
        error.message = (
            f"the app is in region {other} and was looked for in {region}; set options.region, SINCH_REGION, "
            "or the app's region in the settings file"
        )
        error.reason = "WRONG_REGION"
        error.metadata = {**error.metadata, "region": other, "resource_type": "app", "resource_name": app_id}


def resource_of(method: Method, request: Any) -> tuple[str, str]:
    """Type and id of what a call is about: the last id in its path, else its app, else the path itself."""
    kinds = [kind for kind in _VARIABLE.findall(method.template) if kind != _PROJECT]
    if kinds:
        return kinds[-1], getattr(request, f"{kinds[-1]}_id")
    app_id = app_of(request)
    return ("app", app_id) if app_id else ("path", method.template)


def app_of(request: Any) -> str:
    """The app that a request names, itself or in its body; empty when it names none."""
    own: str = getattr(request, "app_id", "")
    if own:
        return own
    for field, value in request.ListFields():
        if field.message_type is not None and not field.is_repeated and "app_id" in field.message_type.fields_by_name:
            inner: str = value.app_id
            if inner:
                return inner
    return ""
