"""The table of one run: scores of all contenders on the same clips, and ratios between them. No figure stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from tests.benchmarks.recognition.clips import Clip
from tests.benchmarks.recognition.contenders import Run
from tests.benchmarks.recognition.scoring import Score, p95

GROUPS = ("static", "panning", "hostile", "style")
CONTENDERS = ("ours", "every sample", "SSIM gate")


@dataclass(frozen=True)
class Row:
    """One clip: each contender's run and score; `rss_mb` is the most that the engine's process ever held."""

    clip: Clip
    results: dict[str, tuple[Run, Score]]
    rss_mb: float


def line(row: Row) -> str:
    """What to watch while it runs."""
    parts = [f"{row.clip.name:16}"]
    for name, (run, score) in row.results.items():
        error = score.errors / max(1, score.characters)
        parts.append(
            f"{name}: {score.telops_found}/{score.telops} pairs {score.pairs_found}/{score.pairs} lines"
            f" {score.structured} extra {score.extra} edge {p95(score.edges):.1f} CER {error:.2%} calls {run.calls}"
            f" cpu {run.cpu_s:.1f} {' '.join(f'{part} {cpu_s:.1f}' for part, cpu_s in run.parts.items())}"
        )
    ours = row.results["ours"][1]
    special = f"values {ours.values_found}/{ours.values} running {ours.running} one {ours.one_telop}"
    details = [f"    missed {text}" for text in ours.missed] + [f"    read {text}" for text in ours.misread]
    return "\n".join(
        [" | ".join(parts), *([f"    {special}"] if row.clip.changing or row.clip.running else []), *details]
    )


def page(rows: Sequence[Row], seed: int) -> str:
    """The Markdown page."""
    parts = [
        "# The eye, measured",
        "",
        f"Written by `just bench-recognition --write`: {len(rows)} labelled clips of seed {seed}, all contenders on",
        "the same clips in one run, one thread each, with the same engine. `every sample` reads five whole pictures a",
        "second and merges readings that are alike (VideOCR's way); `SSIM gate` reads those whose similarity to the",
        "last one read is below 0.92.",
        "",
        *_groups(rows),
        "",
        "## Each clip",
        "",
        *_clips(rows),
        "",
        *_whole(rows),
    ]
    return "\n".join(parts) + "\n"


def _groups(rows: Sequence[Row]) -> list[str]:
    titles = ["clips", "contender", "telops found", "look-alike changes", "start, end p95 (frames)", "CER"]
    titles += ["folded glyphs apart", "lines as one telop", "extra", "reader calls per telop or value", "CPU, ours = 1"]
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    for group in GROUPS:
        mine = [row for row in rows if row.clip.group == group]
        if not mine:
            continue
        ours_s = sum(row.results["ours"][0].cpu_s for row in mine)
        for name in CONTENDERS:
            results = [row.results[name] for row in mine if name in row.results]
            if not results:
                continue
            total = Score()
            for _, score in results:
                total.add(score)
            calls = sum(run.calls for run, _ in results)
            cpu_s = sum(run.cpu_s for run, _ in results)
            lines.append(
                f"| {group} | {name} | {_share(total.telops_found, total.telops)} |"
                f" {_share(total.pairs_found, total.pairs)} | {p95(total.edges):.1f} |"
                f" {total.errors / max(1, total.characters):.2%} | {total.folded_errors} |"
                f" {_share(total.structured, total.telops)} | {total.extra} |"
                f" {calls / max(1, total.telops + total.values):.2f} | {cpu_s / ours_s:.1f} |"
            )
    return lines


def _clips(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| clip | "
        + " | ".join(f"found: {name}" for name in CONTENDERS)
        + " | edges p95 | CER | calls per telop or value |"
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for row in rows:
        run, score = row.results["ours"]
        found = [row.results[name][1] if name in row.results else None for name in CONTENDERS]
        shares = [_share(one.telops_found, one.telops) if one else "-" for one in found]
        lines.append(
            f"| {row.clip.name} | {' | '.join(shares)} | {p95(score.edges):.1f} |"
            f" {score.errors / max(1, score.characters):.2%} | {run.calls / max(1, score.telops + score.values):.1f} |"
        )
    return lines


def _whole(rows: Sequence[Row]) -> list[str]:
    """What changes in place, runs, and costs."""
    total = Score()
    for row in rows:
        total.add(row.results["ours"][1])
    lines = []
    if total.values:
        lines += [f"- Text that changes in place: {_share(total.values_found, total.values)} of its values read."]
    if total.running:
        lines += [f"- Running text: {min(total.running):.1%} of it read and joined, at worst."]
    places = sum(len(row.clip.changing) + len(row.clip.running) for row in rows)
    if places:
        lines += [f"- Of {places} such places, {total.one_telop} are one telop of their kind."]
    clean = [row for row in rows if row.clip.group in {"static", "panning"}]
    for name, mine in (
        ("static and panning", clean),
        ("hostile", [row for row in rows if row.clip.group == "hostile"]),
    ):
        if mine:
            minutes = sum(row.clip.frames / float(row.clip.rate) for row in mine) / 60
            runs = [row.results["ours"][0] for row in mine]
            decode, engine = (sum(run.parts[part] for run in runs) / minutes for part in ("decode", "engine"))
            lines.append(
                f"- CPU s per 720p media minute, {name}: {decode + engine:.1f}"
                f" ({decode:.1f} decoding and finding changes, with the start of its process; {engine:.1f} reading)."
            )
    decoder = max((row.results["ours"][0].rss_mb for row in rows if row.clip.size == (1280, 720)), default=0.0)
    small = max((row.rss_mb for row in takewhile(lambda row: max(row.clip.size) <= 1280, rows)), default=0.0)
    lines.append(
        f"- Peak memory at 720p: decoder {decoder:.0f} MB, engine {small:.0f} MB; engine after all clips"
        f" {max(row.rss_mb for row in rows):.0f} MB."
    )
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "-"
