"""Only public or allowed addresses are reached, whatever they are wrapped in."""

import ipaddress

import pytest
from telop_chassis.addresses import is_allowed, resolve_allowed
from telop_chassis.failures import PermanentError, TransientError

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::1"),
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_an_allowed_network_opens_its_addresses(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), LOOPBACK)


def test_an_allowed_network_opens_nothing_else() -> None:
    assert not is_allowed(ipaddress.ip_address("10.0.0.1"), LOOPBACK)


async def test_a_refused_host_is_refused_for_good() -> None:
    with pytest.raises(PermanentError, match="url_refused"):
        await resolve_allowed("127.0.0.1", 80, ())


async def test_an_odd_spelling_of_a_refused_address_is_refused() -> None:
    with pytest.raises(PermanentError, match="url_refused"):
        await resolve_allowed("0x7f000001", 80, ())


async def test_an_allowed_host_resolves_to_its_addresses() -> None:
    assert await resolve_allowed("127.0.0.1", 80, LOOPBACK) == [ipaddress.ip_address("127.0.0.1")]


async def test_a_name_that_does_not_resolve_may_do_so_later() -> None:
    with pytest.raises(TransientError, match="url_unreachable"):
        await resolve_allowed("nowhere.invalid", 80, ())
