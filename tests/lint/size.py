#!/usr/bin/env python3
"""Files stay small enough to be read at one go."""
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


tap = Tap()
for name, (limit, patterns) in LIMITS.items():
    tap.case(f"{name} have at most {limit} lines", (p for path in files(*patterns) for p in too_long(path, limit)))
sys.exit(tap.done())
