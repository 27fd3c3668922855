"""Where the command line keeps things: the checkout it belongs to, downloads, and the data of a stack.

Nothing is created here; a caller creates what it writes into.
"""

import os
from pathlib import Path


def checkout() -> Path | None:
    """Returns the root of the checkout that this package is installed from, or None outside of one."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "uv.lock").is_file() else None


def cache_folder() -> Path:
    """Returns where downloads are kept: `TELOP_CACHE`, else `.cache` of the checkout, else the user's cache folder."""
    named = os.environ.get("TELOP_CACHE")
    if named:
        return Path(named).resolve()
    root = checkout()
    return root / ".cache" if root else Path.home() / ".cache" / "telop"


def data_folder(named: Path | None = None) -> Path:
    """Returns the folder of a stack's data: the one named, else `TELOP_DATA`, else `.telop` of the checkout."""
    chosen = named or Path(os.environ.get("TELOP_DATA", "") or (checkout() or Path.cwd()) / ".telop")
    return chosen.expanduser().resolve()
