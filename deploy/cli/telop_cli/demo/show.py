"""What the commands show of a job: progress while it runs, and its findings as a table."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from telop_cli.demo.client import Client

WIDTH_OF_FILES: Final = 160
Job = Mapping[str, Any]


def console() -> Console:
    """Standard output; into a file or a pipe the tables are as wide as they need."""
    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else WIDTH_OF_FILES)


def follow(out: Console, states: Iterable[Job]) -> Job:
    """Show each state of a job and return the last: a moving bar on a terminal, else a line for each change."""
    job: Job = {}
    shown = ""
    columns = (TextColumn("{task.description}"), BarColumn(40), TimeElapsedColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        for job in states:
            line = f"{job['status']:<9} {job['progress']:4.0%}  {_stages(job)}".rstrip()
            bar.update(task, completed=job["progress"], description=line)
            if not out.is_terminal and line != shown:
                out.print(line, markup=False)
            shown = line
    return job


def to_the_end(out: Console, client: Client, job_id: str) -> Job:
    """Follow a job to its end, show its findings, and return it."""
    job = follow(out, client.follow(job_id))
    if job["status"] == "succeeded":
        out.print(findings(client.findings(job_id)))
    out.print(ending(job), markup=False)
    return job


def findings(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The findings of a job as a table; the wrong part of what is written stands out."""
    table = Table(title="Findings", title_justify="left", expand=False)
    for heading in ("time", "kind", "severity", "written", "heard", "suggestion", "blame"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        written, wrong = Text(row["written"]), row["wrong"]
        written.stylize("bold red underline", wrong["start"], wrong["end"])
        written.append(f"  [{wrong['text']}]", style="dim")
        time = f"{row['start_s']:.2f}-{row['end_s']:.2f} s"
        cells = (row["kind"], row["severity"], written, Text(row["heard"]), Text(row["suggestion"] or ""), row["blame"])
        table.add_row(time, *cells)
    return table


def ending(job: Job) -> str:
    """How a job ended, in one line."""
    error = job.get("error") or {}
    why = f": {error.get('reason', '')} {error.get('detail', '')}".rstrip() if error else ""
    return f"job {job['job_id']} {job['status']}, verdict {job['verdict'] or 'none'}{why}, trace {job['trace_id']}"


def _stages(job: Job) -> str:
    return ", ".join(
        f"{stage['stage']} skipped ({stage['skipped']})"
        if stage.get("skipped")
        else f"{stage['stage']} {stage['done']}/{stage['expected']}"
        for stage in job["stages"]
    )
