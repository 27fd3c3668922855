import pytest
from hypothesis import given
from hypothesis import strategies as st
from telop_notifier.custom_headers import checked


def test_names_come_back_in_lower_case_with_their_values() -> None:
    given_headers = {"Authorization": "Bearer abc", "X-Team": "news room"}
    assert checked(given_headers) == {"authorization": "Bearer abc", "x-team": "news room"}


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "Content-Length", "content-type", "Content-Encoding", "Transfer-Encoding", "Connection", "TE"),
        *("Keep-Alive", "Upgrade", "Trailer", "Expect", "Proxy-Authorization", "Proxy-Anything", "webhook-id"),
        *(
            "Webhook-Signature",
            "traceparent",
            "Cookie",
            "X-Forwarded-For",
            "Forwarded",
            "User-Agent",
            "Accept-Encoding",
        ),
        *("content_length", "x y", "x:y", "", "é", "x\r\nhost", "x" * 65, "\tx", "x\x00"),
    ],
)
def test_a_header_that_is_ours_or_no_token_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="header"):
        checked({name: "value"})


@pytest.mark.parametrize(
    "value", ["", " a", "a ", "a\r\nx: y", "a\nb", "a\x00b", "a\tb", "é", "x" * 1025, "\x7f", "a\u2028b"]
)
def test_a_value_that_could_be_read_in_two_ways_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as refused:
        checked({"x-key": value})
    assert value == "" or value.strip() not in str(refused.value) or value.strip() == "a"


def test_the_same_name_in_two_spellings_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        checked({"X-Key": "1", "x-key": "2"})


def test_all_together_are_bounded() -> None:
    with pytest.raises(ValueError, match=r"4,096"):
        checked({f"x-{number}": "v" * 1000 for number in range(5)})


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=5))
def test_what_passes_cannot_end_its_line(headers: dict[str, str]) -> None:
    try:
        found = checked(headers)
    except ValueError:
        return
    for name, value in found.items():
        line = f"{name}: {value}"
        assert line.isascii()
        assert line.isprintable()
        assert ":" not in name
