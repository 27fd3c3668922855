"""Names are resolved by c-ares, here from a name server on loopback that lies, lags and loops."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from time import perf_counter
from typing import cast

import pytest
from telop_chassis import lookups
from telop_chassis.lookups import AresLookup, LookupFailed

A, CNAME, AAAA = 1, 5, 28
Record = tuple[int, bytes]
Zone = Callable[[str, int], Sequence[Record] | None]
"""Answers a question (name, type) with records, or not at all."""


class NameServer(asyncio.DatagramProtocol):
    """Answers over UDP."""

    def __init__(self, zone: Zone) -> None:
        self.asked: list[str] = []
        self._zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, end = _name(data, 12)
        kind = struct.unpack_from("!H", data, end)[0]
        self.asked.append(name)
        records = self._zone(name, kind)
        if records is not None:
            head = data[:2] + struct.pack("!HHHHH", 0x8180, 1, len(records), 0, 0)
            body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", each, 1, 0, len(raw)) + raw for each, raw in records)
            self._transport.sendto(head + data[12 : end + 4] + body, addr)


def _name(data: bytes, at: int) -> tuple[str, int]:
    labels = []
    while size := data[at]:
        labels.append(data[at + 1 : at + 1 + size].decode())
        at += size + 1
    return ".".join(labels), at + 1


def _of(*addresses: str) -> Zone:
    records = [(A if each.version == 4 else AAAA, each.packed) for each in map(ip_address, addresses)]
    return lambda _, kind: [each for each in records if each[0] == kind]


@asynccontextmanager
async def asking(zone: Zone) -> AsyncIterator[tuple[AresLookup, NameServer]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(zone), ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    lookup = AresLookup(nameservers=[f"127.0.0.1:{port}"], timeout=30.0, tries=1, domains=[])
    try:
        yield lookup, server
    finally:
        await lookup.close()
        transport.close()


async def test_all_addresses_of_both_kinds_are_found() -> None:
    async with asking(_of("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "2606:2800::1")) as (lookup, _):
        found = await lookup.addresses("host.example")
    assert set(map(str, found)) == {"93.184.215.14", "10.0.0.1", "::ffff:7f00:1", "2606:2800::1"}


async def test_every_lookup_asks_again_where_the_answer_may_not_be_kept() -> None:
    async with asking(_of("93.184.215.14")) as (lookup, server):
        await lookup.addresses("host.example")
        before = len(server.asked)
        await lookup.addresses("host.example")
        assert len(server.asked) > before > 0


@pytest.mark.parametrize(
    "zone",
    [
        lambda _, __: [],
        lambda _, __: [(A, b"\x7f")],
        lambda _, __: [(CNAME, b"\xc0\x0c")],
        _of(*(f"93.184.215.{number}" for number in range(lookups.MAX_ANSWERS + 1))),
    ],
    ids=["no records", "a short record", "a loop", "too many addresses"],
)
async def test_what_is_no_use_is_a_failed_lookup(zone: Zone) -> None:
    async with asking(zone) as (lookup, _):
        with pytest.raises(LookupFailed):
            await lookup.addresses("host.example")


async def test_a_name_server_that_never_answers_ends_within_the_limit_and_delays_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookups, "LOOKUP_S", 2.0)

    def zone(name: str, kind: int) -> Sequence[Record] | None:
        return None if name.startswith("silent") else _of("93.184.215.14")(name, kind)

    async with asking(zone) as (lookup, _):
        began = perf_counter()
        silent = [asyncio.ensure_future(lookup.addresses(f"silent{number}.example")) for number in range(100)]
        await asyncio.gather(*(lookup.addresses(f"host{number}.example") for number in range(20)))
        assert not any(each.done() for each in silent)
        outcomes = await asyncio.gather(*silent, return_exceptions=True)
        assert perf_counter() - began < 20.0  # c-ares by itself would wait for 30
    assert all(isinstance(each, LookupFailed) for each in outcomes)


async def test_this_machine_is_known_by_its_name() -> None:
    lookup = AresLookup()
    try:
        assert await lookup.addresses("localhost")
        assert all(each.is_loopback for each in await lookup.addresses("localhost"))
        assert socket.gethostbyname("localhost") in map(str, await lookup.addresses("localhost"))
    finally:
        await lookup.close()
