#!/usr/bin/env python3
"""The C sources stand as clang-format 14 (.clang-format) writes them. A file opts out with
"clang-format off" where a table reads better by hand."""
import re
import shutil
import subprocess
import sys

from pinned import program
from tap import ROOT, Tap, files, name_of

VERSION = "14"
PINNED = "14.0.6"  # on PyPI, for distributions that have another one


def version_of(path):
    text = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)", text)
    return found.group(1) if found else None


def clang_format():
    path = shutil.which("clang-format")
    return path if path and version_of(path) == VERSION else program(ROOT, "clang-format", PINNED)


def differences(tool, paths):
    """The first of each file. One process for all of them: to start it takes longer than to read a file."""
    done = subprocess.run([tool, "--dry-run", "-Werror", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    first = {}
    for path, line in re.findall(r"^(.+?):(\d+):\d+: error", done.stderr, re.MULTILINE):
        first.setdefault(path, line)
    for path, line in first.items():
        yield f"{path}:{line}: run clang-format {VERSION} -i on it"
    if done.returncode and not first:
        yield f"{tool} ends with {done.returncode}: {done.stderr.strip()[:200]}"


tap, tool = Tap(), clang_format()
for folder in ("include", "src", "tests", "tools", "bench"):
    name = f"{folder} is formatted"
    if tool:
        tap.case(name, differences(tool, [name_of(path) for path in files(f"{folder}/**/*.[ch]")]))
    else:
        tap.skip(name, f"there is no clang-format {VERSION} here, and PyPI's {PINNED} cannot be had")
sys.exit(tap.done())
