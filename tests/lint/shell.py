#!/usr/bin/env python3
"""Shell scripts pass bash -n and shellcheck."""
import shutil
import subprocess
import sys

from tap import ROOT, Tap, files, name_of


def is_shell(path):
    with path.open("rb") as file:
        line = file.readline()
    return line.startswith(b"#!") and (b"bash" in line or b"/sh" in line) or path.suffix == ".sh"


def run(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


scripts = [name_of(path) for path in files("scripts/*", ".ci/*", "tests/**/*", "tools/*", "bench/*") if is_shell(path)]
tap = Tap()
tap.case("shell scripts parse", (line for script in scripts for line in run(["bash", "-n", script])))
if shutil.which("shellcheck"):
    tap.case("shellcheck finds nothing", run(["shellcheck", "-x", "-f", "gcc", *scripts]))
else:
    tap.skip("shellcheck finds nothing", "shellcheck is not installed")
sys.exit(tap.done())
