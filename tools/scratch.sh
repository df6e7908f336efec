#!/bin/sh
# Prints the folder in which the tests make their databases: one in memory (/dev/shm) where at least
# 10 GiB are free there and in the machine, otherwise the usual one.
free_kib() { df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }'; }
memory_kib() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null; }
enough=$((10 * 1024 * 1024))
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] &&
    [ "$(free_kib || echo 0)" -ge "$enough" ] && [ "$(memory_kib || echo 0)" -ge "$enough" ]; then
    echo /dev/shm
else
    echo "${TMPDIR:-/tmp}"
fi
