"""`just bench-recognition [--quick] [--seed N] [--only NAME] [--write]`: the eye against its contenders, in one run.

With `--minutes N` ours alone, on one long medium instead.
"""

import argparse
import asyncio
import hashlib
import pickle
import tempfile
from pathlib import Path

from telop_chassis.logs import configure_logs

from tests.benchmarks.recognition import clips, files, lasting, report
from tests.benchmarks.recognition.contenders import Ours, Run, Sampling
from tests.benchmarks.recognition.scoring import score

DEVELOPING_SEED, COMMITTED_SEED = 7, 2026
PAGE, LASTING_PAGE = Path("docs/recognition.md"), Path("docs/recognition-lasting.md")


async def _measure(arguments: argparse.Namespace, folder: Path) -> list[report.Row]:
    rows: list[report.Row] = []
    ours = Ours(folder / "scratch")
    await ours.start()
    sampling = Sampling()
    for clip in clips.catalogue(arguments.seed, quick=arguments.quick):
        if arguments.only and arguments.only not in clip.name:
            continue
        path = folder / f"{clip.name.replace(' ', '-')}.mp4"
        if not path.exists():
            files.write(clip, path)
        runs = {"ours": await ours.read(path)}
        if not arguments.alone:
            runs["every sample"], runs["SSIM gate"] = _sampled(sampling, path, folder, kept=arguments.keep is not None)
        row = report.Row(
            clip, {name: (run, score(clip, run.found)) for name, run in runs.items()}, ours.engine_rss_mb()
        )
        rows.append(row)
        print(report.line(row), flush=True)
    await ours.stop()
    return rows


def _sampled(sampling: Sampling, path: Path, folder: Path, *, kept: bool) -> tuple[Run, Run]:
    """The costliest contender's answer is kept beside the clip while ours is being developed."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    store = folder / f"{digest}.sampled"
    if kept and store.exists():
        runs: tuple[Run, Run] = pickle.loads(store.read_bytes())
        return runs
    runs = sampling.read(path)
    if kept:
        store.write_bytes(pickle.dumps(runs))
    return runs


def main() -> int:
    """Read all clips with all contenders and print the table."""
    parser = argparse.ArgumentParser(prog="bench-recognition", description=__doc__)
    parser.add_argument("--seed", type=int, default=COMMITTED_SEED)
    parser.add_argument("--quick", action="store_true", help="three short clips")
    parser.add_argument("--only", help="clips whose name holds this")
    parser.add_argument("--alone", action="store_true", help="without the contenders")
    parser.add_argument("--keep", type=Path, help="keep clips and the contenders' answers in this folder")
    parser.add_argument("--minutes", type=int, help="one medium of so many minutes (6 at least) instead of the clips")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}, or {LASTING_PAGE}")
    arguments = parser.parse_args()
    configure_logs("bench", "0", level="ERROR")
    with tempfile.TemporaryDirectory(prefix="telop-bench-") as temporary:
        folder = (
            (arguments.keep / f"{arguments.seed}{'-quick' * arguments.quick}") if arguments.keep else Path(temporary)
        )
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.minutes:
            path = LASTING_PAGE
            page = lasting.page(asyncio.run(lasting.measure(arguments.minutes, arguments.seed, folder)), arguments.seed)
        else:
            path, page = PAGE, report.page(asyncio.run(_measure(arguments, folder)), arguments.seed)
    print(page)
    if arguments.write:
        path.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
