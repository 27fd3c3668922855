"""The tree that the spans of one trace make, and its picture in plain text.

Nothing is hidden from the tree: a span whose parent never came in is reported as an orphan. The picture folds equal
leaves beside each other (ten commits of one handler) into one line with their number and their time together.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from telop_cli.demo.otlp import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A span and what it caused, in order of time."""

    span: Span
    children: Sequence["Node"]


@dataclass(frozen=True, slots=True)
class Tree:
    """One trace: what has no parent, and what has one that is missing. Sound is one root and no orphan."""

    roots: Sequence[Node]
    orphans: Sequence[Node]

    @property
    def is_whole(self) -> bool:
        """There is one root, and every other span hangs below it."""
        return len(self.roots) == 1 and not self.orphans


def grow(spans: Sequence[Span]) -> Tree:
    """Make the tree of the spans of one trace."""
    known = {span.span_id for span in spans}
    below: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: (span.start_ns, span.span_id)):
        below[span.parent_id].append(span)

    def node(span: Span) -> Node:
        return Node(span, [node(child) for child in below[span.span_id]])

    lost = [span for parent, children in below.items() if parent and parent not in known for span in children]
    return Tree([node(span) for span in list(below[""])], [node(span) for span in lost])


def draw(tree: Tree) -> Iterator[str]:
    """The picture, line by line: name, service, start after the first root, duration."""
    tops = [*tree.roots, *tree.orphans]
    if not tops:
        return
    origin = min(top.span.start_ns for top in tops)
    for top in tree.roots:
        yield from _branch([top], origin, "", "")
    for top in tree.orphans:
        yield "(its parent was never received:)"
        yield from _branch([top], origin, "", "")


def _branch(twins: Sequence[Node], origin: int, head: str, indent: str) -> Iterator[str]:
    yield _line(twins, origin, head)
    groups = [list(group) for _, group in groupby(twins[0].children, key=_likeness)]
    for number, group in enumerate(groups):
        is_last = number == len(groups) - 1
        yield from _branch(
            group, origin, indent + ("└─ " if is_last else "├─ "), indent + ("   " if is_last else "│  ")
        )


def _likeness(node: Node) -> tuple[str, str, str]:
    """Equal for leaves that may share a line; a node with children shares with nobody."""
    return node.span.service, node.span.name, node.span.span_id if node.children else ""


def _line(twins: Sequence[Node], origin: int, head: str) -> str:
    span = twins[0].span
    title = f"{head}{span.name}" + (f" ×{len(twins)}" if len(twins) > 1 else "")
    duration_ms = sum(node.span.end_ns - node.span.start_ns for node in twins) / 1e6
    marks = ("  linked" if span.links else "") + ("  failed" if any(node.span.failed for node in twins) else "")
    service = span.service.removeprefix("telop-")
    return f"{title:<62} {service:<9} +{(span.start_ns - origin) / 1e9:7.3f} s {duration_ms:10.1f} ms{marks}"
