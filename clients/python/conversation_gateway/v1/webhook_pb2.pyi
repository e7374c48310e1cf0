from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebhookChange(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_CHANGE_UNSPECIFIED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_CREATED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_UPDATED: _ClassVar[WebhookChange]
    WEBHOOK_CHANGE_UNCHANGED: _ClassVar[WebhookChange]

class WebhookProof(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_PROOF_UNSPECIFIED: _ClassVar[WebhookProof]
    WEBHOOK_PROOF_PROVEN: _ClassVar[WebhookProof]
    WEBHOOK_PROOF_NOT_SEEN: _ClassVar[WebhookProof]
    WEBHOOK_PROOF_UNDECIDED: _ClassVar[WebhookProof]
    WEBHOOK_PROOF_NOT_POSSIBLE: _ClassVar[WebhookProof]
WEBHOOK_CHANGE_UNSPECIFIED: WebhookChange
WEBHOOK_CHANGE_CREATED: WebhookChange
WEBHOOK_CHANGE_UPDATED: WebhookChange
WEBHOOK_CHANGE_UNCHANGED: WebhookChange
WEBHOOK_PROOF_UNSPECIFIED: WebhookProof
WEBHOOK_PROOF_PROVEN: WebhookProof
WEBHOOK_PROOF_NOT_SEEN: WebhookProof
WEBHOOK_PROOF_UNDECIDED: WebhookProof
WEBHOOK_PROOF_NOT_POSSIBLE: WebhookProof

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

class EnsureWebhooksRequest(_message.Message):
    __slots__ = ("project_id", "webhooks", "prove", "dry_run", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    PROVE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    webhooks: _containers.RepeatedCompositeFieldContainer[DesiredWebhook]
    prove: bool
    dry_run: bool
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., webhooks: _Optional[_Iterable[_Union[DesiredWebhook, _Mapping]]] = ..., prove: bool = ..., dry_run: bool = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DesiredWebhook(_message.Message):
    __slots__ = ("app_id", "target", "triggers", "webhook")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    target: str
    triggers: _containers.RepeatedScalarFieldContainer[str]
    webhook: str
    def __init__(self, app_id: _Optional[str] = ..., target: _Optional[str] = ..., triggers: _Optional[_Iterable[str]] = ..., webhook: _Optional[str] = ...) -> None: ...

class EnsureWebhooksResponse(_message.Message):
    __slots__ = ("webhooks",)
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    webhooks: _containers.RepeatedCompositeFieldContainer[EnsuredWebhook]
    def __init__(self, webhooks: _Optional[_Iterable[_Union[EnsuredWebhook, _Mapping]]] = ...) -> None: ...

class EnsuredWebhook(_message.Message):
    __slots__ = ("app_id", "target", "webhook_id", "change", "changed_fields", "proof", "proof_hint")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    PROOF_HINT_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    target: str
    webhook_id: str
    change: WebhookChange
    changed_fields: _containers.RepeatedScalarFieldContainer[str]
    proof: WebhookProof
    proof_hint: str
    def __init__(self, app_id: _Optional[str] = ..., target: _Optional[str] = ..., webhook_id: _Optional[str] = ..., change: _Optional[_Union[WebhookChange, str]] = ..., changed_fields: _Optional[_Iterable[str]] = ..., proof: _Optional[_Union[WebhookProof, str]] = ..., proof_hint: _Optional[str] = ...) -> None: ...
