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
        found = list(client.findings(job_id))
        out.print(findings(found) if found else "no findings")
        for row in found:
            out.print(f"why {row['wrong']['text'] or row['heard']}: telop explain {row['finding_id']}", markup=False)
    for line in (*engines(job), ending(job)):
        out.print(line, markup=False, soft_wrap=True)
    return job


def findings(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The findings of a job as a table; the wrong part of what is written stands out, what is silenced does not."""
    table = Table(title="Findings", title_justify="left", expand=False)
    for heading in ("time", "kind", "severity", "written", "heard", "suggestion", "blame"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        written, wrong = Text(row["written"]), row["wrong"]
        written.stylize("bold red underline", wrong["start"], wrong["end"])
        written.append(f"  [{wrong['text']}]", style="dim")
        time = f"{row['start_s']:.2f}-{row['end_s']:.2f} s"
        times = f" ({row['occurrence_count']} times)" if row.get("occurrence_count", 1) > 1 else ""
        silenced = row.get("suppressed")
        severity = f"{row['severity']} (silenced: {silenced})" if silenced else row["severity"]
        cells = (row["kind"], severity, written, Text(row["heard"]), Text(row["suggestion"] or ""), row["blame"])
        table.add_row(time + times, *cells, style="dim" if silenced else None)
    return table


def engines(job: Job) -> list[str]:
    """Who recognised what on which device and how fast, and which terms nobody could be told to expect; a line each."""
    lines = []
    for stage in job["stages"]:
        for engine in stage.get("engines") or ():
            about = f"{stage['stage']} by {engine['name']} {engine['version']} ({engine['model'][:40]})"
            if engine["device"] != "none":
                about += f" on {engine['device']}"
                about += f", {engine['x_real_time']:g} x real time" if engine.get("x_real_time") else ""
            lines.append(about)
        if missing := stage.get("not_biased"):
            lines.append(f"{stage['stage']} could not be told to expect: {', '.join(missing)} (give them a reading)")
    return lines


def ending(job: Job) -> str:
    """How a job ended, in one line."""
    error = job.get("error") or {}
    why = f": {error.get('reason', '')} {error.get('detail', '')}".rstrip() if error else ""
    verdict = f"verdict {job['verdict'] or 'none'}{_because(job)}"
    return f"job {job['job_id']} {job['status']}, {verdict}{why}, trace {job['trace_id']}"


def _because(job: Job) -> str:
    """What kept the verdict from being better, and what of the names and numbers was verified."""
    reasons = ", ".join(each.replace("_", " ") for each in job.get("verdict_reasons") or ())
    covered = job.get("coverage") or {}
    shares = [
        f"{covered[name]['verified']}/{covered[name]['total']} {name} verified" for name in covered if name != "telops"
    ]
    said = "; ".join(filter(None, (reasons, ", ".join(shares))))
    return f" ({said})" if said else ""


def _stages(job: Job) -> str:
    return ", ".join(
        f"{stage['stage']} skipped ({stage['skipped']})"
        if stage.get("skipped")
        else f"{stage['stage']} {stage['done']}/{stage['expected']}"
        for stage in job["stages"]
    )
