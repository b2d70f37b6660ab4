"""The main job, end to end: a video per contract, from the mock, by the clients.

Nothing here is pretended: the generated clients speak to the mock over a real socket,
wait for real jobs, download real files, and each file is decoded and measured.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter

from contract_tests import VideoFacts, find_differences, measure
from reelspec.demo_orders import Order
from reelspec.targets import PLACEHOLDER_KEY

_INTERVAL = 0.2
"""Seconds between two polls: fast enough to see every state of the mock's short jobs."""

_TIMEOUT = 60.0


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What came of an order; `problems` is empty when all is as it was asked."""

    order: Order
    states: list[str] = field(default_factory=list)
    path: Path | None = None
    video: VideoFacts | None = None
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


Watcher = Callable[[Delivery], object]
"""Called each time a delivery has something new to show."""


@contextmanager
def clients_in(folder: Path) -> Iterator[None]:
    """Import `reel_clients` from *folder*, and not the one that is installed."""
    before = {it: sys.modules.pop(it) for it in _loaded()}
    sys.path.insert(0, str(folder.resolve()))
    try:
        yield
    finally:
        sys.path.remove(str(folder.resolve()))
        for it in _loaded():
            del sys.modules[it]
        sys.modules.update(before)


def _loaded() -> list[str]:
    return [it for it in sys.modules if it.partition(".")[0] == "reel_clients"]


async def deliver(
    orders: list[Order], *, base_url: str, out: Path, watch: Watcher
) -> list[Delivery]:
    """Generate, download and measure every order, all of them side by side."""
    out.mkdir(parents=True, exist_ok=True)
    return await asyncio.gather(
        *(_deliver(it, base_url=base_url, out=out, watch=watch) for it in orders)
    )


async def _deliver(
    order: Order, *, base_url: str, out: Path, watch: Watcher
) -> Delivery:
    delivery = Delivery(order=order)
    started = perf_counter()

    def see(status: str) -> None:
        delivery.seconds = perf_counter() - started
        if status not in delivery.states:
            delivery.states.append(status)
        watch(delivery)

    package = import_module(f"reel_clients.{order.contract.provider.name}")
    errors = import_module("reel_clients.errors").ReelError
    try:
        async with package.AsyncClient(
            api_key=PLACEHOLDER_KEY, base_url=base_url
        ) as client:
            job = await getattr(client, order.resource).submit(**order.arguments)
            see(job.status)
            video = await job.wait(
                timeout=_TIMEOUT,
                interval=_INTERVAL,
                on_progress=lambda it: see(it.status),
            )
            name = f"{order.contract.provider.name}-{order.resource}.mp4"
            delivery.path = await video.download(out / name)
        delivery.video = await asyncio.to_thread(measure, delivery.path)
        delivery.problems += find_differences(order.arguments, delivery.video)
    except errors as exc:
        delivery.problems.append(str(exc))
    delivery.seconds = perf_counter() - started
    watch(delivery)
    return delivery
