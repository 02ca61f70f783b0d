#!/usr/bin/env python3
"""The C sources stand as clang-format 14 (.clang-format) writes them. A file opts out with
"clang-format off" where a table reads better by hand."""
import re
import shutil
import subprocess
import sys

from tap import Tap, files, name_of

VERSION = "14"


def version():
    if not shutil.which("clang-format"):
        return None
    text = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)", text)
    return found.group(1) if found else None


def first_difference(path):
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", str(path)], capture_output=True, text=True, check=False)
    found = re.search(r":(\d+):\d+: error", done.stderr)
    if done.returncode:
        yield f"{name_of(path)}:{found.group(1) if found else 1}: run clang-format -i on it"


tap = Tap()
for folder in ("include", "src", "tests", "tools", "bench"):
    name = f"{folder} is formatted"
    if version() == VERSION:
        tap.case(name, (p for path in files(f"{folder}/**/*.[ch]") for p in first_difference(path)))
    else:
        tap.skip(name, f"clang-format {VERSION} is the measure; here: {version() or 'none'}")
sys.exit(tap.done())
