"""What may not be reached is not dialled: canaries wait for every hostile URL and every lie of a name server.

Ports and plain http are open here, so that nothing but the address can be the reason.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
from telop_chassis.outgoing import Outgoing
from telop_chassis.settings import UrlSettings

from tests.unit.guard.listeners import Listener, Names, listening
from tests.unit.guard.ways import Way

EVERYWHERE = ("127.0.0.1", "127.0.0.2", "::1")


@asynccontextmanager
async def canary() -> AsyncIterator[Listener]:
    async with listening(hosts=EVERYWHERE) as seen:
        yield seen


@asynccontextmanager
async def client(port: int, names: Names | None = None, *networks: str) -> AsyncIterator[Outgoing]:
    listed = tuple(map(ip_network, networks))
    settings = UrlSettings(allowed_networks=listed, ports=(port, 443), plain_http=True)
    made = Outgoing(settings, lookup=names)
    try:
        yield made
    finally:
        await made.stop()


HOSTS = [
    # this machine, plainly and by name
    *("127.0.0.1", "127.0.0.2", "127.255.255.254", "localhost", "LOCALHOST", "0.0.0.0", "[::1]", "[::]"),
    "[0:0:0:0:0:0:0:1]",
    # odd spellings of IPv4: short, dword, hex, octal, mixed, overflowing, with a dot behind
    *("127.1", "127.0.1", "0", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7F.1", "017700000001", "0177.0.0.1"),
    *("0177.0x0.1", "00127.0.0.1", "127.0.0.01", "4294967297", "127.0.0.1.", "localhost."),
    *("127.0.0.1%00", "127.0.0.1%20"),
    # IPv6 around IPv4: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]"),
    *("[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::127.0.0.1]", "[2002:7f00:1::]", "[2002:7f00:1::1]"),
    *("[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::5efe:127.0.0.1]", "[2a00::5efe:127.0.0.1]"),
    "[2a00::200:5efe:7f00:1]",
    # scopes, futures, brackets
    *("[::1%lo]", "[::1%25lo]", "[fe80::1%lo]", "[v1.::1]", "[127.0.0.1]", "[::1", "::1"),
    # other writing systems, escapes, invisible characters
    *("１２７.0.0.1", "①②⑦.⓪.⓪.①", "ⓛocalhost", "127。0。0。1", "loc\u200balhost"),
    *("local\u00adhost", "%6cocalhost", "%31%32%37.0.0.1"),
    # confusion about where the host is
    *("user@127.0.0.1", "example.com@127.0.0.1", "example.com:80@127.0.0.1", "@127.0.0.1", "example.com#@127.0.0.1"),
    *("127.0.0.1\\.example.com", "127.0.0.1\t", "127.0.0.1\r\nHost: x", " 127.0.0.1", "127.0.0.1;x", "127.0.0.1,x"),
    # metadata services
    *("169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "metadata.google.internal", "[::ffff:169.254.169.254]"),
]  # fmt: skip


def test_at_least_sixty_different_hostile_hosts_and_answers_are_tried() -> None:
    assert len(set(HOSTS)) >= 60
    assert len({tuple(each) for each in ANSWERS}) >= 25


@pytest.mark.parametrize("host", HOSTS)
async def test_no_spelling_of_this_machine_is_dialled(way: Way, host: str) -> None:
    async with canary() as seen, client(seen.port) as outgoing:
        said = await way(outgoing, f"http://{host}:{seen.port}/", 3.0)
    assert said == "url_refused"
    assert seen.untouched


@pytest.mark.parametrize("scheme", ["ftp", "file", "gopher", "dict", "ws", "unix", "jar:http", "http+unix", "//", ""])
async def test_no_other_scheme_is_spoken(way: Way, scheme: str) -> None:
    async with canary() as seen, client(seen.port, None, "127.0.0.0/8") as outgoing:
        said = await way(outgoing, f"{scheme}://127.0.0.1:{seen.port}/", 3.0)
    assert said == "url_refused"
    assert seen.untouched


PUBLIC = "93.184.215.14"
ANSWERS = [
    *(["127.0.0.1"], ["::1"], ["0.0.0.0"], ["::"], ["10.0.0.1"], ["172.16.0.1"], ["192.168.0.1"], ["100.64.0.1"]),
    *(["169.254.169.254"], ["192.0.0.192"], ["168.63.129.16"], ["fd00:ec2::254"], ["fe80::1"]),
    *(["fec0::1"], ["ff02::1"]),
    *(["::ffff:127.0.0.1"], ["::127.0.0.1"], ["64:ff9b::7f00:1"], ["64:ff9b:1::7f00:1"]),
    *(["2002:7f00:1::1"], ["5f00::1"]),
    *(["2001:0:4136:e378:8000:63bf:80ff:fffe"], ["2a00::5efe:127.0.0.1"], ["192.88.99.1"]),
    *(["198.18.0.1"], ["224.0.0.1"]),
    # one wrong address among good ones is enough, wherever it stands
    *([PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "2606:2800:21f::1", "::1"], [*[PUBLIC] * 5, "127.0.0.1"]),
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS, ids=",".join)
async def test_no_name_that_leads_inside_is_dialled(way: Way, answer: Sequence[str]) -> None:
    names = Names(host_example=[answer])
    async with canary() as seen, client(seen.port, names) as outgoing:
        said = await way(outgoing, f"http://host.example:{seen.port}/", 3.0)
    assert said == "url_refused"
    assert seen.untouched


async def test_a_name_is_asked_once_so_that_it_cannot_change_between_check_and_dial(way: Way) -> None:
    names = Names(host_example=[["127.0.0.1"], ["127.0.0.2"]])
    async with listening(hosts=["127.0.0.1"]) as first, listening(hosts=["127.0.0.2"], port=first.port) as second:
        async with client(first.port, names, "127.0.0.1/32") as outgoing:
            assert await way(outgoing, f"http://host.example:{first.port}/", 3.0) == "200"
            assert names.asked == ["host.example"]
            assert f"host: host.example:{first.port}".encode() in bytes(first.received).lower()
            assert await way(outgoing, f"http://host.example:{first.port}/", 3.0) == "url_refused"
        assert (first.connections, second.untouched) == (1, True)


async def test_a_kept_connection_is_not_used_once_its_address_is_not_that_of_the_name(way: Way) -> None:
    names = Names(host_example=[["127.0.0.1"], ["127.0.0.2"]])
    async with listening(hosts=["127.0.0.1"]) as first, listening(hosts=["127.0.0.2"], port=first.port) as second:
        async with client(first.port, names, "127.0.0.0/8") as outgoing:
            for _ in range(2):
                assert await way(outgoing, f"http://host.example:{first.port}/", 3.0) == "200"
        assert (first.requests, second.requests) == (1, 1)


async def test_a_mixed_answer_reaches_neither_the_wrong_address_nor_the_right_one(way: Way) -> None:
    names = Names(host_example=[["127.0.0.1", "127.0.0.2"]])
    async with canary() as seen, client(seen.port, names, "127.0.0.1/32") as outgoing:
        assert await way(outgoing, f"http://host.example:{seen.port}/", 3.0) == "url_refused"
    assert seen.untouched


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "169.254.0.0/16", "100.64.0.0/10", "fd00::/8"])
@pytest.mark.parametrize(
    "answer", ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]
)
async def test_no_list_opens_a_metadata_service(way: Way, network: str, answer: str) -> None:
    names = Names(host_example=[[answer]])
    async with canary() as seen, client(seen.port, names, network) as outgoing:
        assert await way(outgoing, f"http://host.example:{seen.port}/", 3.0) == "url_refused"
    assert seen.untouched


@pytest.mark.parametrize("url", ["http://{host}/", "http://{host}:8080/", "https://{host}:22/", "https://{host}:6379/"])
async def test_public_hosts_are_reached_over_https_on_known_ports_only(way: Way, url: str) -> None:
    made = Outgoing(UrlSettings(), lookup=Names(host_example=[[PUBLIC]]))
    try:
        assert await way(made, url.format(host="host.example"), 3.0) == "url_refused"
    finally:
        await made.stop()


async def test_proxies_and_netrc_of_the_environment_are_not_used(
    way: Way, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login MARKER password MARKER\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with canary() as proxy, listening() as seen:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with client(seen.port, None, "127.0.0.0/8") as outgoing:
            assert await way(outgoing, f"http://127.0.0.1:{seen.port}/", 3.0) == "200"
    assert proxy.untouched
    assert b"authorization" not in bytes(seen.received).lower()


async def test_no_redirect_leads_a_webhook_or_a_question_anywhere_nor_a_medium_inside(way: Way) -> None:
    async with canary() as inside:
        location = f"http://[::1]:{inside.port}/"
        head = f"HTTP/1.1 307 X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode()
        async with listening(head) as seen, client(seen.port, None, "127.0.0.0/8") as outgoing:
            said = await way(outgoing, f"http://127.0.0.1:{seen.port}/", 3.0)
    assert said in {"307", "url_status", "url_refused"}
    assert inside.untouched
