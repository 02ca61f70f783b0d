#!/usr/bin/env python3
"""Shell scripts pass bash -n and shellcheck; what they cannot install they name."""
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


def without_root(function, *packages):
    """What the scripts say to an ordinary user whose sudo wants a password that nobody can type."""
    user = f"source scripts/lib.sh; id() {{ echo 1000; }}; sudo() {{ return 1; }}; {function} {' '.join(packages)}"
    return subprocess.run(["bash", "-c", user], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)


def who_must_install(function, code):
    done = without_root(function, "bash", "no-such-package-of-muster")
    if done.returncode != code:
        yield f"scripts/lib.sh: {function} ends with {done.returncode}, not {code}"
    if "apt-get install -y --no-install-recommends no-such-package-of-muster" not in done.stderr:
        yield f"scripts/lib.sh: {function} does not say what root is to type: {done.stderr}"


if shutil.which("dpkg-query"):
    tap.case("an ordinary user reads what root is to type", [*who_must_install("need_packages", 1),
                                                            *who_must_install("want_packages", 0)])
else:
    tap.skip("an ordinary user reads what root is to type", "this is not Debian or Ubuntu")
sys.exit(tap.done())
