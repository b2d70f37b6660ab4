"""Tells the URL of a submit that its job has ended.

A job whose end is to be told is a debt on the store's board, written before the submit
is answered, and what became of each delivery is part of the job: both outlive the
process. Every server of the store takes up every debt, but claims a delivery before it
makes it, so that only one does; a claim lapses, so that another does where the first
has died. When the next delivery is due goes by the clock of the jobs, how long a claim
holds by the time of day. A thread of its own delivers.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from threading import Lock, Thread
from typing import TYPE_CHECKING

import orjson
from msgspec.structs import replace

from mock_server.answers.queueing import answer_result
from mock_server.answers.responses import NO_FILES, View, fetch_files
from mock_server.errors import MediaUnavailableError, UnknownJobError
from mock_server.jobs import Attempt, Job, Webhook
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.scenarios import scenario_of
from mock_server.signing import sign_webhook
from specs import Contract, Webhooks

if TYPE_CHECKING:
    from ssl import SSLContext

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.05  # seconds from one look at the jobs to the next
_IDLE = 0.25  # likewise, while there is none
_ROUND = 1.0  # seconds from one look at the debts of all servers to the next
_MOST_AT_ONCE = 20
_MOST_IN_ROUND = 1_000  # debts that are taken up in one look
_MOST_ATTEMPTS = 20  # that are remembered of one job
_RESPITE = 60.0  # seconds until a delivery is tried again that the mock failed at
_GRACE = 2.0  # seconds beyond the timeout until a claim is void


class _TakenError(Exception):
    """Somebody else delivers, or it is not the time to."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one attempt; `final` where no other is to be made."""

    attempt: Attempt
    final: str | None = None


class Courier:
    """Delivers the webhooks of *ledger*, to this machine and to *hosts* only."""

    def __init__(
        self, *, ledger: Ledger, library: Library, hosts: Collection[str]
    ) -> None:
        self.contracts: dict[str, Contract] = {}
        self._ledger = ledger
        self._board = ledger.store.board
        self._library = library
        self._hosts = frozenset(it.lower() for it in hosts)
        self._lock = Lock()
        self._pending: set[str] = set()
        self._failed: dict[str, float] = {}  # until when they are left alone
        self._cursor = ""
        self._thread: Thread | None = None
        self._closed = False
        self._watches = False

    def resume(self, *, watch: bool = False) -> None:
        """Take up what was left undone by a server that has stopped.

        With *watch*, take up what others leave undone from now on, too.
        """
        self._watches = watch
        self._take_up()
        self._start()

    def close(self) -> None:
        """Look after nothing more: what is left undone is taken up after a restart."""
        self._closed = True

    async def expect(self, job: Job) -> None:
        """Deliver the webhook of *job*, if it has one, once it has ended."""
        if job.webhook is not None:
            await self._board.apart(lambda: self._board.owe(job.key))
            self._pending.add(job.key)
            self._start()

    def _take_up(self) -> None:
        """Look after some more of the debts, whoever has run into them."""
        try:
            keys = self._board.owed(self._cursor, _MOST_IN_ROUND)
        except Exception as exc:  # the next look may do better
            _LOG.warning("webhooks: the store does not say which are left: %s", exc)
            return
        self._cursor = keys[-1] if len(keys) == _MOST_IN_ROUND else ""
        now = time.monotonic()
        due = {it for it in keys if self._failed.get(it, 0.0) <= now}
        self._pending |= due
        for key in due:
            self._failed.pop(key, None)

    def _start(self) -> None:
        with self._lock:
            self._closed = False
            if (self._pending or self._watches) and self._thread is None:
                self._thread = Thread(
                    target=lambda: asyncio.run(self._deliver_all()),
                    name="reelspec-webhooks",
                    daemon=True,
                )
                self._thread.start()

    async def _deliver_all(self) -> None:
        gate = asyncio.Semaphore(_MOST_AT_ONCE)
        due = time.monotonic() + _ROUND
        while self._goes_on():
            keys = tuple(self._pending)
            await asyncio.gather(*(self._look_after(it, gate) for it in keys))
            pause = _INTERVAL if keys else _IDLE
            await asyncio.sleep(pause + len(keys) / 1_000)
            if time.monotonic() >= due:
                due = time.monotonic() + _ROUND
                self._take_up()

    def _goes_on(self) -> bool:
        with self._lock:
            if self._closed or (not self._pending and not self._watches):
                self._thread = None
            return self._thread is not None

    async def _look_after(self, key: str, gate: asyncio.Semaphore) -> None:
        """Make the delivery of a job that is due, and forget a job that needs none."""
        try:
            async with gate:
                done = await self._try_delivery(key)
            if done:
                self._board.pay(key)
        except Exception:
            if not self._closed:  # and the store with it
                _LOG.exception("webhook of job %s", key)
            self._failed[key] = time.monotonic() + _RESPITE
            done = True
        if done:
            self._pending.discard(key)

    async def _try_delivery(self, key: str) -> bool:
        """Deliver if it is time to; say whether nothing more is to be done."""
        job = await self._ledger.store.get(key)
        contract = self.contracts.get(job.contract) if job else None
        facts = contract.provider.webhooks if contract else None
        if job is None or job.webhook is None or job.webhook.outcome:
            return True
        if contract is None or facts is None:
            return False  # another server may know the contract
        view = self._view(contract, job)
        if not view.ended or not _is_free(job.webhook, view.now):
            return False
        # Written first: it may take a while, and a claim does not hold for ever.
        body = orjson.dumps(await self._write(view))
        try:
            job = self._ledger.store.update(key, _claiming(facts, view.now))
        except (_TakenError, UnknownJobError):
            return False
        outcome = await self._deliver(job, body, facts)
        settle = _settling(facts, self._ledger.clock.now(), outcome)
        job = self._ledger.store.update(key, settle)
        return bool(job.webhook and job.webhook.outcome)

    def _view(self, contract: Contract, job: Job) -> View:
        now = self._ledger.clock.now()
        return View(
            contract=contract,
            job=job,
            history=tuple(job.history(contract.lifecycle, now)),
            now=now,
            origin=job.webhook.origin if job.webhook else "",
        )

    async def _deliver(self, job: Job, body: bytes, facts: Webhooks) -> _Outcome:
        """Return what came of one attempt to deliver *body*."""
        webhook, at = job.webhook, self._ledger.clock.now()
        assert webhook is not None
        if not self._allows(webhook.url):
            _LOG.warning(
                "webhook of job %s: %.200r is not on this machine; "
                "allow its host with --webhook-host",
                job.id,
                webhook.url,
            )
            problem = "not on this machine; allow its host with --webhook-host"
            return _Outcome(Attempt(at=at, problem=problem), final="refused")
        if webhook.tries <= scenario_of(job.scenario).webhook_failures:
            return _Outcome(Attempt(at=at, problem="lost by the job's scenario"))
        headers = sign_webhook(job.id, body, prefix=facts.header_prefix)
        headers["Content-Type"] = "application/json"
        return await _send(webhook.url, body, headers, timeout=facts.timeout, at=at)

    async def _write(self, view: View) -> dict[str, object]:
        """Return the body that tells what came of the job."""
        files = NO_FILES
        try:
            files = await fetch_files(self._library, view)
        except MediaUnavailableError as exc:
            _LOG.info("webhook of job %s: without files: %s", view.job.id, exc)
        reply = answer_result(view, files)
        body: dict[str, object] = {
            "request_id": view.job.id,
            "gateway_request_id": view.job.id,
            "status": "OK" if view.succeeded else "ERROR",
            "payload": orjson.loads(reply.body),
        }
        if not view.succeeded:
            body["error"] = f"Invalid status code: {reply.status}"
        return body

    def _allows(self, url: str) -> bool:
        import httpx  # noqa: PLC0415 - 60 ms that only a delivery is worth

        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        if parsed.scheme not in {"http", "https"}:
            return False
        return parsed.host.lower() in self._hosts or is_loopback(parsed.host)


async def _send(
    url: str, body: bytes, headers: dict[str, str], *, timeout: float, at: float
) -> _Outcome:
    """Return what came of sending *body* to *url*."""
    import httpx  # noqa: PLC0415 - as above

    # Neither a proxy nor a redirect leads a delivery to where it was not allowed.
    client = httpx.AsyncClient(
        follow_redirects=False, trust_env=False, verify=_certificates()
    )
    try:
        async with (
            asyncio.timeout(timeout),
            client,
            client.stream(
                "POST", url, content=body, headers=headers, timeout=timeout
            ) as answer,
        ):
            attempt = Attempt(at=at, status=answer.status_code)
            return _Outcome(attempt, "delivered" if answer.is_success else None)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
        name = f"no answer within {timeout:g} seconds"
        if not isinstance(exc, TimeoutError | httpx.TimeoutException):
            name = str(exc)[:200] or type(exc).__name__
        return _Outcome(Attempt(at=at, problem=name))


@cache
def _certificates() -> "SSLContext":
    """Return whose certificates are trusted; to read them takes 25 ms."""
    import httpx  # noqa: PLC0415 - as above

    return httpx.create_ssl_context(trust_env=False)


def is_loopback(host: str) -> bool:
    """Say whether *host* can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_free(webhook: Webhook, now: float) -> bool:
    """Say whether the next delivery is due and nobody makes it."""
    return not webhook.outcome and time.time() >= webhook.claimed and now >= webhook.due


def _claiming(facts: Webhooks, now: float) -> Callable[[Job], Job]:
    """Return the change that takes a delivery upon oneself."""

    def claim(job: Job) -> Job:
        webhook = job.webhook
        if webhook is None or not _is_free(webhook, now):
            raise _TakenError
        claimed = time.time() + facts.timeout + _GRACE
        taken = replace(webhook, tries=webhook.tries + 1, claimed=claimed)
        return replace(job, webhook=taken)

    return claim


def _settling(facts: Webhooks, now: float, outcome: _Outcome) -> Callable[[Job], Job]:
    """Return the change that says what became of a delivery."""

    def settle(job: Job) -> Job:
        webhook = job.webhook
        assert webhook is not None  # it was claimed
        attempts = (*webhook.attempts, outcome.attempt)[-_MOST_ATTEMPTS:]
        webhook = replace(webhook, attempts=attempts, claimed=0.0)
        if outcome.final:
            webhook = replace(webhook, outcome=outcome.final)
        elif webhook.tries > len(facts.retries):
            webhook = replace(webhook, outcome="given up")
        else:
            webhook = replace(webhook, due=now + facts.retries[webhook.tries - 1])
        return replace(job, webhook=webhook)

    return settle


def read_webhook(url: str | None, origin: str) -> Webhook | None:
    """Return the webhook that a submit asks for by *url*, if it does."""
    return Webhook(url=url[:2_000], origin=origin) if url else None
