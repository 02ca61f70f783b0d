#!/usr/bin/env python3
"""Files and functions stay small enough to be read at one go."""
import re
import sys

from tap import Tap, files, name_of

LIMITS = {
    "sources": (500, ["src/**/*.[ch]", "src/**/*.cc", "src/**/*.lua", "include/**/*.h"]),
    "tools": (500, ["tools/*", "scripts/*", "bench/**/*.py", "bench/**/*.[ch]"]),
    "tests": (1000, ["tests/**/*.[ch]", "tests/**/*.py"]),
}


def too_long(path, limit):
    lines = path.read_text(encoding="utf-8", errors="replace").count("\n")
    if lines > limit:
        yield f"{name_of(path)}:{limit + 1}: {lines} lines; split it (at most {limit})"


# A function of C stands between "{" and "}" at the start of a line, one of Lua ends with such an "end".
FUNCTIONS = {
    "C": (50, ["src/**/*.c"], re.compile(r"\{$"), "}"),
    "Lua": (50, ["src/**/*.lua"], re.compile(r"(local )?(function\b|[\w.]+ = function\b)(?!.*\bend$)"), "end"),
}


def long_functions(path, limit, begin, end):
    lines = path.read_text(encoding="utf-8").splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and begin.match(line):
            start = number
        elif start is not None and line == end:
            head = line_of_name(lines, start)
            if number - start + 1 > limit:
                yield f"{name_of(path)}:{start}: {number - start + 1} lines; split it (at most {limit}): {head}"
            start = None


def line_of_name(lines, start):
    return lines[start - 1] if lines[start - 1] != "{" else lines[start - 2]


tap = Tap()
for name, (limit, patterns) in LIMITS.items():
    tap.case(f"{name} have at most {limit} lines", (p for path in files(*patterns) for p in too_long(path, limit)))
for name, (limit, patterns, begin, end) in FUNCTIONS.items():
    tap.case(f"functions of {name} have at most {limit} lines",
             (p for path in files(*patterns) for p in long_functions(path, limit, begin, end)))
sys.exit(tap.done())
