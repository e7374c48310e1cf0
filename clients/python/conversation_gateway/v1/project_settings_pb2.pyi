from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProjectSettings(_message.Message):
    __slots__ = ("project_id", "settings")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    settings: Settings
    def __init__(self, project_id: _Optional[str] = ..., settings: _Optional[_Union[Settings, _Mapping]] = ...) -> None: ...

class Settings(_message.Message):
    __slots__ = ("contact_settings",)
    CONTACT_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    contact_settings: ContactSettings
    def __init__(self, contact_settings: _Optional[_Union[ContactSettings, _Mapping]] = ...) -> None: ...

class ContactSettings(_message.Message):
    __slots__ = ("unified_contact_id_enabled",)
    UNIFIED_CONTACT_ID_ENABLED_FIELD_NUMBER: _ClassVar[int]
    unified_contact_id_enabled: bool
    def __init__(self, unified_contact_id_enabled: bool = ...) -> None: ...

class GetProjectSettingsRequest(_message.Message):
    __slots__ = ("project_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetProjectSettingsResponse(_message.Message):
    __slots__ = ("project_settings",)
    PROJECT_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    project_settings: ProjectSettings
    def __init__(self, project_settings: _Optional[_Union[ProjectSettings, _Mapping]] = ...) -> None: ...

class CreateProjectSettingsRequest(_message.Message):
    __slots__ = ("project_id", "settings", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    settings: Settings
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., settings: _Optional[_Union[Settings, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateProjectSettingsResponse(_message.Message):
    __slots__ = ("project_settings",)
    PROJECT_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    project_settings: ProjectSettings
    def __init__(self, project_settings: _Optional[_Union[ProjectSettings, _Mapping]] = ...) -> None: ...

class UpdateProjectSettingsRequest(_message.Message):
    __slots__ = ("project_id", "settings", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    settings: Settings
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., settings: _Optional[_Union[Settings, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateProjectSettingsResponse(_message.Message):
    __slots__ = ("project_settings",)
    PROJECT_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    project_settings: ProjectSettings
    def __init__(self, project_settings: _Optional[_Union[ProjectSettings, _Mapping]] = ...) -> None: ...

class DeleteProjectSettingsRequest(_message.Message):
    __slots__ = ("project_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteProjectSettingsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
