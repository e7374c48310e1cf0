import datetime

from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TemplateV2(_message.Message):
    __slots__ = ("id", "description", "version", "default_translation", "translations", "create_time", "update_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_TRANSLATION_FIELD_NUMBER: _ClassVar[int]
    TRANSLATIONS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    description: str
    version: int
    default_translation: str
    translations: _containers.RepeatedCompositeFieldContainer[TemplateTranslation]
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., description: _Optional[str] = ..., version: _Optional[int] = ..., default_translation: _Optional[str] = ..., translations: _Optional[_Iterable[_Union[TemplateTranslation, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TemplateTranslation(_message.Message):
    __slots__ = ("language_code", "version", "variables", "channel_template_overrides", "create_time", "update_time", "card_message", "carousel_message", "choice_message", "location_message", "media_message", "template_message", "text_message", "list_message", "contact_info_message")
    class ChannelTemplateOverridesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ChannelTemplateOverride
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ChannelTemplateOverride, _Mapping]] = ...) -> None: ...
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TEMPLATE_OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CARD_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CAROUSEL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHOICE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LIST_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CONTACT_INFO_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    language_code: str
    version: str
    variables: _containers.RepeatedCompositeFieldContainer[TemplateVariable]
    channel_template_overrides: _containers.MessageMap[str, ChannelTemplateOverride]
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    card_message: _app_message_pb2.CardMessage
    carousel_message: _app_message_pb2.CarouselMessage
    choice_message: _app_message_pb2.ChoiceMessage
    location_message: _app_message_pb2.LocationMessage
    media_message: _app_message_pb2.MediaProperties
    template_message: _app_message_pb2.TemplateMessage
    text_message: _app_message_pb2.TextMessage
    list_message: _app_message_pb2.ListMessage
    contact_info_message: _app_message_pb2.ContactInfoMessage
    def __init__(self, language_code: _Optional[str] = ..., version: _Optional[str] = ..., variables: _Optional[_Iterable[_Union[TemplateVariable, _Mapping]]] = ..., channel_template_overrides: _Optional[_Mapping[str, ChannelTemplateOverride]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., card_message: _Optional[_Union[_app_message_pb2.CardMessage, _Mapping]] = ..., carousel_message: _Optional[_Union[_app_message_pb2.CarouselMessage, _Mapping]] = ..., choice_message: _Optional[_Union[_app_message_pb2.ChoiceMessage, _Mapping]] = ..., location_message: _Optional[_Union[_app_message_pb2.LocationMessage, _Mapping]] = ..., media_message: _Optional[_Union[_app_message_pb2.MediaProperties, _Mapping]] = ..., template_message: _Optional[_Union[_app_message_pb2.TemplateMessage, _Mapping]] = ..., text_message: _Optional[_Union[_app_message_pb2.TextMessage, _Mapping]] = ..., list_message: _Optional[_Union[_app_message_pb2.ListMessage, _Mapping]] = ..., contact_info_message: _Optional[_Union[_app_message_pb2.ContactInfoMessage, _Mapping]] = ...) -> None: ...

class TemplateVariable(_message.Message):
    __slots__ = ("key", "preview_value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    preview_value: str
    def __init__(self, key: _Optional[str] = ..., preview_value: _Optional[str] = ...) -> None: ...

class ChannelTemplateOverride(_message.Message):
    __slots__ = ("template_reference", "parameter_mappings")
    class ParameterMappingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TEMPLATE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_MAPPINGS_FIELD_NUMBER: _ClassVar[int]
    template_reference: _app_message_pb2.TemplateReference
    parameter_mappings: _containers.ScalarMap[str, str]
    def __init__(self, template_reference: _Optional[_Union[_app_message_pb2.TemplateReference, _Mapping]] = ..., parameter_mappings: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ListTemplatesRequest(_message.Message):
    __slots__ = ("project_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListTemplatesResponse(_message.Message):
    __slots__ = ("templates",)
    TEMPLATES_FIELD_NUMBER: _ClassVar[int]
    templates: _containers.RepeatedCompositeFieldContainer[TemplateV2]
    def __init__(self, templates: _Optional[_Iterable[_Union[TemplateV2, _Mapping]]] = ...) -> None: ...

class CreateTemplateRequest(_message.Message):
    __slots__ = ("project_id", "template", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    template: TemplateV2
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., template: _Optional[_Union[TemplateV2, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateTemplateResponse(_message.Message):
    __slots__ = ("template",)
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    template: TemplateV2
    def __init__(self, template: _Optional[_Union[TemplateV2, _Mapping]] = ...) -> None: ...

class GetTemplateRequest(_message.Message):
    __slots__ = ("project_id", "template_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    template_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., template_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetTemplateResponse(_message.Message):
    __slots__ = ("template",)
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    template: TemplateV2
    def __init__(self, template: _Optional[_Union[TemplateV2, _Mapping]] = ...) -> None: ...

class UpdateTemplateRequest(_message.Message):
    __slots__ = ("project_id", "template_id", "template", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    template_id: str
    template: TemplateV2
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., template_id: _Optional[str] = ..., template: _Optional[_Union[TemplateV2, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateTemplateResponse(_message.Message):
    __slots__ = ("template",)
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    template: TemplateV2
    def __init__(self, template: _Optional[_Union[TemplateV2, _Mapping]] = ...) -> None: ...

class DeleteTemplateRequest(_message.Message):
    __slots__ = ("project_id", "template_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    template_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., template_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteTemplateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListTemplateTranslationsRequest(_message.Message):
    __slots__ = ("project_id", "template_id", "language_code", "translation_version", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TRANSLATION_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    template_id: str
    language_code: str
    translation_version: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., template_id: _Optional[str] = ..., language_code: _Optional[str] = ..., translation_version: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListTemplateTranslationsResponse(_message.Message):
    __slots__ = ("translations",)
    TRANSLATIONS_FIELD_NUMBER: _ClassVar[int]
    translations: _containers.RepeatedCompositeFieldContainer[TemplateTranslation]
    def __init__(self, translations: _Optional[_Iterable[_Union[TemplateTranslation, _Mapping]]] = ...) -> None: ...
