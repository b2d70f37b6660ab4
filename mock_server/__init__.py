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
    ForbiddenError,
    MediaUnavailableError,
    MockServerError,
    PortInUseError,
    ServedHostError,
    StoreError,
    TokenError,
    UnknownJobError,
    UnknownScenarioError,
)
from mock_server.interception.environment import export_lines
from mock_server.interception.interception import intercept
from mock_server.jobs import Timing
from mock_server.scenarios import SCENARIO_HEADER, SCENARIOS, Scenario
from mock_server.selection import Rules
from mock_server.serving import Server, serve
from mock_server.stores.redis import RedisStore
from mock_server.stores.sqlite import SqliteStore
from mock_server.stores.store import MemoryStore, Store
from mock_server.workers import crew

__all__ = [
    "SCENARIOS",
    "SCENARIO_HEADER",
    "AddressError",
    "AmbiguousRouteError",
    "BrokenAnswerError",
    "Clock",
    "ClockError",
    "ForbiddenError",
    "ManualClock",
    "MediaUnavailableError",
    "MemoryStore",
    "MockServerError",
    "PortInUseError",
    "RedisStore",
    "Rules",
    "Scenario",
    "ServedHostError",
    "Server",
    "SqliteStore",
    "Store",
    "StoreError",
    "SystemClock",
    "Timing",
    "TokenError",
    "UnknownJobError",
    "UnknownScenarioError",
    "build_app",
    "crew",
    "export_lines",
    "intercept",
    "serve",
]
