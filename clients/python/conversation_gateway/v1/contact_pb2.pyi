from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
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

class Contact(_message.Message):
    __slots__ = ("id", "channel_identities", "channel_priority", "display_name", "email", "external_id", "language", "metadata")
    ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    id: str
    channel_identities: _containers.RepeatedCompositeFieldContainer[_identity_pb2.ChannelIdentity]
    channel_priority: _containers.RepeatedScalarFieldContainer[str]
    display_name: str
    email: str
    external_id: str
    language: str
    metadata: str
    def __init__(self, id: _Optional[str] = ..., channel_identities: _Optional[_Iterable[_Union[_identity_pb2.ChannelIdentity, _Mapping]]] = ..., channel_priority: _Optional[_Iterable[str]] = ..., display_name: _Optional[str] = ..., email: _Optional[str] = ..., external_id: _Optional[str] = ..., language: _Optional[str] = ..., metadata: _Optional[str] = ...) -> None: ...

class NewContact(_message.Message):
    __slots__ = ("channel_identities", "language", "channel_priority", "display_name", "email", "external_id", "metadata")
    CHANNEL_IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    channel_identities: _containers.RepeatedCompositeFieldContainer[_identity_pb2.ChannelIdentity]
    language: str
    channel_priority: _containers.RepeatedScalarFieldContainer[str]
    display_name: str
    email: str
    external_id: str
    metadata: str
    def __init__(self, channel_identities: _Optional[_Iterable[_Union[_identity_pb2.ChannelIdentity, _Mapping]]] = ..., language: _Optional[str] = ..., channel_priority: _Optional[_Iterable[str]] = ..., display_name: _Optional[str] = ..., email: _Optional[str] = ..., external_id: _Optional[str] = ..., metadata: _Optional[str] = ...) -> None: ...

class CreateContactRequest(_message.Message):
    __slots__ = ("project_id", "contact", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contact: NewContact
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contact: _Optional[_Union[NewContact, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateContactResponse(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: Contact
    def __init__(self, contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class ListContactsRequest(_message.Message):
    __slots__ = ("project_id", "page_size", "page_token", "external_id", "channel", "identity", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    page_size: int
    page_token: str
    external_id: str
    channel: str
    identity: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., external_id: _Optional[str] = ..., channel: _Optional[str] = ..., identity: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListContactsResponse(_message.Message):
    __slots__ = ("contacts", "next_page_token")
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    contacts: _containers.RepeatedCompositeFieldContainer[Contact]
    next_page_token: str
    def __init__(self, contacts: _Optional[_Iterable[_Union[Contact, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamContactsRequest(_message.Message):
    __slots__ = ("list",)
    LIST_FIELD_NUMBER: _ClassVar[int]
    list: ListContactsRequest
    def __init__(self, list: _Optional[_Union[ListContactsRequest, _Mapping]] = ...) -> None: ...

class StreamContactsResponse(_message.Message):
    __slots__ = ("contacts", "next_page_token")
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    contacts: _containers.RepeatedCompositeFieldContainer[Contact]
    next_page_token: str
    def __init__(self, contacts: _Optional[_Iterable[_Union[Contact, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetContactRequest(_message.Message):
    __slots__ = ("project_id", "contact_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contact_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetContactResponse(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: Contact
    def __init__(self, contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class UpdateContactRequest(_message.Message):
    __slots__ = ("project_id", "contact_id", "contact", "update_mask", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contact_id: str
    contact: Contact
    update_mask: _field_mask_pb2.FieldMask
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., contact: _Optional[_Union[Contact, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateContactResponse(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: Contact
    def __init__(self, contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class DeleteContactRequest(_message.Message):
    __slots__ = ("project_id", "contact_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contact_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteContactResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MergeContactRequest(_message.Message):
    __slots__ = ("project_id", "destination_id", "source_id", "strategy", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    destination_id: str
    source_id: str
    strategy: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., destination_id: _Optional[str] = ..., source_id: _Optional[str] = ..., strategy: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class MergeContactResponse(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: Contact
    def __init__(self, contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class GetChannelProfileRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "recipient", "channel", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    recipient: _identity_pb2.Recipient
    channel: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., channel: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetChannelProfileResponse(_message.Message):
    __slots__ = ("profile_name",)
    PROFILE_NAME_FIELD_NUMBER: _ClassVar[int]
    profile_name: str
    def __init__(self, profile_name: _Optional[str] = ...) -> None: ...

class ListIdentityConflictsRequest(_message.Message):
    __slots__ = ("project_id", "page_size", "page_token", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    page_size: int
    page_token: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListIdentityConflictsResponse(_message.Message):
    __slots__ = ("conflicts", "next_page_token")
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    conflicts: _containers.RepeatedCompositeFieldContainer[IdentityConflict]
    next_page_token: str
    def __init__(self, conflicts: _Optional[_Iterable[_Union[IdentityConflict, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class IdentityConflict(_message.Message):
    __slots__ = ("identity", "channels", "contact_ids")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_IDS_FIELD_NUMBER: _ClassVar[int]
    identity: str
    channels: _containers.RepeatedScalarFieldContainer[str]
    contact_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, identity: _Optional[str] = ..., channels: _Optional[_Iterable[str]] = ..., contact_ids: _Optional[_Iterable[str]] = ...) -> None: ...
