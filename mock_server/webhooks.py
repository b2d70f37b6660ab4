"""Tells the URL of a submit that its job has ended.

What became of each delivery is part of the job, so that it survives a restart, and a
delivery is claimed in the store before it is made: of several workers only one makes
it. When the next is due goes by the clock of the jobs, how long a claim holds by the
time of day. A thread of its own delivers while there is anything to deliver.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from ipaddress import ip_address
from threading import Lock, Thread

import httpx
import orjson

from mock_server.answers.queueing import answer_result
from mock_server.answers.responses import View, fetch_files
from mock_server.errors import MediaUnavailableError, UnknownJobError
from mock_server.jobs import Job, Webhook
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.scenarios import scenario_of
from mock_server.signing import sign_webhook
from specs import Contract, Webhooks

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.05  # seconds from one look at the jobs to the next
_MOST_AT_ONCE = 20
_MOST_RESUMED = 1_000
_GRACE = 5.0  # seconds beyond the timeout until a claim is void


class _TakenError(Exception):
    """Somebody else delivers, or it is not the time to."""


class Courier:
    """Delivers the webhooks of *ledger*, to this machine and to *hosts* only."""

    def __init__(
        self, *, ledger: Ledger, library: Library, hosts: Collection[str]
    ) -> None:
        self.contracts: dict[str, Contract] = {}
        self._ledger = ledger
        self._library = library
        self._hosts = frozenset(it.lower() for it in hosts)
        self._lock = Lock()
        self._pending: set[str] = set()
        self._thread: Thread | None = None

    def resume(self) -> None:
        """Take up what was left undone by a server that has stopped."""
        jobs = self._ledger.store.newest(_MOST_RESUMED)
        self._expect(it.key for it in jobs if it.webhook and not it.webhook.outcome)

    def expect(self, job: Job) -> None:
        """Deliver the webhook of *job*, if it has one, once it has ended."""
        if job.webhook is not None:
            self._expect([job.key])

    def _expect(self, keys: Iterable[str]) -> None:
        with self._lock:
            self._pending.update(keys)
            if self._pending and self._thread is None:
                self._thread = Thread(
                    target=lambda: asyncio.run(self._deliver_all()),
                    name="reelspec-webhooks",
                    daemon=True,
                )
                self._thread.start()

    async def _deliver_all(self) -> None:
        gate = asyncio.Semaphore(_MOST_AT_ONCE)
        # Neither a proxy nor a redirect leads a delivery to where it was not allowed.
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
            while self._goes_on():
                keys = tuple(self._pending)
                await asyncio.gather(
                    *(self._look_after(it, client, gate) for it in keys)
                )
                await asyncio.sleep(_INTERVAL + len(keys) / 1_000)

    def _goes_on(self) -> bool:
        with self._lock:
            if not self._pending:
                self._thread = None
            return bool(self._pending)

    async def _look_after(
        self, key: str, client: httpx.AsyncClient, gate: asyncio.Semaphore
    ) -> None:
        """Make the delivery of a job that is due, and forget a job that needs none."""
        try:
            async with gate:
                done = await self._try_delivery(key, client)
        except Exception:
            _LOG.exception("webhook of job %s", key)
            done = True
        if done:
            self._pending.discard(key)

    async def _try_delivery(self, key: str, client: httpx.AsyncClient) -> bool:
        """Deliver if it is time to; say whether nothing more is to be done."""
        job = self._ledger.store.get(key)
        contract = self.contracts.get(job.contract) if job else None
        if job is None or job.webhook is None or contract is None:
            return True
        facts = contract.provider.webhooks
        if facts is None or job.webhook.outcome:
            return True
        view = self._view(contract, job)
        if not view.ended:
            return False
        try:
            job = self._ledger.store.update(key, _claiming(facts, view.now))
        except (_TakenError, UnknownJobError):
            return False
        delivered = await self._deliver(self._view(contract, job), facts, client)
        settle = _settling(facts, self._ledger.clock.now(), delivered=delivered)
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

    async def _deliver(
        self, view: View, facts: Webhooks, client: httpx.AsyncClient
    ) -> bool | None:
        """Say whether the receiver took it; None where it may not be sent there."""
        webhook = view.job.webhook
        assert webhook is not None
        if not self._allows(webhook.url):
            _LOG.warning(
                "webhook of job %s: %.200r is not on this machine; "
                "allow its host with --webhook-host",
                view.job.id,
                webhook.url,
            )
            return None
        if webhook.tries <= scenario_of(view.job.scenario).webhook_failures:
            return False
        body = orjson.dumps(await self._write(view))
        headers = sign_webhook(view.job.id, body, prefix=facts.header_prefix)
        headers["Content-Type"] = "application/json"
        sending = client.stream(
            "POST", webhook.url, content=body, headers=headers, timeout=facts.timeout
        )
        try:
            async with asyncio.timeout(facts.timeout), sending as answer:
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return False

    async def _write(self, view: View) -> dict[str, object]:
        """Return the body that tells what came of the job."""
        files = None
        try:
            files = await fetch_files(self._library, view)
        except MediaUnavailableError:
            _LOG.info("webhook of job %s: without the file's size", view.job.id)
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
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        if parsed.scheme not in {"http", "https"}:
            return False
        return parsed.host.lower() in self._hosts or is_loopback(parsed.host)


def is_loopback(host: str) -> bool:
    """Say whether *host* can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _claiming(facts: Webhooks, now: float) -> Callable[[Job], Job]:
    """Return the change that takes a delivery upon oneself."""

    def claim(job: Job) -> Job:
        webhook = job.webhook
        free = webhook and not webhook.outcome and time.time() >= webhook.claimed
        if webhook is None or not free or now < webhook.due:
            raise _TakenError
        claimed = time.time() + facts.timeout + _GRACE
        taken = replace(webhook, tries=webhook.tries + 1, claimed=claimed)
        return replace(job, webhook=taken)

    return claim


def _settling(
    facts: Webhooks, now: float, *, delivered: bool | None
) -> Callable[[Job], Job]:
    """Return the change that says what became of a delivery."""

    def settle(job: Job) -> Job:
        webhook = job.webhook
        assert webhook is not None  # it was claimed
        if delivered is None:
            webhook = replace(webhook, outcome="refused")
        elif delivered:
            webhook = replace(webhook, outcome="delivered")
        elif webhook.tries > len(facts.retries):
            webhook = replace(webhook, outcome="given up")
        else:
            due = now + facts.retries[webhook.tries - 1]
            webhook = replace(webhook, due=due, claimed=0.0)
        return replace(job, webhook=webhook)

    return settle


def read_webhook(url: str | None, origin: str) -> Webhook | None:
    """Return the webhook that a submit asks for by *url*, if it does."""
    return Webhook(url=url[:2_000], origin=origin) if url else None
