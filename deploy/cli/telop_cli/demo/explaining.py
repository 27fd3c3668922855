"""A finding's explanation in words that an editor understands."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

RELATIONS: Final = {
    "verbatim": "The caption says word for word what is spoken.",
    "condensed": "The caption is a shortened form of what is spoken.",
    "paraphrase": "The caption says in other words what is spoken: only names and numbers were compared.",
    "unspoken": "Nobody speaks this caption: it was judged by word lists, roster and rules alone.",
}
BLAMES: Final = {
    "caption": "the caption is wrong",
    "ocr": "the caption is probably right and was misread",
    "asr": "the caption is probably right and the speech was misheard",
    "script": "caption and speech agree, the script differs",
    "undecidable": "it cannot be told who is wrong",
}
AGREES: Final = 0.05
CLOSE: Final = 0.5
"""Costs up to which a part counts as the same, and as nearly the same."""


def explanation(found: Mapping[str, Any]) -> Group:
    """Return what `GET /v1/findings/{id}/explanation` says, for a terminal."""
    wrong = found["wrong"]
    written = Text(found["written"])
    written.stylize("bold red underline", wrong["start"], wrong["end"])
    right = f', probably right: "{found["suggestion"]}"' if found["suggestion"] else ""
    about = Text(f'{found["kind"]} ({found["severity"]}): "{wrong["text"] or found["heard"]}"{right}')
    blame = BLAMES.get(found["blame"], found["blame"])
    lines: list[Text | Table] = [about, Text("Caption: ") + written]
    if found["heard"]:
        lines.append(Text(f"Heard:   {found['heard']}"))
    if found["script"]:
        lines.append(Text(f"Script:  {found['script']}"))
    lines.append(Text(RELATIONS.get(found["relation"], found["relation"])))
    if found["pairs"]:
        lines.append(_parts(found["pairs"], wrong))
    lines += [Text(f"- {reason}") for reason in found["reasons"]]
    speakers = ", ".join(found["witnesses"]) or "none"
    lines.append(Text(f"Witnesses against it: {speakers}. Verdict: {blame}, confidence {found['confidence']:.0%}."))
    return Group(*lines)


def _parts(pairs: Sequence[Mapping[str, Any]], wrong: Mapping[str, Any]) -> Table:
    table = Table(title="Caption against speech", title_justify="left", expand=False)
    for heading in ("written", "heard", "cost", ""):
        table.add_column(heading, overflow="fold")
    for pair in pairs:
        is_wrong = pair["start"] < wrong["end"] and wrong["start"] < pair["end"]
        style = "bold red" if is_wrong else ""
        heard = "-" if pair["heard"] is None else pair["heard"]
        table.add_row(Text(pair["written"], style=style), Text(heard), f"{pair['cost']:.2f}", _says(pair))
    return table


def _says(pair: Mapping[str, Any]) -> str:
    if pair["heard"] is None:
        return "not heard"
    if pair["cost"] <= AGREES:
        return "the same"
    return "nearly the same" if pair["cost"] <= CLOSE else "different"
