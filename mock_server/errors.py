"""What can go wrong with the mock itself, as opposed to a request it refuses.

MockServerError
├── AmbiguousRouteError    two contracts would answer the same call
├── SchemaError            no validator can be made of a document's schema
├── AddressError           the address cannot be listened on
│   └── PortInUseError     because somebody else does
├── StoreError             the file of the jobs cannot be used
├── CassetteError          a file of recorded calls cannot be read or written
├── TimingError            a file says how long jobs take, but not so that it can be read
├── UnknownScenarioError   a request asks for a scenario that nobody wrote
├── UnknownJobError        a job is meant that the store does not hold
├── ClockError             the clock cannot be moved by that much
├── FixedClockError        the clock goes by the time of day and cannot be moved
├── ControlBodyError       a call to the mock's own side carries no usable JSON object
├── ServedHostError        a host is to be let through that the mock stands in for
├── TokenError             a call to the mock's own side lacks the token it needs
├── ForbiddenError         a call to the mock's own side comes from elsewhere
├── BrokenAnswerError      an answer of the mock breaks the document
└── MediaUnavailableError  the packages that draw videos are not installed

What a service would refuse is no error of the mock: see `mock_server.refusals.reasons`.
"""


class MockServerError(Exception):
    """The mock cannot do what it was asked; the message is one line."""


class AmbiguousRouteError(MockServerError):
    """Two contracts would answer the same call, and nothing tells them apart."""


class SchemaError(MockServerError):
    """No validator can be made of a schema, and nothing is served unvalidated."""


class AddressError(MockServerError):
    """The server cannot listen where it was told to."""


class PortInUseError(AddressError):
    """Another program listens on the port."""


class StoreError(MockServerError):
    """The file that holds the jobs cannot be opened, or is something else."""


class CassetteError(MockServerError):
    """A file is no cassette, or it cannot be written, or it is of another service."""


class TimingError(MockServerError):
    """A file does not say how long jobs take as it should."""


class UnknownScenarioError(MockServerError):
    """A request asks for a scenario that does not exist."""


class UnknownJobError(MockServerError):
    """The store does not hold the job that is meant."""


class ClockError(MockServerError):
    """The clock cannot be moved by what was asked."""


class FixedClockError(MockServerError):
    """The clock goes by the time of day, which nobody can move."""


class ControlBodyError(MockServerError):
    """A call to the mock's own side does not carry the JSON object that it needs."""


class ServedHostError(MockServerError):
    """A host is to be let through to which the mock itself answers."""


class TokenError(MockServerError):
    """A call to the mock's own side does not carry the token that the server wants."""


class ForbiddenError(MockServerError):
    """A call to the mock's own side comes from where nobody may call it."""


class BrokenAnswerError(MockServerError):
    """An answer of the mock would have broken the document it stands for."""


class MediaUnavailableError(MockServerError):
    """A video is wanted, but what draws it is not installed."""
