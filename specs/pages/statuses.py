"""The statuses that a program, a log or a sentence waits for, held to the lifecycle."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from specs.lifecycle import Outcome
from specs.model import Contract
from specs.pages.blocks import Line
from specs.pages.found import Findings
from specs.pages.syntax import (
    Array,
    Expression,
    Member,
    Name,
    Program,
    Value,
    is_status,
    last_name,
)
from specs.pages.values import Evaluator, softens
from specs.pointers import split_pointer
from specs.schemas import ObjectSchema

_QUOTED = r"[`'\"“‘][\w-]{2,40}[`'\"”’](?!\s*:)"
# A member of a piece of JSON is no sentence.
_NAMED = r"(?<![\"'{,.])\b(?:status|(?:job|task|queue|generation|request)(?:'s)? state)\b[`'\"”’]?"
_SENTENCE = re.compile(
    rf"{_NAMED}[^.;:`'\"“‘\n]{{0,40}}?"
    r"(?:\b(?:is|becomes|equals|are|reaches|to|as|be)\b|[:=]+)"
    rf"(?: set to| now| either| one of)?\s*((?:{_QUOTED}(?:\s*(?:,|/|\bor\b|\band\b)\s*){{0,3}}){{1,12}})",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\bstatus (?:is|becomes|equals|reaches) (\w{4,40})\b(?=[,.;)])",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    r"^\W{0,10}(?:\w+ )?status\W{0,4}[:=]\W{0,4}([A-Za-z_]{3,40})\W{0,4}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b[A-Za-z][\w-]{1,39}")
_TITLE = re.compile(r"\s*\|[\s*`]*(?:\w+ )?(?:status|state)(?: value)?[\s*`]*\|", re.I)
_CELL = re.compile(r"\s*\|[\s*`\"']*([A-Za-z][\w-]{1,39})[\s*`\"']*\|")
_ALIKE = 0.85

OTHER_STATUSES = re.compile(r"webhook|callback|\bHTTP\b", re.IGNORECASE)
"""What else has a status: a call back, and an answer itself."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A status that a program names, and where."""

    status: str
    line: int
    any_case: bool


def check_program(
    program: Program, contracts: Iterable[Contract], found: Findings, *, polls: bool
) -> None:
    """Add the statuses of *program* that no job of any of *contracts* has.

    Where the program *polls*, the final ones that it never minds are added too.
    """
    cycles = {it.lifecycle.states: it for it in contracts}
    awaited = list(_awaited(program))
    if not cycles or not awaited:
        return
    known = [it for it in awaited if any(_is_of(it, states) for states in cycles)]
    if not (known or polls):
        return
    for it in awaited:
        if it not in known:
            _add_impossible(found, it.line, it.status, list(cycles.values()))
    if polls and len(cycles) == 1:
        (contract,) = cycles.values()
        _check_ends(program, contract, known, found)


def _check_ends(
    program: Program, contract: Contract, known: list[_Awaited], found: Findings
) -> None:
    """Add the final statuses of *contract* at which *program* does not stop, or not as it should."""
    cycle = contract.lifecycle
    named = {
        state for state in cycle.states if any(_is_of(it, (state,)) for it in known)
    }
    failures = [it for it, end in cycle.terminal.items() if end is Outcome.FAILURE]
    minds = bool(named & {*failures}) or _reads_error(program, contract)
    line = min((it.line for it in known), default=0)
    if not line or not program.waits:
        return
    leaves = named >= {*cycle.pending} or program.has_fallback
    for state in cycle.terminal:
        if state not in named and not leaves and not (state in failures and minds):
            found.add(
                "unhandled-status",
                line,
                f"the program goes on waiting when the status is {state!r}",
                f"{contract.provider.name} ends jobs with {_listed(cycle.terminal)}",
            )
    if leaves and failures and not minds:
        found.add(
            "failure-as-success",
            line,
            f"the program never asks for {_listed(failures)}",
            f"{contract.provider.name} says by it that the job failed",
        )


def _reads_error(program: Program, contract: Contract) -> bool:
    """Say whether *program* looks at the member that tells why a job failed."""
    name = split_pointer(contract.provider.job.error)[-1]
    called = {it.function.at for it in program.calls}
    return any(it.name == name and it.at not in called for it in program.members)


def check_prose(
    lines: Sequence[Line], contracts: list[Contract], found: Findings
) -> None:
    """Add the statuses that *lines* speak of and no job of *contracts* has."""
    if not contracts:
        return
    states = {state for it in contracts for state in _known_states(it)}
    own = [*_lines_of_jobs(lines)]
    spoken = [*_spoken(own, states), *_tabled(own, states)]
    for number, status in spoken:
        if status not in states:
            _add_impossible(found, number, status, contracts)


def _known_states(contract: Contract) -> Iterator[str]:
    """Yield the states of a job, and what else an answer may call a status."""
    yield from contract.lifecycle.states
    name = split_pointer(contract.provider.job.status)[-1]
    for operation in contract.operations:
        for answer in operation.answers.values():
            if isinstance(answer, ObjectSchema) and name in answer.properties:
                yield from map(str, answer.properties[name].schema.enum or ())


def _lines_of_jobs(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines that are not about a call back, which has statuses of its own."""
    is_other = False
    for line in lines:
        if line.text.lstrip().startswith("#"):
            is_other = OTHER_STATUSES.search(line.text) is not None
        if not is_other and not OTHER_STATUSES.search(line.text):
            yield line


def _spoken(lines: Iterable[Line], states: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the statuses that sentences name."""
    for line in lines:
        for match in _SENTENCE.finditer(line.text):
            words = _WORD.findall(match[1])
            yield from ((line.number, it) for it in words if it not in ("or", "and"))
        for match in _BARE.finditer(line.text):
            if difflib.get_close_matches(match[1], states, n=1, cutoff=_ALIKE):
                yield line.number, match[1]


def _tabled(lines: Iterable[Line], states: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the first columns of tables of statuses that have one of *states*."""
    tables: list[list[tuple[int, str]]] = []
    is_inside = False
    for line in lines:
        if not line.text.lstrip().startswith("|"):
            is_inside = False
        elif _TITLE.match(line.text):
            is_inside = True
            tables.append([])
        elif is_inside and (cell := _CELL.match(line.text)):
            tables[-1].append((line.number, cell[1]))
    for rows in tables:
        if states & {status for _, status in rows}:  # or it is about something else
            yield from rows


def check_log(text: str, line: int, contracts: list[Contract], found: Findings) -> None:
    """Add the statuses in the sample output *text* that no job of *contracts* has."""
    states = {state for it in contracts for state in it.lifecycle.states}
    rows = [(index, _LOGGED.match(it)) for index, it in enumerate(text.split("\n"))]
    logged = [(line + index, it[1]) for index, it in rows if it]
    if not states & {it for _, it in logged}:
        return  # it is no log of a job
    for number, status in logged:
        if status not in states:
            _add_impossible(found, number, status, contracts)


def _add_impossible(
    found: Findings, line: int, status: str, contracts: list[Contract]
) -> None:
    cycle = contracts[0].lifecycle
    near = difflib.get_close_matches(status, cycle.states, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    found.add(
        "impossible-status",
        line,
        f"the status {status!r}",
        f"{contracts[0].provider.name} has {_listed(cycle.states)}{hint}",
        contracts[0].poll.pointer,
    )


def _listed(states: Iterable[str]) -> str:
    return ", ".join(map(repr, states))


def _is_of(awaited: _Awaited, states: Iterable[str]) -> bool:
    if awaited.any_case:
        return awaited.status.casefold() in {it.casefold() for it in states}
    return awaited.status in states


def _awaited(program: Program) -> Iterator[_Awaited]:
    """Yield the texts that *program* compares a status with."""
    evaluator = Evaluator(program)
    for it in program.comparisons:
        any_case, is_job = _subject(it.subject, evaluator)
        if not is_job:
            continue
        values = evaluator.settle(it.values)
        for value in values.items if isinstance(values, Array) else (values,):
            if (
                isinstance(value, Value)
                and isinstance(value.value, str)
                and value.value
            ):
                yield _Awaited(value.value, value.at[0], any_case)


def _subject(subject: Expression, evaluator: Evaluator) -> tuple[bool, bool]:
    """Say whether *subject* is a status in any case, and whether it is one at all."""
    any_case = False
    for _ in range(4):
        inner = softens(subject)
        any_case = any_case or inner is not subject
        if isinstance(inner, Name | Member) and is_status(last_name(inner)):
            settled = evaluator.settle_name(inner)
            any_case = any_case or softens(settled) is not settled
            return any_case, True
        if not isinstance(inner, Name):
            return any_case, False
        subject = evaluator.settle_name(inner)
    return any_case, False
