#!/usr/bin/env python3
"""Each header compiles alone, with gcc and clang, and is guarded."""
import shutil
import subprocess
import sys

from tap import ROOT, Tap, files, name_of

FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c", "-"]


def compiles(compiler, path):
    command = [compiler, f"-I{ROOT}/include", f"-I{ROOT}/src", f"-I{path.parent}", *FLAGS]
    done = subprocess.run(command, input=f'#include "{path}"\n', capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return [f"{name_of(path)}:1: does not compile alone with {compiler}", *done.stderr.splitlines()[:6]]


def unguarded(path):
    if not path.read_text(encoding="utf-8").startswith("#pragma once\n"):
        yield f"{name_of(path)}:1: the first line must be #pragma once"


headers = files("include/**/*.h", "src/**/*.h")
tap = Tap()
tap.case("every header is guarded", (p for path in headers for p in unguarded(path)))
for compiler in ("gcc", "clang"):
    if shutil.which(compiler):
        tap.case(f"every header compiles alone ({compiler})", (p for path in headers for p in compiles(compiler, path)))
    else:
        tap.skip(f"every header compiles alone ({compiler})", f"{compiler} is not installed")
sys.exit(tap.done())
