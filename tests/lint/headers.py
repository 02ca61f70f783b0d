#!/usr/bin/env python3
"""Each header compiles alone, with gcc and clang, and is guarded; somebody calls what it declares. Arguments: the source folder,
the build folder (which has the headers that are made)."""
import collections
import re
import shutil
import subprocess
import sys

from tap import ROOT, Tap, code_of, files, name_of

FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c", "-"]

MADE = f"{sys.argv[2]}/src"


def compiles(compiler, path):
    command = [compiler, f"-I{ROOT}/include", f"-I{ROOT}/src", f"-I{MADE}", f"-I{path.parent}", *FLAGS]
    done = subprocess.run(command, input=f'#include "{path}"\n', capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return [f"{name_of(path)}:1: does not compile alone with {compiler}", *done.stderr.splitlines()[:6]]


def unguarded(path):
    if not path.read_text(encoding="utf-8").startswith("#pragma once\n"):
        yield f"{name_of(path)}:1: the first line must be #pragma once"


DECLARED = re.compile(r"\b([a-z_][a-z0-9_]+)\([^;{}]*\)\s*(?:PRINTF_LIKE\([^)]*\)|MUST_USE)?\s*;")
PARTS_OF_NAMES = re.compile(r"\w+(?=##)|(?<=##)\w+")


def uncalled(headers):
    """Declared in a header, defined, and named nowhere else, tests and benches included. Names that a macro puts together
    are called by it."""
    uses, parts = collections.Counter(), set()
    for path in files("src/**/*.[ch]", "src/**/*.cc", "include/**/*.h", "tests/**/*.[ch]", "bench/**/*.[ch]"):
        code = code_of(path.read_text(encoding="utf-8", errors="replace"))
        uses.update(re.findall(r"[a-z_][a-z0-9_]+", code))
        parts |= set(PARTS_OF_NAMES.findall(code)) - {"name"}
    for path in headers:
        for name in DECLARED.findall(re.sub(r"\btypedef\b[^;]*;", "", code_of(path.read_text(encoding="utf-8")))):
            if uses[name] <= 2 and not any(name.startswith(p) or name.endswith(p) for p in parts if "_" in p):
                yield f"{name_of(path)}:1: {name}: nobody calls it; take it away"


headers = files("include/**/*.h", "src/**/*.h")
tap = Tap()
tap.case("every header is guarded", (p for path in headers for p in unguarded(path)))
tap.case("somebody calls what a header declares", uncalled(headers))
for compiler in ("gcc", "clang"):
    if shutil.which(compiler):
        tap.case(f"every header compiles alone ({compiler})", (p for path in headers for p in compiles(compiler, path)))
    else:
        tap.skip(f"every header compiles alone ({compiler})", f"{compiler} is not installed")
sys.exit(tap.done())
