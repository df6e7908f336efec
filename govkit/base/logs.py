"""Logs tell where something failed and of which kind, never with which values (ログ).

Messages of exceptions may name people: ``int("山田")`` quotes its argument, and PostgreSQL quotes
the row that breaks a rule. In production every record is one line of JSON on standard error, where
systemd or the container takes it up; of other people's libraries it tells place and kind alone.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

__all__ = ["FIELDS", "JsonLines", "get_logger", "write_json_lines"]

_OWN: Final = "govkit"
FIELDS: Final = (
    *("request_id", "municipality_code", "method", "endpoint", "status", "milliseconds"),
    *("job", "table", "ignored_fields", "migrations", "verdict", "command", "error"),
    *("cpu_seconds", "peak_bytes"),
)
"""What a line may tell beside time, level, source and event; anything else is left out (項目の一覧)."""


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


class JsonLines(logging.Formatter):
    """One line of ASCII JSON for each record, so that no text in it can begin a line of its own.

    ``time`` (UTC, ISO 8601), ``level``, ``source``, ``event``, those of :data:`FIELDS` that there
    are, and ``failure``: kind and places of an exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "source": record.name,
        }
        if record.name.partition(".")[0] == _OWN:
            known = vars(record)
            line["event"] = record.getMessage()
            line |= {name: known[name] for name in FIELDS if name in known}
        else:  # what others say may quote anything
            line["event"] = f"{record.module}:{record.lineno}"
        _without_messages(record)
        if record.exc_text:
            line["failure"] = record.exc_text.splitlines()
        return json.dumps(line, default=str)


def write_json_lines(level: int = logging.INFO) -> None:
    """Let this process write its log as :class:`JsonLines` to standard error, unless it has a log.

    :param level: Of govkit's own records; others are written from ``WARNING``.
    """
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger(_OWN).setLevel(level)


def _lines(error: BaseException) -> Iterator[str]:
    """Kind and places of an exception, after those of the one that it came from."""
    earlier = error.__cause__ or error.__context__
    if earlier is not None:
        yield from _lines(earlier)
    state = getattr(error, "sqlstate", None)
    yield type(error).__qualname__ + (f" (SQLSTATE {state})" if state else "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line}:{frame.f_code.co_name}"
