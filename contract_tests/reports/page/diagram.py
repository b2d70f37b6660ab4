"""The life of a job as a drawing: where each state stands, and each way between two.

The drawing follows the one transition table and knows no provider. Lengths are in
units of the drawing, which is scaled to the room there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contract_tests.reports.model import ContractResult, TransitionResult

WIDTH, HEIGHT = 148, 46  # of a state
_ACROSS, _DOWN = 290, 104  # from one state to the next
_MARGIN = 16
_DIP = 62  # how far a way sinks that passes below a state


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state, by its upper left corner."""

    state: str
    x: int
    y: int
    is_terminal: bool
    is_seen: bool

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + HEIGHT // 2

    @property
    def centre(self) -> int:
        """How far its middle is to the right."""
        return self.x + WIDTH // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way from one state to another: its path, and where its label stands."""

    path: str
    x: int
    y: int
    transition: TransitionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """Boxes and arrows, and how much room they take."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def diagram_of(result: ContractResult) -> Diagram:
    """Return the drawing of the lifecycle of *result*."""
    columns = _columns(result.initial, result.transitions)
    leaving = {it.before for it in result.transitions}
    taken: dict[int, int] = {}
    boxes = {}
    for state, column in columns.items():
        row = taken[column] = taken.get(column, -1) + 1
        boxes[state] = Box(
            state=state,
            x=_MARGIN + column * _ACROSS,
            y=_MARGIN + row * _DOWN,
            is_terminal=state not in leaving,
            is_seen=state in result.states,
        )
    arrows = tuple(
        _arrow(boxes[it.before], boxes[it.after], it)
        for it in result.transitions
        if it.before in boxes and it.after in boxes
    )
    return Diagram(
        boxes=tuple(boxes.values()),
        arrows=arrows,
        width=max(it.x for it in boxes.values()) + WIDTH + _MARGIN,
        height=max([it.y + HEIGHT for it in boxes.values()] + [it.y for it in arrows])
        + _MARGIN,
    )


def _columns(initial: str, transitions: Sequence[TransitionResult]) -> dict[str, int]:
    """Return how many steps each state is from *initial*, by the longest way there."""
    following: dict[str, list[str]] = {}
    for it in transitions:
        if it.events:
            following.setdefault(it.before, []).append(it.after)
    depths = {initial: 0}
    for way in _ways(initial, following, ()):
        for depth, state in enumerate(way):
            depths[state] = max(depth, depths.get(state, 0))
    return depths


def _ways(
    state: str, following: dict[str, list[str]], before: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Yield every way on from *state* that meets no state twice."""
    way = (*before, state)
    yield way
    for after in following.get(state, ()):
        if after not in way:
            yield from _ways(after, following, way)


def _arrow(start: Box, end: Box, transition: TransitionResult) -> Arrow:
    is_next = end.x == start.x + _ACROSS
    if is_next:
        return _to_next(start, end, transition)
    return _below(start, end, transition)


def _to_next(start: Box, end: Box, transition: TransitionResult) -> Arrow:
    """Return the arrow from a state to one in the next column."""
    x, y, far_x, far_y = start.x + WIDTH, start.middle, end.x, end.middle
    bend = (far_x - x) // 2
    return Arrow(
        path=f"M{x} {y} C{x + bend} {y} {far_x - bend} {far_y} {far_x} {far_y}",
        x=x + bend,
        y=(y + far_y) // 2 - 9,
        transition=transition,
    )


def _below(start: Box, end: Box, transition: TransitionResult) -> Arrow:
    """Return the arrow to a state further on, below what stands between."""
    x, y = start.centre, start.y + HEIGHT
    if end.y > start.y:
        far_x, far_y = end.x, end.middle
        path = f"M{x} {y} C{x} {far_y} {x} {far_y} {x + WIDTH} {far_y} L{far_x} {far_y}"
        return Arrow(path=path, x=(x + far_x) // 2, y=far_y - 9, transition=transition)
    far_x, far_y, low = end.centre, end.y + HEIGHT, max(y, end.y + HEIGHT) + _DIP
    path = f"M{x} {y} C{x} {low} {far_x} {low} {far_x} {far_y}"
    return Arrow(
        path=path, x=(x + far_x) // 2, y=(y + 3 * low) // 4 - 6, transition=transition
    )
