"""Submits that no reader should get as far as validating: no JSON, or not said to be."""

from collections.abc import Iterator

from hypothesis import strategies as st

from contract_tests.cases import bare_body
from contract_tests.violations import Violation
from contract_tests.wire import encode
from specs import Contract, Request

_DEPTH = 100_000

_OTHER_TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=reel",
)


_LENIENT = (
    "JSON with a comma too many",
    "JSON with something behind it",
    "JSON that is no UTF-8",
)


def malformed_requests(contract: Contract) -> Iterator[tuple[Violation, Request]]:
    """Yield submits whose body is broken JSON, or sound JSON under another name."""
    whole = encode(bare_body(contract))
    for label, body in _broken(whole).items():
        yield (
            _violation(contract, "json", label),
            Request(operation=contract.submit, body=body),
        )
    for it in _OTHER_TYPES:
        yield (
            _violation(contract, "json", f"sent as {it}"),
            Request(operation=contract.submit, body=whole, content_type=it),
        )


def few_malformed_requests(contract: Contract) -> Iterator[tuple[Violation, Request]]:
    """Yield one submit for each way in which readers of JSON are known to be lenient."""
    wanted = (*_LENIENT, f"sent as {_OTHER_TYPES[0]}")
    yield from (it for it in malformed_requests(contract) if it[0].label in wanted)


def _broken(whole: bytes) -> dict[str, bytes]:
    """Return spoiled copies of the JSON object *whole*, by what was done to them.

    What readers of JSON differ on is left out: a repeated member, NaN, another
    encoding of Unicode, a mark of the byte order.
    """
    return {
        "an empty body": b"",
        "JSON with a comma too many": whole[:-1] + b",}",
        "JSON with something behind it": whole + b"x",
        "JSON in single quotes": whole.replace(b'"', b"'"),
        "JSON that is no UTF-8": whole.replace(b'":"', b'":"\xff', 1),
        "JSON nested without an end": b"[" * _DEPTH,
    }


def _violation(contract: Contract, rule: str, label: str) -> Violation:
    return Violation(
        rule=rule,
        pointer=contract.submit.pointer,
        label=label,
        planned=(None,),
        values=st.none(),
    )
