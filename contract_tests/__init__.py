"""Contract tests for services that work in jobs, driven by their documents alone.

`run` tests a `Target` and returns a `Report`; `contract_tests.plugin` does the same
from pytest's command line. An ASGI application is tested through an `AsgiBridge`, a
service that charges by way of `live`.
"""

from contract_tests import live
from contract_tests.bridge import AsgiBridge
from contract_tests.checks import CLAIMS
from contract_tests.claims import Claim
from contract_tests.errors import (
    BudgetError,
    ContractTestError,
    LedgerError,
    MissingKeyError,
    PriceError,
    TargetError,
    UnmetSchemaError,
    UnreachableError,
)
from contract_tests.failures import Failure, Fault
from contract_tests.options import remote_target
from contract_tests.plugin import Progress
from contract_tests.profiles import PROFILES, Profile
from contract_tests.reports import (
    ChoiceResult,
    ClaimResult,
    ContractResult,
    FaultResult,
    Outputs,
    Report,
    RuleResult,
    TestResult,
    TransitionResult,
    annotations,
    as_text,
    fenced,
    lines,
    share,
    told,
    unreached,
    verdict_on,
)
from contract_tests.runner import run, run_in_workers
from contract_tests.tally import Verdict
from contract_tests.target import Target
from contract_tests.videos import VideoFacts, find_differences, measure

__all__ = [
    "CLAIMS",
    "PROFILES",
    "AsgiBridge",
    "BudgetError",
    "ChoiceResult",
    "Claim",
    "ClaimResult",
    "ContractResult",
    "ContractTestError",
    "Failure",
    "Fault",
    "FaultResult",
    "LedgerError",
    "MissingKeyError",
    "Outputs",
    "PriceError",
    "Profile",
    "Progress",
    "Report",
    "RuleResult",
    "Target",
    "TargetError",
    "TestResult",
    "TransitionResult",
    "UnmetSchemaError",
    "UnreachableError",
    "Verdict",
    "VideoFacts",
    "annotations",
    "as_text",
    "fenced",
    "find_differences",
    "lines",
    "live",
    "measure",
    "remote_target",
    "run",
    "run_in_workers",
    "share",
    "told",
    "unreached",
    "verdict_on",
]
