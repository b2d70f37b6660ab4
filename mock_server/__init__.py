"""A server that real clients cannot tell from the services it stands in for.

`build_app(registry)` gives one ASGI app for every contract; `serve` runs it, `Server`
runs it beside a test. `ManualClock` moves the time that jobs live by.
"""

from mock_server.app import build_app
from mock_server.clock import Clock, ManualClock, SystemClock
from mock_server.errors import (
    AddressError,
    AmbiguousRouteError,
    BrokenAnswerError,
    ClockError,
    MediaUnavailableError,
    MockServerError,
    PortInUseError,
    StoreError,
    UnknownJobError,
    UnknownScenarioError,
)
from mock_server.jobs import Timing
from mock_server.scenarios import SCENARIO_HEADER, SCENARIOS, Scenario
from mock_server.serving import Server, serve
from mock_server.store import MemoryStore, SqliteStore, Store

__all__ = [
    "SCENARIOS",
    "SCENARIO_HEADER",
    "AddressError",
    "AmbiguousRouteError",
    "BrokenAnswerError",
    "Clock",
    "ClockError",
    "ManualClock",
    "MediaUnavailableError",
    "MemoryStore",
    "MockServerError",
    "PortInUseError",
    "Scenario",
    "Server",
    "SqliteStore",
    "Store",
    "StoreError",
    "SystemClock",
    "Timing",
    "UnknownJobError",
    "UnknownScenarioError",
    "build_app",
    "serve",
]
