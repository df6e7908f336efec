from datetime import date

import pytest

from govkit.modules.attendance import Infection, suspension_end

MONDAY = date(2027, 1, 18)


@pytest.mark.parametrize(
    ("infection", "relief", "last"),
    [
        # Two days after the fever has gone govern, then five days after the onset.
        (Infection.INFLUENZA, date(2027, 1, 22), date(2027, 1, 24)),
        (Infection.INFLUENZA, date(2027, 1, 20), date(2027, 1, 23)),
        (Infection.INFLUENZA, MONDAY, date(2027, 1, 23)),
        (Infection.COVID_19, date(2027, 1, 22), date(2027, 1, 23)),
        (Infection.COVID_19, date(2027, 1, 25), date(2027, 1, 26)),
        (Infection.MEASLES, date(2027, 1, 21), date(2027, 1, 24)),
        (Infection.MUMPS, date(2027, 1, 19), date(2027, 1, 23)),
        (Infection.PHARYNGOCONJUNCTIVAL_FEVER, date(2027, 1, 20), date(2027, 1, 22)),
    ],
)
def test_a_suspension_ends_when_both_lengths_have_passed(infection, relief, last):
    assert suspension_end(infection, MONDAY, relief) == last
