"""Documents taken into a specs folder, and kept up with their sources.

`arrive` fetches or reads one, `look_upstream` all that are locked; `plan_arrivals`
tries a change on a copy, with the treatments and waivers that known faults need, and
`specs.landing` makes it, together with what is generated from it, or not at all.
"""

from specs.vendoring.arriving import arrive
from specs.vendoring.fetching import FetchLimits
from specs.vendoring.planning import (
    Arrival,
    VendoringPlan,
    compare_arrivals,
    plan_arrivals,
)
from specs.vendoring.syncing import Standing, Update, look_upstream, plan_update

__all__ = [
    "Arrival",
    "FetchLimits",
    "Standing",
    "Update",
    "VendoringPlan",
    "arrive",
    "compare_arrivals",
    "look_upstream",
    "plan_arrivals",
    "plan_update",
]
