"""Lists: page by page as the API has them, or as one stream that pages by itself."""

import grpc
import pytest
from conversation_gateway.v1 import contact_pb2, contact_pb2_grpc, message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway
from tests.rich_status import info, violations


async def contacts(gateway: RunningGateway, count: int) -> set[str]:
    """Create contacts; their ids."""
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)
    ids = set()
    for number in range(count):
        contact = contact_pb2.NewContact(language="EN", display_name=f"Contact {number}")
        contact.channel_identities.add(channel="SMS", identity=f"467000001{number:02}")
        response = await stub.CreateContact(contact_pb2.CreateContactRequest(contact=contact), timeout=10)
        ids.add(response.contact.id)
    return ids


def listed(simulator: Simulator) -> list[str]:
    return [request.query for request in simulator.requests if request.method == "GET"]


async def test_a_stream_reads_every_page(gateway: RunningGateway, simulator: Simulator) -> None:
    created = await contacts(gateway, 5)
    request = contact_pb2.StreamContactsRequest(list=contact_pb2.ListContactsRequest(page_size=2))

    pages = [page async for page in contact_pb2_grpc.ContactServiceStub(gateway.channel).StreamContacts(request)]

    assert {contact.id for page in pages for contact in page.contacts} == created
    assert len(listed(simulator)) == len(pages) == 3
    assert [bool(page.next_page_token) for page in pages] == [True, True, False]


async def test_a_broken_stream_resumes_by_the_token_of_its_last_page(gateway: RunningGateway) -> None:
    created = await contacts(gateway, 5)
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)
    first = await stub.ListContacts(contact_pb2.ListContactsRequest(page_size=2), timeout=10)
    rest = contact_pb2.ListContactsRequest(page_size=2, page_token=first.next_page_token)

    pages = [page async for page in stub.StreamContacts(contact_pb2.StreamContactsRequest(list=rest))]

    resumed = {contact.id for page in pages for contact in page.contacts}
    assert {contact.id for contact in first.contacts} | resumed == created
    assert len(resumed) == 3


async def test_a_page_larger_than_the_apis_largest_is_asked_for_as_the_largest(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)

    await stub.ListContacts(contact_pb2.ListContactsRequest(page_size=5000), timeout=10)

    assert listed(simulator) == ["page_size=20"]


async def test_a_page_size_of_zero_leaves_the_choice_to_the_api(gateway: RunningGateway, simulator: Simulator) -> None:
    await message_pb2_grpc.MessageServiceStub(gateway.channel).ListMessages(
        message_pb2.ListMessagesRequest(), timeout=10
    )

    assert listed(simulator) == [""]


async def test_a_negative_page_size_is_refused_by_its_path(gateway: RunningGateway, simulator: Simulator) -> None:
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)

    with pytest.raises(grpc.aio.AioRpcError) as listed_error:
        await stub.ListContacts(contact_pb2.ListContactsRequest(page_size=-1), timeout=10)
    request = contact_pb2.StreamContactsRequest(list=contact_pb2.ListContactsRequest(page_size=-1))
    with pytest.raises(grpc.aio.AioRpcError) as streamed_error:
        await anext(aiter(stub.StreamContacts(request)))

    assert violations(listed_error.value).keys() == {"page_size"}
    assert violations(streamed_error.value).keys() == {"list.page_size"}
    assert simulator.requests == []


async def test_a_stream_without_a_list_is_refused(gateway: RunningGateway) -> None:
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await anext(aiter(stub.StreamContacts(contact_pb2.StreamContactsRequest())))

    assert violations(caught.value).keys() == {"list"}
    assert info(caught.value).reason == "INVALID_REQUEST"
