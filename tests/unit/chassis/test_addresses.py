"""Only public or listed addresses are reached, whatever they are wrapped in, and metadata services never."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_chassis.addresses import NOT_PUBLIC, IpAddress, is_reachable

EVERYTHING = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001:80e::200e"]
)
def test_public_addresses_are_reached(address: str) -> None:
    assert is_reachable(ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "255.255.255.255"),
        *("192.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
        *("192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "240.0.0.1", "100.100.100.200"),
        *("168.63.129.16",),
    ],
)
def test_ipv4_addresses_of_special_purpose_are_not(address: str) -> None:
    assert not is_reachable(ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "ff0e::1", "100::1"),
        *("2001:db8::1", "3fff::1", "5f00::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:3::1", "2001:4:112::1"),
        *("2620:4f:8000::1", "64:ff9b:1::1", "4000::1", "e000::1", "fd00:ec2::254", "fd20:ce::254"),
        # IPv4 inside, public or not: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "::93.184.215.14"),
        *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::5db8:d70e", "64:ff9b:1::7f00:1"),
        *("2002:7f00:1::1", "2002:5db8:d70e::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
        *("2a00:1450::5efe:127.0.0.1", "2a00:1450::200:5efe:10.0.0.1", "2a00:1450::5efe:93.184.215.14"),
    ],
)
def test_ipv6_addresses_that_are_special_or_carry_ipv4_are_not(address: str) -> None:
    assert not is_reachable(ip_address(address), ())


def test_what_the_standard_library_calls_local_is_never_public() -> None:
    for network in (*NOT_PUBLIC, *ipaddress._IPv4Constants._private_networks):  # type: ignore[attr-defined]
        assert not is_reachable(network[0], ()), network
        assert not is_reachable(network[-1], ()), network
    for network in ipaddress._IPv6Constants._private_networks:  # type: ignore[attr-defined]
        assert not is_reachable(network[0], ()), network
        assert not is_reachable(network[-1], ()), network


@pytest.mark.parametrize(
    ("network", "address"),
    [
        *(("10.0.0.0/8", "10.1.2.3"), ("127.0.0.0/8", "127.0.0.1"), ("::1/128", "::1"), ("fd12::/16", "fd12::5")),
        *(("100.64.0.0/10", "100.64.0.1"), ("64:ff9b::/96", "64:ff9b::5db8:d70e")),
    ],
)
def test_a_listed_network_opens_its_addresses(network: str, address: str) -> None:
    assert is_reachable(ip_address(address), (ip_network(network),))


@pytest.mark.parametrize(
    ("network", "address"),
    [
        *(("127.0.0.0/8", "10.0.0.1"), ("127.0.0.0/8", "::1"), ("127.0.0.0/8", "::ffff:127.0.0.1")),
        *(("10.0.0.0/8", "2002:a00:1::1"), ("64:ff9b::/96", "64:ff9b::a00:1"), ("2002::/16", "2002:7f00:1::1")),
    ],
)
def test_a_listed_network_opens_nothing_else(network: str, address: str) -> None:
    assert not is_reachable(ip_address(address), (ip_network(network),))


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "169.254.42.42", "100.100.100.200"),
        *("168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42"),
        *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1"),
        *("fd12::5efe:169.254.169.254", "::ffff:100.100.100.200", "64:ff9b::6464:64c8", "::169.254.169.254"),
        *("0.0.0.0", "::", "fe80::a9fe:a9fe", "224.0.0.251", "ff02::1", "255.255.255.255"),
    ],
)
def test_no_list_opens_a_metadata_service(address: str) -> None:
    assert not is_reachable(ip_address(address), EVERYTHING)


@given(st.ip_addresses())
def test_nothing_is_reached_that_the_standard_library_does_not_call_global(address: IpAddress) -> None:
    assert not is_reachable(address, ()) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:0:0", "::", "64:ff9b::", "2a00::5efe:0:0", "2a00::200:5efe:0:0"]))
def test_no_ipv6_address_around_ipv4_is_reached(inside: IPv4Address, around: str) -> None:
    assert not is_reachable(IPv6Address(int(IPv6Address(around)) | int(inside)), ())
    assert not is_reachable(IPv6Address(0x2002 << 112 | int(inside) << 80 | 1), ())
