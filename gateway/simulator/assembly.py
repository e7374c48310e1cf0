"""Builds a simulator's parts, once, and hands them to each other."""

from dataclasses import dataclass

import orjson

from gateway.simulator.admin import Admin, rules_in
from gateway.simulator.api import Api
from gateway.simulator.bucket import Bucket
from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.delivery.inbound import Inbound
from gateway.simulator.delivery.journey import Journeys
from gateway.simulator.delivery.outbound import Outbound
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.faults.misbehaviour import Misbehaviour
from gateway.simulator.options import SimulatorOptions
from gateway.simulator.problem import RefusedError
from gateway.simulator.recording import Recording
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.consent_register import ConsentRegister
from gateway.simulator.records.conversation_log import ConversationLog
from gateway.simulator.records.state import State
from gateway.simulator.resources.apps import Apps, configured_app
from gateway.simulator.resources.batches import Batches
from gateway.simulator.resources.bulk import Bulk
from gateway.simulator.resources.capability import Capability
from gateway.simulator.resources.consents import Consents
from gateway.simulator.resources.contacts import Contacts
from gateway.simulator.resources.conversations import Conversations
from gateway.simulator.resources.events import Events
from gateway.simulator.resources.messages import Messages
from gateway.simulator.resources.project_settings import ProjectSettings
from gateway.simulator.resources.templates import Templates
from gateway.simulator.resources.transcoding import Transcoding
from gateway.simulator.resources.webhooks import Webhooks
from gateway.simulator.router import Route, Router
from gateway.simulator.schedule import Schedule
from gateway.simulator.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the server needs of a simulator."""

    schedule: Schedule
    recording: Recording
    callbacks: Callbacks
    admin: Admin
    api: Api


def assemble(options: SimulatorOptions) -> Parts:
    """Build everything inside the running loop; ValueError for a wrong app or rule, OSError without the rule file."""
    travel = _travel(options)
    state = State(configured_app, options.apps)
    tokens = Tokens(
        schedule=travel.schedule,
        key_id=options.key_id,
        key_secret=options.key_secret,
        project_id=options.project_id,
        life_s=options.token_life_s,
        bucket=Bucket(rate_per_s=options.token_refill_per_s, burst=options.token_burst),
    )
    recording = Recording(max_requests=options.recorded_requests, max_bytes=options.recorded_bytes)
    admin = Admin(
        state=state,
        schedule=travel.schedule,
        recording=recording,
        tokens=tokens,
        callbacks=travel.callbacks,
        journeys=travel.journeys,
        queues=travel.queues,
        inbound=travel.inbound,
        misbehaviour=travel.misbehaviour,
    )
    api = Api(
        state=state,
        schedule=travel.schedule,
        recording=recording,
        tokens=tokens,
        router=Router(_routes(options, travel)),
        admin=admin,
        project_id=options.project_id,
        rate=Bucket(rate_per_s=options.project_rate_per_s, burst=max(options.project_rate_per_s, 1.0)),
        queues=travel.queues,
        misbehaviour=travel.misbehaviour,
    )
    return Parts(schedule=travel.schedule, recording=recording, callbacks=travel.callbacks, admin=admin, api=api)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Travel:
    """What moves messages, and what they pass on their way."""

    schedule: Schedule
    misbehaviour: Misbehaviour
    callbacks: Callbacks
    queues: AppQueues
    address_book: AddressBook
    conversation_log: ConversationLog
    consents: ConsentRegister
    inbound: Inbound
    journeys: Journeys


def _travel(options: SimulatorOptions) -> _Travel:
    schedule = Schedule()
    misbehaviour = _misbehaviour(options)
    callbacks = _callbacks(options, schedule, misbehaviour)
    queues = AppQueues(schedule=schedule, drain_per_s=options.app_drain_per_s, limit=options.app_queue_limit)
    address_book = AddressBook(callbacks)
    conversation_log = ConversationLog(schedule=schedule, callbacks=callbacks)
    consents = ConsentRegister(schedule=schedule, project_id=options.project_id)
    inbound = Inbound(
        schedule=schedule,
        callbacks=callbacks,
        address_book=address_book,
        conversation_log=conversation_log,
        consents=consents,
    )
    journeys = Journeys(
        schedule=schedule,
        callbacks=callbacks,
        queues=queues,
        inbound=inbound,
        consents=consents,
        outcome=misbehaviour.outcome_for,
        receipt_delay_s=options.receipt_delay_s,
        read_receipts=options.read_receipts,
        replies=options.replies,
        strict_templates=options.strict_templates,
    )
    return _Travel(
        schedule=schedule,
        misbehaviour=misbehaviour,
        callbacks=callbacks,
        queues=queues,
        address_book=address_book,
        conversation_log=conversation_log,
        consents=consents,
        inbound=inbound,
        journeys=journeys,
    )


def _callbacks(options: SimulatorOptions, schedule: Schedule, misbehaviour: Misbehaviour) -> Callbacks:
    return Callbacks(
        schedule=schedule,
        project_id=options.project_id,
        manner=misbehaviour.manner_of,
        backlog=options.callback_backlog,
        in_flight=options.callbacks_in_flight,
        timeout_s=options.callback_timeout_s,
        retry_base_s=options.callback_retry_base_s,
        retry_cap_s=options.callback_retry_cap_s,
        attempts=options.callback_attempts,
        per_app_per_s=options.callbacks_per_s,
    )


def _routes(options: SimulatorOptions, travel: _Travel) -> list[Route]:
    """Every operation of the API."""
    outbound = Outbound(
        schedule=travel.schedule,
        journeys=travel.journeys,
        queues=travel.queues,
        address_book=travel.address_book,
        conversation_log=travel.conversation_log,
        strict_contacts=options.strict_contacts,
    )
    schedule, callbacks = travel.schedule, travel.callbacks
    resources = (
        Messages(outbound),
        Transcoding(),
        Events(schedule=schedule, callbacks=callbacks, outbound=outbound, receipt_delay_s=options.receipt_delay_s),
        Capability(
            schedule=schedule,
            callbacks=callbacks,
            address_book=travel.address_book,
            verdict=travel.misbehaviour.capability_of,
            delay_s=options.receipt_delay_s,
        ),
        Contacts(travel.address_book),
        Conversations(
            schedule=schedule, callbacks=callbacks, log=travel.conversation_log, strict_contacts=options.strict_contacts
        ),
        Apps(travel.queues),
        Webhooks(),
        ProjectSettings(options.project_id),
        Consents(),
        Templates(travel.schedule),
        Batches(schedule=schedule, callbacks=callbacks, outbound=outbound, queues=travel.queues),
        Bulk(schedule=travel.schedule, address_book=travel.address_book, consents=travel.consents),
    )
    return [route for resource in resources for route in resource.routes()]


def _misbehaviour(options: SimulatorOptions) -> Misbehaviour:
    if options.rules_file is None:
        return Misbehaviour(rules=(), seed=options.seed)
    try:
        rules = rules_in(orjson.loads(options.rules_file.read_bytes()))
        return Misbehaviour(rules=rules, seed=options.seed)
    except (orjson.JSONDecodeError, RefusedError) as failure:
        raise ValueError(f"{options.rules_file}: {failure}") from failure
