from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Webhook(_message.Message):
    __slots__ = ("id", "app_id", "target", "target_type", "secret", "triggers", "client_credentials")
    ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_TYPE_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    id: str
    app_id: str
    target: str
    target_type: str
    secret: str
    triggers: _containers.RepeatedScalarFieldContainer[str]
    client_credentials: ClientCredentials
    def __init__(self, id: _Optional[str] = ..., app_id: _Optional[str] = ..., target: _Optional[str] = ..., target_type: _Optional[str] = ..., secret: _Optional[str] = ..., triggers: _Optional[_Iterable[str]] = ..., client_credentials: _Optional[_Union[ClientCredentials, _Mapping]] = ...) -> None: ...

class NewWebhook(_message.Message):
    __slots__ = ("app_id", "target", "target_type", "secret", "triggers", "client_credentials")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_TYPE_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    target: str
    target_type: str
    secret: str
    triggers: _containers.RepeatedScalarFieldContainer[str]
    client_credentials: ClientCredentials
    def __init__(self, app_id: _Optional[str] = ..., target: _Optional[str] = ..., target_type: _Optional[str] = ..., secret: _Optional[str] = ..., triggers: _Optional[_Iterable[str]] = ..., client_credentials: _Optional[_Union[ClientCredentials, _Mapping]] = ...) -> None: ...

class ClientCredentials(_message.Message):
    __slots__ = ("client_id", "client_secret", "endpoint", "scope", "response_type", "token_request_type")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_REQUEST_TYPE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    client_secret: str
    endpoint: str
    scope: str
    response_type: str
    token_request_type: str
    def __init__(self, client_id: _Optional[str] = ..., client_secret: _Optional[str] = ..., endpoint: _Optional[str] = ..., scope: _Optional[str] = ..., response_type: _Optional[str] = ..., token_request_type: _Optional[str] = ...) -> None: ...

class CreateWebhookRequest(_message.Message):
    __slots__ = ("project_id", "webhook", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    webhook: NewWebhook
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., webhook: _Optional[_Union[NewWebhook, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateWebhookResponse(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class ListWebhooksRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListWebhooksResponse(_message.Message):
    __slots__ = ("webhooks",)
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    webhooks: _containers.RepeatedCompositeFieldContainer[Webhook]
    def __init__(self, webhooks: _Optional[_Iterable[_Union[Webhook, _Mapping]]] = ...) -> None: ...

class GetWebhookRequest(_message.Message):
    __slots__ = ("project_id", "webhook_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    webhook_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., webhook_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetWebhookResponse(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class UpdateWebhookRequest(_message.Message):
    __slots__ = ("project_id", "webhook_id", "webhook", "update_mask", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    webhook_id: str
    webhook: Webhook
    update_mask: _field_mask_pb2.FieldMask
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., webhook_id: _Optional[str] = ..., webhook: _Optional[_Union[Webhook, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateWebhookResponse(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class DeleteWebhookRequest(_message.Message):
    __slots__ = ("project_id", "webhook_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    webhook_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., webhook_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteWebhookResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
