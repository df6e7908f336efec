"""The conformance suite of resident sources: what every adapter has to do alike.

A third party's adapter is right when this passes::

    class TestOurRegister(ResidentSourceConformance):
        def make_source(self, residents):
            return OurRegister(load(residents))

The suite hands invented residents to ``make_source`` and holds the source against plain filtering
of the same people by :class:`~govkit.residents.matching.Matcher`. It asks for what the source
declares, and sees that everything else is refused. What can go wrong behind the adapter is listed
in ``faults``, and ``make_faulty_source`` makes a source with each::

    class TestOurRegister(ResidentSourceConformance):
        faults = frozenset({Fault.UNREACHABLE, Fault.TRUNCATED})
"""

from govkit.testing.resident_source.faults import Fault
from govkit.testing.resident_source.hiding import assert_hidden, texts_of
from govkit.testing.resident_source.people import (
    CITY,
    any_queries,
    any_residents,
    invented_residents,
    rule_people,
)
from govkit.testing.resident_source.suite import ResidentSourceConformance

__all__ = [
    "CITY",
    "Fault",
    "ResidentSourceConformance",
    "any_queries",
    "any_residents",
    "assert_hidden",
    "invented_residents",
    "rule_people",
    "texts_of",
]
