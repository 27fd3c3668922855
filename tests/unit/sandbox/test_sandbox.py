"""What a sandboxed child cannot do to the service that started it."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from telop_chassis import forks
from telop_chassis.failures import PermanentError, TransientError
from telop_chassis.sandbox import Limits, run_child

LIMITS = Limits(wall_s=30, cpu_s=30, memory_bytes=1024**3, open_files=48, answer_bytes=100_000)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    yield
    forks.end_servers()  # the next test's server is started in that test's environment


async def run(do: str, limits: Limits = LIMITS, *, writes: Sequence[Path] = (), **more: str) -> dict[str, Any]:
    reads = [Path(__file__).parent]
    return await run_child("misbehaving_child", {"do": do, **more}, limits, reads=reads, writes=writes)


async def test_an_answer_comes_back_as_it_was_given() -> None:
    assert await run("echo", say="élan 漢字") == {"heard": "élan 漢字"}


@ON_LINUX
async def test_a_child_sees_no_secret_and_leads_its_own_limited_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELOP_AUTH__SEED_KEY", "marker-of-a-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "marker-of-a-secret")

    told = await run("tell_surroundings")

    assert "marker-of-a-secret" not in told["environment"].values()
    assert told["environment"]["OMP_NUM_THREADS"] == "1"
    assert told["leads_group"]
    assert (told["core"], told["open_files"], told["umask"]) == (0, 48, 0o077)
    assert len(told["descriptors"]) <= 5, "the service's own descriptors leaked into the child"


async def test_what_a_child_prints_is_no_part_of_its_answer() -> None:
    assert await run("print_noise") == {"forged": False}


async def test_a_refusal_is_permanent_and_keeps_its_reason() -> None:
    with pytest.raises(PermanentError) as caught:
        await run("refuse")
    assert caught.value.reason == "media_unreadable"


@pytest.mark.parametrize(
    ("do", "limits", "reason"),
    [
        ("crash", LIMITS, "child_died"),
        ("abort", LIMITS, "child_died"),
        ("exit_silently", LIMITS, "child_died"),
        ("swell", LIMITS, "child_out_of_memory"),
        ("answer_too_much", LIMITS, "child_answer_too_large"),
        ("spin", Limits(wall_s=30, cpu_s=1), "child_timeout"),
        ("spin", Limits(wall_s=0.5, cpu_s=30), "child_timeout"),
    ],
)
async def test_what_ends_a_child_is_told_by_a_reason_code(do: str, limits: Limits, reason: str) -> None:
    with pytest.raises(TransientError) as caught:
        await run(do, limits)
    assert caught.value.reason == reason


async def test_a_failure_tells_its_type_and_never_its_message() -> None:
    with pytest.raises(TransientError) as caught:
        await run("raise_with_text", say="marker-of-a-caption")
    assert caught.value.reason == "child_failed"
    assert "ValueError" in str(caught.value)
    assert "marker-of-a-caption" not in str(caught.value)


@pytest.mark.parametrize("do", ["write_too_much", "save_an_array"])
async def test_a_child_cannot_fill_the_disk_and_says_that_there_is_no_room(do: str, tmp_path: Path) -> None:
    with pytest.raises(TransientError) as caught:
        await run(do, Limits(wall_s=30, file_bytes=1000), writes=[tmp_path], path=str(tmp_path / "big.npy"))
    assert caught.value.reason == "no_room"
    assert (tmp_path / "big.npy").stat().st_size <= 1000


@ON_LINUX
@pytest.mark.parametrize("do", ["write_too_much", "save_an_array"])
async def test_a_full_disk_is_told_by_a_reason_code(do: str) -> None:
    with pytest.raises(TransientError) as caught:
        await run(do, writes=[Path("/dev/full")], path="/dev/full")
    assert caught.value.reason == "no_room"


@ON_LINUX
async def test_a_child_opens_no_socket_starts_no_program_reaches_no_process_and_stays_in_its_group() -> None:
    kinds = ["socket", "program", "signal", "signal to a thread", "memory of another", "other group"]
    assert await run("reach_out") == {"refused": kinds}


@ON_LINUX
async def test_a_child_reads_and_writes_no_file_but_those_it_was_given(tmp_path: Path) -> None:
    given, secret, folder = tmp_path / "given", tmp_path / "secret", tmp_path / "folder"
    given.write_text("given")
    secret.write_text("secret")
    folder.mkdir()
    asked = [str(path) for path in (given, secret, folder / "new", tmp_path / "new", "/etc/passwd", "/proc/1/environ")]

    told = await run_child(
        "misbehaving_child",
        {"do": "touch_files", "paths": asked},
        LIMITS,
        reads=[Path(__file__).parent, given],
        writes=[folder],
    )

    assert told["read"] == [str(given)]
    assert told["written"] == [str(folder / "new")]
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("how", ["cancelled", "timed out"])
async def test_nothing_of_a_child_is_left_when_it_was_ended(how: str, tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    limits = Limits(wall_s=30 if how == "cancelled" else 5)
    running = asyncio.create_task(run("hang_with_grandchild", limits, writes=[line], path=str(line)))
    with await asyncio.to_thread(line.open) as children:
        assert await asyncio.to_thread(children.readline) == "both hang\n"
        if how == "cancelled":
            running.cancel()

        with pytest.raises((asyncio.CancelledError, TransientError)):
            await running

        ended = await asyncio.to_thread(children.read)  # comes back when nobody holds the other end any more
    assert ended == ""


async def test_children_are_forks_of_one_server_and_never_the_same_process_twice() -> None:
    first, second = await run("tell_surroundings"), await run("tell_surroundings")

    assert first["server"] == second["server"] != os.getpid()
    assert first["id"] != second["id"]


async def test_many_children_at_once_get_each_their_own_answer() -> None:
    told = await asyncio.gather(*(run("echo", say=str(number)) for number in range(20)))

    assert told == [{"heard": str(number)} for number in range(20)]


async def test_a_server_that_was_killed_costs_its_children_one_attempt_and_is_replaced(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    server = (await run("tell_surroundings"))["server"]
    running = asyncio.create_task(run("hang", writes=[line], path=str(line)))
    with await asyncio.to_thread(line.open) as child:
        assert await asyncio.to_thread(child.readline) == "hangs\n"

        os.kill(server, signal.SIGKILL)

        with pytest.raises(TransientError) as caught:
            await running
        assert await asyncio.to_thread(child.read) == "", "the child outlived its server"
    assert caught.value.reason == "child_died"
    assert await run("echo", say="again") == {"heard": "again"}


@ON_LINUX
async def test_a_server_that_does_not_answer_any_more_is_ended_with_its_children(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    server = (await run("tell_surroundings"))["server"]
    running = asyncio.create_task(run("hang", writes=[line], path=str(line)))
    with await asyncio.to_thread(line.open) as child:
        assert await asyncio.to_thread(child.readline) == "hangs\n"
        os.kill(server, signal.SIGSTOP)

        running.cancel()

        with pytest.raises(asyncio.CancelledError):
            await running
        assert await asyncio.to_thread(child.read) == ""
    assert await run("echo", say="again") == {"heard": "again"}


@ON_LINUX
async def test_no_child_outlives_the_service_that_asked_for_it(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    code = """
import asyncio, pathlib, sys
import test_sandbox
line = pathlib.Path(sys.argv[1])
asyncio.run(test_sandbox.run("hang", writes=[line], path=str(line)))
"""
    service = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(line))
    with await asyncio.to_thread(line.open) as child:
        assert await asyncio.to_thread(child.readline) == "hangs\n"

        service.kill()

        assert await asyncio.to_thread(child.read) == ""
    await service.wait()


@pytest.mark.parametrize(("slow_s", "said"), [(0.1, ["misbehaving_child"]), (60.0, [])])
async def test_a_child_that_takes_long_is_told_of_before_it_ends(
    slow_s: float, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telop_chassis.children.SLOW_S", slow_s)
    with capture_logs() as lines, pytest.raises(TransientError, match="child_timeout"):
        await run("spin", Limits(wall_s=0.5))
    assert [line["child"] for line in lines if line["event"] == "child_slow"] == said
