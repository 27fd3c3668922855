from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from telop_chassis.targets import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "host_header"),
    [
        ("https://example.com/hook?key=1", "example.com", 443, "example.com"),
        ("http://Example.COM:8080/", "example.com", 8080, "example.com:8080"),
        ("HTTPS://example.com:443", "example.com", 443, "example.com"),
        ("https://[2001:db8::1]:8443/x", "2001:db8::1", 8443, "[2001:db8::1]:8443"),
        ("https://テスト.example/番組.mp4", "xn--zckzah.example", 443, "xn--zckzah.example"),
        ("https://a_b.example/@user/x:y", "a_b.example", 443, "a_b.example"),
        ("https://93.184.215.14/", "93.184.215.14", 443, "93.184.215.14"),
    ],
)
def test_host_and_port_are_those_of_the_client(url: str, host: str, port: int, host_header: str) -> None:
    target = Target.parse(url)
    assert (target.host, target.port, target.host_header) == (host, port, host_header)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://a.example/x%2Fy%20z?q=a%20b%2Bc+d&sig=%3D%2F", "/x%2Fy%20z?q=a%20b%2Bc+d&sig=%3D%2F"),
        ("https://a.example?x", "/?x"),
        ("https://a.example/番組.mp4", "/%E7%95%AA%E7%B5%84.mp4"),
    ],
)
def test_path_and_query_are_sent_as_they_were_given(url: str, sent: str) -> None:
    assert Target.parse(url).url.raw_path_qs == sent


HOSTILE = [
    *("", "example.com/hook", "//example.com/hook", "http:/example.com/", "http:example.com/", "https:example.com"),
    *("ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "data:,x"),
    *("unix:///var/run/docker.sock", "https://", "https:///path", "https://?x", "https://:443/"),
    *("https://user@example.com/", "https://user:secret@example.com/", "https://@example.com/", "https://:@example.com"),
    *("https://example.com#@127.0.0.1/", "https://example.com/#fragment", "https://example.com\\@127.0.0.1/"),
    *("https://127.0.0.1\\.example.com/", "https://example.com/\\x", "https://example.com/\r\nX-Header: 1"),
    *("https://exam ple.com/", "https://example.com/a b", " https://example.com/", "https://example.com/\t", "ht\ntps://a/"),
    *("https://example.com/\x00", "https://example.com%00.a.example/", "https://example.com/\u200b", "https://a\u00adb.example/"),
    *("https://example.com\u3000/", "https://exam\u202eple.com/", "https://example.com/\ud800"),
    *("https://example.com:99999/", "https://example.com:0/", "https://example.com:port/", "https://example.com:+80/"),
    *("https://example.com: 80/", "https://example.com:080/", "https://example.com:80:80/", "https://example.com:-1/"),
    *("https://example.com:８０/", "https://example.com:/"),
    *("https://[::1/", "https://::1/", "https://[::1]x/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/"),
    *("https://[v1.a]/", "https://[127.0.0.1]/", "https://[]/", "https://[::1].example.com/"),
    *("https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/"),
    *("https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.01/", "https://127.0.0.1./", "https://1.2.3.4.5/"),
    *("https://256.256.256.256/", "https://0/", "https://0x/", "https://a.0x7f/", "https://example.123/", "https://4294967297/"),
    *("https://１２７.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://ⓛocalhost/", "https://localhost。/", "https://127。0。0。1/"),
    *("https://%31%32%37.0.0.1/", "https://%6cocalhost/", "https://example.com./", "https://.example.com/"),
    *("https://a..example/", "https://-a.example/", "https://a-.example/", "https://a;b.example/", "https://a,b/"),
    *("https://a'b.example/", "https://a*b.example/", "https://$host/", "https://{host}/", "https://a|b/", "https://<a>/"),
    *("https://" + "a" * 64 + ".example/", "https://" + "a." * 127 + "example/", "https://example.com/" + "a" * 2048),
    *("https://metadata.google.internal/", "https://METADATA.google.internal/", "https://metadata/", "https://instance-data/"),
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_what_is_no_plain_web_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-zI]") as refused:
        Target.parse(url)
    assert not url or url not in str(refused.value)
    assert "\n" not in str(refused.value)


PIECES = st.sampled_from(
    [
        *(
            "http",
            "https",
            "://",
            "//",
            ":",
            "/",
            "@",
            "#",
            "?",
            "\\",
            "%",
            "[",
            "]",
            ".",
            "-",
            "_",
            ";",
            " ",
            "\t",
            "\r\n",
        ),
        *(
            "example.com",
            "127.0.0.1",
            "0x7f.1",
            "2130706433",
            "::1",
            "localhost",
            "443",
            "80",
            "%2f",
            "%00",
            "１２７",
            "。",
        ),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, min_size=3, max_size=12).map("".join)))
@example("https://example.com:443/%2f?%00")
def test_whatever_is_accepted_is_dialled_at_the_judged_address_and_nowhere_else(text: str) -> None:
    try:
        target = Target.parse(text)
    except ValueError:
        return
    dialled = target.at(IPv4Address("192.0.2.1"))
    assert (dialled.host, dialled.port, dialled.user, dialled.password) == ("192.0.2.1", target.port, None, None)
    assert dialled.scheme in {"http", "https"}
    assert not set(str(dialled) + target.host_header) & set(" \t\r\n\\\x00#")
    assert target.host.isascii()
    assert target.address is not None or any(each.isalpha() for each in target.host.rpartition(".")[2])
