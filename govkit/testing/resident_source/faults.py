"""What goes wrong behind adapters, and what an adapter may answer then."""

from enum import StrEnum

__all__ = ["Fault"]


class Fault(StrEnum):
    """Something that is wrong with what stands behind a source.

    Either it does not matter (:attr:`is_harmless`) and the right people come, or the source says
    that it cannot answer: it raises one of :data:`~govkit.residents.source.OUTAGES` or, where it is
    made, :class:`~govkit.errors.InvalidInput`. No fault may give an empty or a partial answer.
    """

    UNREACHABLE = "unreachable"
    """No file, no database, no listener."""
    SLOW = "slow"
    """The answer takes longer than the asker waits."""
    UNAUTHORISED = "unauthorised"
    """401: the token is refused, and a new one too."""
    TOKEN_EXPIRED = "token_expired"
    """401 once, because the token has run out; a new one is taken."""
    NOT_JSON = "not_json"
    """5xx with a page of a gateway instead of JSON."""
    MAINTENANCE = "maintenance"
    """503 with the time at which it is over."""
    MALFORMED = "malformed"
    """An answer in a form other than agreed."""
    TRUNCATED = "truncated"
    """The data ends early."""
    DAMAGED = "damaged"
    """Some bytes are not what was written."""
    SHUFFLED_COLUMNS = "shuffled_columns"
    """The columns come in another order."""
    RENAMED_COLUMNS = "renamed_columns"
    """The columns have the names of another version of the standard."""
    MISSING_COLUMN = "missing_column"
    """A column without which nobody can be told apart is not there."""
    BOM = "bom"
    """The file begins with a byte order mark."""
    CP932 = "cp932"
    """The file is in CP932, as the adapter was told; people outside CP932 are not in it."""
    WRONG_ENCODING = "wrong_encoding"
    """The file is in CP932, and the adapter was told UTF-8."""
    DUPLICATE_LATEST = "duplicate_latest"
    """The first person has two current rows that differ: who it is cannot be told."""
    STALE_HALF = "stale_half"
    """A new version of the data was written by half when the writer was killed."""

    @property
    def is_harmless(self) -> bool:
        """Whether the right people have to come all the same."""
        return self in _HARMLESS


_HARMLESS = frozenset(
    {
        Fault.TOKEN_EXPIRED,
        Fault.SHUFFLED_COLUMNS,
        Fault.RENAMED_COLUMNS,
        Fault.BOM,
        Fault.CP932,
        Fault.STALE_HALF,
    }
)
