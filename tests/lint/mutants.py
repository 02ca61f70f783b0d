#!/usr/bin/env python3
"""Each mutant of tests/sim/mutants.py still applies: what it breaks stands in its file once. (Whether the simulation finds it takes
hours; that the code went away from under it is found here.)"""
import runpy
import sys

from tap import ROOT, Tap

PATH = "tests/sim/mutants.py"
listed = runpy.run_path(str(ROOT / PATH))
MUTANTS, BY_TEST = {**listed["MUTANTS"], **listed["GOING_BACK"], **listed["CLOCKS"]}, listed["BY_TEST"]


def problems():
    for name, (path, old, new) in MUTANTS.items():
        source = ROOT / path
        times = source.read_text(encoding="utf-8").count(old) if source.exists() else 0
        if times != 1:
            yield f"{PATH}:1: '{name}' does not apply: what it breaks stands {times} times in {path}"
        if old == new:
            yield f"{PATH}:1: '{name}' breaks nothing"


tap = Tap()
tap.case(f"{len(MUTANTS)} mutants apply", problems() if MUTANTS else [f"{PATH}:1: it has no mutants"])
tap.case("a test that is named for one is there", (f"{PATH}:1: '{name}' or {test}.c is not there" for name, test in BY_TEST.items()
                                                   if name not in MUTANTS or not (ROOT / f"{test}.c").exists()))
sys.exit(tap.done())
