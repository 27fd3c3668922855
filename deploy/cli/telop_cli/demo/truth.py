"""What is known about the demo clip: its telops, the mistakes planted in them, and the job that should find them.

A truth is pure data, written beside the clip by the generator and read by the demo and by tests. A planted mistake
names every caption that would count as repaired, so that a finder may mark one word or two, and write a number in
digits or in words.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

ASSETS: Final = Path(__file__).parent / "assets"
CLIP: Final = "clip.mp4"
TRUTH: Final = "truth.json"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a caption: `wrong` stands at `written[start:end]` (code points).

    `repaired` are the captions that are right; it is empty where no repair is expected (an NG word).
    """

    kind: str
    wrong: str
    start: int
    end: int
    suggestion: str | None
    repaired: Sequence[str]


@dataclass(frozen=True, slots=True)
class Telop:
    """One caption of the clip, on screen from `start_s` to `end_s`; `spoken` is the sentence said meanwhile, if any."""

    start_s: float
    end_s: float
    written: str
    spoken: str | None
    mistake: Mistake | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """A clip and everything that is on it; `request` is the body of the job without its medium."""

    clip: str
    duration_s: float
    width: int
    height: int
    frame_rate: int
    request: dict[str, Any]
    telops: Sequence[Telop]

    @property
    def planted(self) -> list[Telop]:
        """The telops that carry a mistake."""
        return [telop for telop in self.telops if telop.mistake]

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Truth":
        """Read what `write` wrote."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        telops = []
        for telop in raw.pop("telops"):
            mistake = telop.pop("mistake")
            telops.append(Telop(**telop, mistake=Mistake(**mistake) if mistake else None))
        return cls(**raw, telops=telops)
