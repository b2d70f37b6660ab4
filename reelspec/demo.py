"""The main job, end to end: a video per contract, from the mock, by the clients.

Nothing here is pretended: the generated clients speak to the mock over a real socket,
wait for real jobs, download real files, and each file is decoded and measured.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from contract_tests import VideoFacts, find_differences, measure
from reelspec.targets import PLACEHOLDER_KEY
from specs import Contract, StringSchema

_INTERVAL = 0.2
"""Seconds between two polls: fast enough to see every state of the mock's short jobs."""

_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be generated: a contract, its method in the client, and the arguments."""

    contract: Contract
    resource: str
    arguments: Mapping[str, Any]


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


def make_orders(
    contracts: Mapping[str, Contract], resources: Mapping[str, str]
) -> list[Order]:
    """Return one order per contract, no two of them alike in shape.

    *resources* names each contract's attribute of its client.
    """
    return [
        Order(
            contract=contract,
            resource=resources[name],
            arguments=_arguments(contract, index),
        )
        for index, (name, contract) in enumerate(contracts.items())
    ]


def _arguments(contract: Contract, index: int) -> dict[str, Any]:
    """Return arguments that the document allows, and that shape the video."""
    arguments: dict[str, Any] = {}
    for parameter in contract.parameters:
        schema = parameter.schema
        if parameter.required and isinstance(schema, StringSchema):
            is_url = schema.format == "uri" or parameter.name.endswith("_url")
            arguments[parameter.name] = (
                "https://example.com/input.mp4"
                if is_url
                else "A paper boat on a river."
            )
        elif parameter.name in ("resolution", "aspect_ratio"):
            choices = [it for it in schema.enum or () if it != "auto"]
            arguments[parameter.name] = choices[index % len(choices)]
        elif parameter.name == "num_frames":
            arguments[parameter.name] = 33 + 16 * (index % 4)
        elif parameter.name == "frames_per_second":
            arguments[parameter.name] = (16, 24, 30)[index % 3]
    return arguments


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
