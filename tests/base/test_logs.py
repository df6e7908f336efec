"""A log is lines of JSON: their time can be told anywhere, and no text in them begins another line."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from govkit.base.logs import FIELDS, JsonLines, write_json_lines

NASTY = 'a\r\n{"level": "ERROR"}\x1b[2J\u2028\u0085\u202e\x00'


def written(name: str = "govkit.request", event: str = "request", **extra: object) -> dict:
    record = logging.LogRecord(name, logging.WARNING, "/x/place.py", 7, event, (), None)
    vars(record).update(extra)
    line = JsonLines().format(record)
    assert line.isascii()
    assert line.isprintable()
    return json.loads(line)


@pytest.mark.requirement("ASVS-16.2.2")
def test_the_time_says_how_far_it_is_from_utc() -> None:
    time = datetime.fromisoformat(written()["time"])
    assert time.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - time) < timedelta(minutes=1)


@pytest.mark.requirement("ASVS-16.4.1")
@pytest.mark.parametrize("field", FIELDS)
def test_no_text_begins_a_line_of_its_own(field: str) -> None:
    line = written(event=NASTY, **{field: NASTY})
    assert (line["event"], line[field], line["level"]) == (NASTY, NASTY, "WARNING")


@pytest.mark.requirement("LOG-3")
def test_what_is_not_listed_is_left_out() -> None:
    line = written(status=200, name_of_a_pupil="山田")
    assert set(line) == {"time", "level", "source", "event", "status"}


@pytest.mark.requirement("LOG-3")
def test_other_libraries_tell_the_place_alone() -> None:
    line = written("urllib3.connectionpool", "Retrying: /residents/山田")
    assert (line["source"], line["event"]) == ("urllib3.connectionpool", "place:7")


def test_a_log_that_there_is_stays_as_it_is() -> None:
    before = list(logging.getLogger().handlers)
    assert before
    write_json_lines()
    assert logging.getLogger().handlers == before


@pytest.mark.requirement("ASVS-16.2.3", "ASVS-16.2.4")
def test_a_process_writes_lines_of_json_to_standard_error_alone() -> None:
    code = (
        "import logging; from govkit.base.logs import *; write_json_lines();"
        "log = get_logger('govkit.x'); log.info('one', extra={'job': 'j'})\n"
        "try: int('山田')\n"
        "except ValueError as error: log.error('two', exc_info=error)\n"
        "logging.getLogger('other').info('three')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    one, two = map(json.loads, done.stderr.splitlines())
    assert done.stdout == ""
    assert (one["event"], one["job"], one["level"]) == ("one", "j", "INFO")
    assert two["failure"][0] == "ValueError"
    assert "山田" not in str(two)
