"""A whole job against the longer of its two recognition branches, and the peak memory of each service.

The demo's clip is checked on a local stack; the branches are measured by their own spans of the same job.
"""

import time
from pathlib import Path
from typing import Final

import psutil
from telop_cli.demo.otlp import Span, SpanReceiver
from telop_cli.demo.stack_process import StackProcess
from telop_cli.demo.truth import ASSETS, CLIP, TRUTH, Truth

RUNS: Final = 3
BRANCHES: Final = ("telop-ocr", "telop-asr")


def measure(folder: Path) -> None:
    """Print the ratio for each of a few jobs, the first one cold, and the peaks."""
    truth = Truth.read(ASSETS / TRUTH)
    with SpanReceiver() as receiver:
        exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        with StackProcess(folder, None, exported) as stack, stack.connection.client() as client:
            media_id = client.upload(ASSETS / CLIP)
            for run in range(RUNS):
                started = time.perf_counter()
                job = client.start({"media": {"media_id": media_id}, **truth.request})
                list(client.follow(job["job_id"]))
                wall = time.perf_counter() - started
                spans = receiver.wait_for(job["trace_id"], lambda found: len(_branches(found)) == len(BRANCHES), 20)
                longest = max(_branches(spans).values())
                print(
                    f"job  run {run}: wall {wall / longest:.2f}x the longer branch ({wall:.1f} s and {longest:.1f} s)"
                )
            for name, peak in _peaks(folder).items():
                print(f"memory  {name:14} peak RSS {peak / 2**20:6.0f} MiB")


def _branches(spans: list[Span]) -> dict[str, float]:
    work = [span for span in spans if span.service in BRANCHES and span.name.startswith("segment.planned")]
    return {span.service: (span.end_ns - span.start_ns) / 1e9 for span in work}


def _peaks(folder: Path) -> dict[str, int]:
    """The highest resident size that each service and its engine had, as the kernel counted it."""
    peaks: dict[str, int] = {}
    for pid_file in sorted((folder / "run").glob("*.pid")):
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        for each, name in [
            (process, pid_file.stem),
            *((child, f"{pid_file.stem} child") for child in process.children()),
        ]:
            status = Path(f"/proc/{each.pid}/status").read_text("utf-8")
            peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
            peaks[name] = max(peak, peaks.get(name, 0))
    return peaks
