"""A server that real clients cannot tell from the services it stands in for.

`build_app(registry)` gives one ASGI app for every contract; `serve` runs it, `Server`
runs it beside a test. `ManualClock` moves the time that jobs live by.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mock_server.agreement import AgreedClock, Agreement, put_rules
from mock_server.app import build_app
from mock_server.clock import Clock, ManualClock, SystemClock
from mock_server.errors import (
    AddressError,
    AmbiguousRouteError,
    BrokenAnswerError,
    CassetteError,
    ClockError,
    ForbiddenError,
    MediaUnavailableError,
    MockServerError,
    PortInUseError,
    ServedHostError,
    StoreError,
    TimingError,
    TokenError,
    UnknownJobError,
    UnknownScenarioError,
)
from mock_server.listening import base_url_of, listen
from mock_server.rules import Rules
from mock_server.scenarios import SCENARIO_HEADER, SCENARIOS, Scenario
from mock_server.serving import Server, serve
from mock_server.stores.sqlite import SqliteStore
from mock_server.stores.store import MemoryStore, Store
from mock_server.timing import Timing, read_timings
from mock_server.workers import Crew, Post

if TYPE_CHECKING:
    from mock_server.interception.environment import export_lines
    from mock_server.interception.interception import intercept
    from mock_server.recording.app import TapeApp, build_player, build_recorder
    from mock_server.stores.redis import RedisStore

# What few runs need: imported when it is asked for.
_LATER = {
    "RedisStore": "mock_server.stores.redis",
    "TapeApp": "mock_server.recording.app",
    "build_player": "mock_server.recording.app",
    "build_recorder": "mock_server.recording.app",
    "export_lines": "mock_server.interception.environment",
    "intercept": "mock_server.interception.interception",
}

__all__ = [
    "SCENARIOS",
    "SCENARIO_HEADER",
    "AddressError",
    "AgreedClock",
    "Agreement",
    "AmbiguousRouteError",
    "BrokenAnswerError",
    "CassetteError",
    "Clock",
    "ClockError",
    "Crew",
    "ForbiddenError",
    "ManualClock",
    "MediaUnavailableError",
    "MemoryStore",
    "MockServerError",
    "PortInUseError",
    "Post",
    "RedisStore",
    "Rules",
    "Scenario",
    "ServedHostError",
    "Server",
    "SqliteStore",
    "Store",
    "StoreError",
    "SystemClock",
    "TapeApp",
    "Timing",
    "TimingError",
    "TokenError",
    "UnknownJobError",
    "UnknownScenarioError",
    "base_url_of",
    "build_app",
    "build_player",
    "build_recorder",
    "export_lines",
    "intercept",
    "listen",
    "put_rules",
    "read_timings",
    "serve",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found
