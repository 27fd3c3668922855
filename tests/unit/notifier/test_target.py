import pytest
from telop_notifier.target import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "host_header"),
    [
        ("https://example.com/hook?key=1", "example.com", 443, "example.com"),
        ("http://Example.COM:8080/", "example.com", 8080, "example.com:8080"),
        ("https://[2001:db8::1]:8443/x", "2001:db8::1", 8443, "[2001:db8::1]:8443"),
        ("https://テスト.example/x", "xn--zckzah.example", 443, "xn--zckzah.example"),
    ],
)
def test_host_and_port_are_those_of_the_client(url: str, host: str, port: int, host_header: str) -> None:
    target = Target.parse(url)
    assert (target.host, target.port, target.host_header) == (host, port, host_header)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "//example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com/#fragment",
        "https://example.com/\r\nX-Header: 1",
        "https://exam ple.com/",
        "https://example.com/a b",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com:port/",
        "https://[::1/",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_what_is_no_plain_web_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(this is not|an absolute|user names|white space)") as refused:
        Target.parse(url)
    assert not url or url not in str(refused.value)
