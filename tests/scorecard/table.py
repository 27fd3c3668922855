"""The scorecard for reading: what `metrics.numbers` gives, as lines of text."""

from collections.abc import Iterator
from typing import Any

Numbers = dict[str, Any]


def lines(title: str, card: Numbers) -> Iterator[str]:
    """The table of one half of one language."""
    yield f"== {title}: {card['telops']} telops ({card['telops_read']} read), {card['hours']:.2f} hours"
    yield "word errors: " + ", ".join(f"{band}: {_percent(rate)}" for band, rate in card["word_errors"].items())
    yield f"{'':24}{'precision':28}{'recall':28}F1"
    yield _detection("all kinds", card["all_kinds"])
    for band, found in card["bands"].items():
        yield _detection(f"voice {band}", found)
    for kind, found in card["kinds"].items():
        yield _detection(f"  {kind}", found)
    for name, alarms in card["false_alarms_per_hour"].items():
        shown = f"any {_rate(alarms['any'])}, issue or blocker {_rate(alarms['issue_or_blocker'])}"
        yield f"false alarms an hour, {name.replace('_', ' ')} ({alarms['hours']:.2f} h): {shown}"
    for name in ("kind_named_right", "blame", "relation"):
        yield f"{name.replace('_', ' ')}: {_share(card[name])}"
    yield f"repeats: {card['repeats']}, explained by a recogniser's error: {card['explained']}"
    yield "confidence said / right:"
    for row in card["calibration"]:
        yield f"  {row['from']:.2f} to {row['to']:.2f}: {row['said']:.2f} / {_share(row['right'])}"


def ablation_lines(rows: list[Numbers]) -> Iterator[str]:
    """What each witness adds and costs."""
    yield "without:                precision  recall     F1   false alarms/h (issue)"
    for row in rows:
        yield (
            f"{row['without']:24}{_percent(row['precision']):>9}{_percent(row['recall']):>8}{_percent(row['f1']):>7}"
            f"{row['false_alarms']:>10.1f} ({row['issues']:.1f})"
        )


def _detection(name: str, found: Numbers) -> str:
    return f"{name:24}{_share(found['precision']):28}{_share(found['recall']):28}{_percent(found['f1'])}"


def _share(share: Numbers) -> str:
    interval = f"[{_percent(share['low'])}, {_percent(share['high'])}]"
    return f"{_percent(share['value'])} {interval} {share['hits']}/{share['of']}"


def _rate(rate: Numbers) -> str:
    return f"{rate['value']} [{rate['low']}, {rate['high']}]"


def _percent(value: float | None) -> str:
    return "  -" if value is None else f"{100 * value:.1f}"
