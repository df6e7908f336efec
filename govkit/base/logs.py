"""Logs tell where something failed and of which kind, never with which values (ログ).

Messages of exceptions may name people: ``int("山田")`` quotes its argument, and PostgreSQL quotes
the row that breaks a rule.
"""

import logging
import traceback
from collections.abc import Iterator

__all__ = ["get_logger"]


def get_logger(name: str) -> logging.Logger:
    """A logger whose records tell of exceptions without their messages."""
    logger = logging.getLogger(name)
    logger.addFilter(_without_messages)
    return logger


def _without_messages(record: logging.LogRecord) -> bool:
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.exc_text = "\n".join(_lines(record.exc_info[1]))
        record.exc_info = None
    return True


def _lines(error: BaseException) -> Iterator[str]:
    """Kind and places of an exception, after those of the one that it came from."""
    earlier = error.__cause__ or error.__context__
    if earlier is not None:
        yield from _lines(earlier)
    state = getattr(error, "sqlstate", None)
    yield type(error).__qualname__ + (f" (SQLSTATE {state})" if state else "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line}:{frame.f_code.co_name}"
