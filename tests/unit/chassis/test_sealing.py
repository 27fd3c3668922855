"""What is sealed opens only with a known key, and only for what it belongs to."""

import pytest
from pydantic import BaseModel, SecretStr, ValidationError
from telop_chassis.failures import TransientError
from telop_chassis.sealing import Sealer, SealingKeys

OLD, NEW = "01" * 32, "ab" * 32
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def sealer(keys: str = NEW) -> Sealer:
    return Sealer(SecretStr(keys))


def test_a_sealed_text_opens_again_and_does_not_show_the_text() -> None:
    sealed = sealer().seal(SECRET, "acme", "ep_1")
    assert sealer().open(sealed, "acme", "ep_1") == SECRET
    assert SECRET not in sealed
    assert SECRET.removeprefix("whsec_") not in sealed


def test_the_same_text_is_never_sealed_alike() -> None:
    assert sealer().seal(SECRET, "acme") != sealer().seal(SECRET, "acme")


@pytest.mark.parametrize("other", [("acme", "ep_2"), ("rival", "ep_1"), ("acmeep_1",), ("acme", "ep_1", ""), ()])
def test_a_text_that_was_copied_to_another_row_does_not_open(other: tuple[str, ...]) -> None:
    sealed = sealer().seal(SECRET, "acme", "ep_1")
    with pytest.raises(TransientError, match="secret_unreadable"):
        sealer().open(sealed, *other)


def test_keys_are_replaced_by_putting_a_new_one_before_the_old_one() -> None:
    both = sealer(f"{NEW},{OLD}")
    old = sealer(OLD).seal(SECRET, "acme")
    assert both.open(old, "acme") == SECRET
    assert sealer(NEW).open(both.seal(SECRET, "acme"), "acme") == SECRET


@pytest.mark.parametrize(
    "broken", ["", "s1", "s1.x.y", SECRET, "s2.{rest}", "s1.{name}.", "s1.{name}.AAAA", "s1.{name}.%"]
)
def test_what_was_not_sealed_with_a_known_key_does_not_open_and_is_not_repeated(broken: str) -> None:
    _, name, data = sealer().seal(SECRET, "acme").split(".")
    with pytest.raises(TransientError) as refused:
        sealer().open(broken.format(rest=f"{name}.{data}", name=name), "acme")
    assert SECRET not in str(refused.value)


def test_a_changed_byte_does_not_open() -> None:
    sealed = sealer().seal(SECRET, "acme")
    changed = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]
    with pytest.raises(TransientError, match="secret_unreadable"):
        sealer().open(changed, "acme")


class Settings(BaseModel):
    keys: SealingKeys


@pytest.mark.parametrize("keys", ["", "short", NEW[:-1], NEW[:-2], f"{NEW},", f"{NEW},short", f"{NEW};{OLD}", "g" * 64])
def test_a_malformed_key_is_refused_with_what_to_do_and_without_the_key(keys: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(keys=SecretStr(keys))
    (error,) = refused.value.errors(include_input=False, include_url=False)
    assert "64 hexadecimal digits" in error["msg"]
    assert "openssl rand -hex 32" in error["msg"]
    assert not keys or keys not in str(error["msg"])
