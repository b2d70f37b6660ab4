"""Contract tests for services that work in jobs, driven by their documents alone.

`run` tests a `Target` and returns a `Report`; `contract_tests.plugin` does the same
from pytest's command line. An ASGI application is tested through an `AsgiBridge`.
"""

from contract_tests.bridge import AsgiBridge
from contract_tests.checks import CLAIMS
from contract_tests.claims import Claim
from contract_tests.errors import (
    ContractTestError,
    MissingKeyError,
    TargetError,
    UnmetSchemaError,
    UnreachableError,
)
from contract_tests.failures import Failure, Fault
from contract_tests.options import remote_target
from contract_tests.plugin import Progress
from contract_tests.profiles import PROFILES, Profile
from contract_tests.reports import ClaimResult, ContractResult, Report
from contract_tests.runner import run
from contract_tests.target import Target
from contract_tests.videos import VideoFacts, find_differences, measure

__all__ = [
    "CLAIMS",
    "PROFILES",
    "AsgiBridge",
    "Claim",
    "ClaimResult",
    "ContractResult",
    "ContractTestError",
    "Failure",
    "Fault",
    "MissingKeyError",
    "Profile",
    "Progress",
    "Report",
    "Target",
    "TargetError",
    "UnmetSchemaError",
    "UnreachableError",
    "VideoFacts",
    "find_differences",
    "measure",
    "remote_target",
    "run",
]
