"""Pages, held to the contracts that they are about."""

import re
from collections.abc import Iterable
from pathlib import Path

from specs.lock import FILE as LOCK
from specs.lock import read_lock
from specs.model import Contract
from specs.pages.answers import check_example, find_json, is_document
from specs.pages.blocks import LARGEST_PAGE, Block, Page, read_page
from specs.pages.bodies import Court
from specs.pages.calls import PageCall, find_calls, find_objects, from_command
from specs.pages.commands import find_commands
from specs.pages.errors import PageError
from specs.pages.found import Findings, PageReport
from specs.pages.javascript import read_javascript
from specs.pages.links import check_documents, check_endpoints
from specs.pages.prose import check_parameters
from specs.pages.python import read_python
from specs.pages.routes import Directory, Route, is_near, read_address
from specs.pages.statuses import check_log, check_program, check_prose
from specs.pages.syntax import Program
from specs.pages.values import UNKNOWN, Reading
from specs.registry import Registry

_PYTHON = frozenset({"python", "py", "python3", "pycon", "ipython"})
_JAVASCRIPT = frozenset(
    {"javascript", "js", "jsx", "mjs", "typescript", "ts", "tsx", "node", "nodejs"}
)
_HTTP = frozenset({"http", "rest", "text", "txt", "plaintext"})
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "curl", "console", "shell-session"})


def check_pages(paths: Iterable[Path], registry: Registry) -> PageReport:
    """Return what the pages at *paths* get wrong of the contracts of *registry*.

    Nothing in a page is run, and nothing is fetched. Raises PageError where a page
    cannot be read or is larger than a page can be.
    """
    directory = Directory(registry)
    court = Court()
    has_lock = (registry.folder / LOCK).exists()
    lock = read_lock(registry.folder) if has_lock else {}
    sources = [str(it["source"]) for it in lock.values()]
    names, findings, examples = [], [], 0
    for path in paths:
        page = _read(path)
        checked = _PageCheck(page, directory, court, sources).run()
        names.append(page.name)
        findings += list(checked)
        examples += checked.examples
    return PageReport(pages=tuple(names), findings=tuple(findings), examples=examples)


def _read(path: Path) -> Page:
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PAGE + 1)
    except OSError as exc:
        raise PageError(
            name, f"cannot be read: {exc.strerror}", fix="check the name"
        ) from exc
    if len(content) > LARGEST_PAGE:
        raise PageError(
            name,
            f"is larger than {LARGEST_PAGE:,} bytes",
            fix="name a page of documentation",
        )
    if b"\0" in content:
        raise PageError(name, "is no text", fix="name a page of documentation")
    return read_page(content, name=name)


def find_subjects(text: str, directory: Directory) -> list[Contract]:
    """Return the contracts that *text* names, or else those that its title means."""
    models = sorted(directory.models, key=len, reverse=True)
    pattern = "|".join(map(re.escape, models))
    named = {it[0] for it in re.finditer(rf"(?<![\w.-])(?:{pattern})(?![\w-])", text)}
    if named:
        return [it for it in directory.contracts if it.model in named]
    title = _words(text.strip().partition("\n")[0][:200])
    alike = [it for it in directory.contracts if _is_titled(title, it.model)]
    told = [it for it in alike if it.provider.title.casefold() in text.casefold()]
    return told or alike


_FEWEST_WORDS = 3

_IS_JAVASCRIPT = re.compile(
    r";[ \t]*$|=>|\b(?:const|let|var|function|new) ", re.MULTILINE
)
"""What Python does not have; an object of JavaScript may be a dictionary of Python."""


def _is_titled(title: list[str], model: str) -> bool:
    """Say whether a *title* names *model*: each word of it but the kind, in its order."""
    plain = "".join(_words(model))
    position, met = 0, 0
    for word in title:
        at = plain.find(word, position)
        if at < 0:
            break
        position, met = at + len(word), met + 1
    last = (_words(model) or [""])[-1]
    return met >= _FEWEST_WORDS and last in title


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", text.casefold())


class _PageCheck:
    """The check of one page."""

    def __init__(
        self, page: Page, directory: Directory, court: Court, sources: list[str]
    ) -> None:
        self._page = page
        self._directory = directory
        self._court = court
        self._sources = sources
        self._subjects = find_subjects(page.text, directory)
        self._found = Findings(page.name)

    def run(self) -> Findings:
        """Check it all; return what was found."""
        page, found = self._page, self._found
        for block in page.blocks:
            self._block(block)
        check_prose(page.lines, [*self._subjects, *self._others()], found)
        check_parameters(page.lines, self._subjects, found)
        check_documents(page.text, page.name, self._sources, found)
        ids = {it.id for it in self._subjects}
        routes = [it for it in self._directory.routes if it.contract.id in ids]
        written = [it for it in page.blocks if it.language in _HTTP]
        lines = [*page.lines, *(line for it in written for line in it.lines)]
        check_endpoints(lines, routes, self._directory, found)
        return found

    def _others(self) -> list[Contract]:
        """Return the contracts of services that the page speaks of beside its subjects."""
        if not self._subjects:
            return []
        hosts = {
            it.provider.base_url.removeprefix("https://"): it
            for it in self._directory.contracts
        }
        return [it for host, it in hosts.items() if host in self._page.text]

    def _block(self, block: Block) -> None:
        language = block.language
        if not block.text.strip():
            return
        if language in _SHELL or (not language and "curl " in block.text):
            for command in find_commands(block.text, line=block.line):
                self._call(from_command(command), [])
        elif language in _PYTHON:
            program = read_python(block.text, line=block.line)
            if program:
                self._program(program)
        elif language in _JAVASCRIPT:
            self._program(read_javascript(block.text, line=block.line))
        elif not self._unnamed(block):
            self._examples(block)

    def _unnamed(self, block: Block) -> bool:
        """Take a *block* that names no language for a program; say whether it is one."""
        if block.language or block.text.lstrip()[:1] in ("{", "["):
            return False
        program = None
        if not _IS_JAVASCRIPT.search(block.text):
            program = read_python(block.text, line=block.line)
        program = program or read_javascript(block.text, line=block.line)
        if not any(True for _ in find_calls(program)):
            return False
        self._program(program)
        return True

    def _program(self, program: Program) -> None:
        meant: list[Route] = []
        taken: set[tuple[int, int]] = set()
        for call in find_calls(program):
            self._call(call, meant)
            taken |= call.body.spots if call.body else set()
        for reading in find_objects(program, taken):
            for contract in self._selected(reading):
                if len(reading.value.keys() & contract.body.properties.keys()) > 1:
                    self._found.examples += 1
                    self._court.check_body(contract, reading, self._found)
        contracts = {it.contract.id: it.contract for it in meant}
        polls = any(it.operation.role == "poll" for it in meant)
        judged = [*contracts.values()] or self._subjects
        check_program(program, judged, self._found, polls=polls)

    def _selected(self, reading: Reading) -> list[Contract]:
        for contract in self._directory.contracts:
            for name, model in contract.fixed.items():
                if reading.value.get(name) == model:
                    return [contract]
        return []

    def _call(self, call: PageCall, meant: list[Route]) -> None:
        """Check *call*, and add the routes that it means to *meant*."""
        if not call.url:
            self._sdk(call, meant)
            return
        address = read_address(call.url)
        here = self._directory.find(address)
        routes = [it for it in here if call.method in ("", it.operation.method)]
        own = [it for it in routes if it.contract in self._subjects]
        meant += own or routes
        selected = self._selected(call.body) if call.body else []
        if not routes:
            self._astray(call, here, selected)
        elif any(it.operation.role == "submit" for it in routes) and call.body:
            self._submit(call.body, own or routes, selected)
        elif all(it.operation.role != "submit" for it in routes):
            self._query(call, own or routes)

    def _sdk(self, call: PageCall, meant: list[Route]) -> None:
        placed = self._directory.placed(call.name)
        if "status" in call.verb or "poll" in call.verb:
            routes = [it for it in self._directory.routes if it.contract in placed]
            meant += [it for it in routes if it.operation.role == "poll"]
        if placed and call.body:
            self._found.examples += 1
            self._court.check_body(placed[0], call.body, self._found)
        elif not placed and call.body and (near := self._directory.near(call.name)):
            self._found.add(
                "unknown-model",
                call.line,
                f"the model {call.name!r}",
                f"not vendored; did you mean {near}?",
            )

    def _submit(
        self, body: Reading, routes: list[Route], selected: list[Contract]
    ) -> None:
        contracts = selected or list(
            {it.contract.id: it.contract for it in routes}.values()
        )
        name = contracts[0].provider.model.name
        model = body.value.get(name, UNKNOWN)
        if not selected and contracts[0].fixed and model != UNKNOWN:
            near = self._directory.near(str(model))
            self._found.add(
                "unknown-model",
                body.line((name,)),
                f"the model {model!r}",
                f"not vendored{f'; did you mean {near}?' if near else ''}",
            )
        elif len(contracts) == 1:
            self._found.examples += 1
            self._court.check_body(contracts[0], body, self._found)

    def _astray(
        self, call: PageCall, here: list[Route], selected: list[Contract]
    ) -> None:
        """Add that *call* goes where no operation is, if it clearly means one."""
        address = read_address(call.url)
        provider = self._directory.provider(address.host)
        if address.is_tail or provider is None:
            return
        own = [it for it in self._subjects if it.provider is provider]
        contracts = selected or own
        routes = [it for it in self._directory.routes if it.contract in contracts]
        near = is_near(address, routes)
        submits = [it for it in routes if it.operation.role == "submit"]
        if selected and call.body:
            self._found.examples += 1
            self._court.check_body(selected[0], call.body, self._found)
        meant = (here or (submits if selected else []) or ([near] if near else []))[:1]
        for route in meant:
            self._found.add(
                "wrong-endpoint",
                call.line,
                f"{call.method} {call.url}".strip(),
                f"it is {route.words}",
                route.operation.pointer,
            )

    def _query(self, call: PageCall, routes: list[Route]) -> None:
        """Check the names in the query of *call*, which polls or the like."""
        operation = routes[0].operation
        address = read_address(call.url)
        known = [it for it in operation.parameters if it.location == "query"]
        given = set(address.query)
        if call.query:
            given |= call.query.value.keys()
        is_whole = bool(given) and not (call.query and call.query.is_open)
        for it in known:
            if it.required and it.name not in given and is_whole:
                self._found.add(
                    "missing-field",
                    call.line,
                    f"{it.name} is left out of the query",
                    f"{routes[0].words} requires {it.name}",
                    it.schema.pointer,
                )

    def _examples(self, block: Block) -> None:
        context = self._page.heading(block.line)
        if block.text.lstrip()[:1] != "{":
            check_log(block.text, block.line, self._subjects, self._found)
        for reading in find_json(block.text, block.line):
            if is_document(reading.value):
                continue
            selected = self._selected(reading)
            if selected:
                self._found.examples += 1
                self._court.check_body(selected[0], reading, self._found)
            else:
                check_example(
                    reading, self._subjects, context, self._court, self._found
                )
