from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChannelIdentity(_message.Message):
    __slots__ = ("app_id", "channel", "identity")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    channel: str
    identity: str
    def __init__(self, app_id: _Optional[str] = ..., channel: _Optional[str] = ..., identity: _Optional[str] = ...) -> None: ...

class ChannelRecipientIdentity(_message.Message):
    __slots__ = ("channel", "identity")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    channel: str
    identity: str
    def __init__(self, channel: _Optional[str] = ..., identity: _Optional[str] = ...) -> None: ...

class ChannelIdentities(_message.Message):
    __slots__ = ("channel_identities",)
    CHANNEL_IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    channel_identities: _containers.RepeatedCompositeFieldContainer[ChannelRecipientIdentity]
    def __init__(self, channel_identities: _Optional[_Iterable[_Union[ChannelRecipientIdentity, _Mapping]]] = ...) -> None: ...

class Recipient(_message.Message):
    __slots__ = ("contact_id", "identified_by")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIED_BY_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    identified_by: ChannelIdentities
    def __init__(self, contact_id: _Optional[str] = ..., identified_by: _Optional[_Union[ChannelIdentities, _Mapping]] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "description", "sub_code", "channel_code")
    CODE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUB_CODE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    description: str
    sub_code: str
    channel_code: str
    def __init__(self, code: _Optional[str] = ..., description: _Optional[str] = ..., sub_code: _Optional[str] = ..., channel_code: _Optional[str] = ...) -> None: ...

class Agent(_message.Message):
    __slots__ = ("display_name", "type", "picture_url")
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PICTURE_URL_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    type: str
    picture_url: str
    def __init__(self, display_name: _Optional[str] = ..., type: _Optional[str] = ..., picture_url: _Optional[str] = ...) -> None: ...

class ReplyTo(_message.Message):
    __slots__ = ("message_id",)
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    def __init__(self, message_id: _Optional[str] = ...) -> None: ...
