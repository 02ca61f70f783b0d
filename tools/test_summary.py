#!/usr/bin/env python3
"""Adds up the single cases of one or more meson test logs (meson-logs/*.json, one JSON object a line).

A TAP test counts as many cases as it reports, any other test counts as one. A TAP test that crashed or
timed out counts one failure more, so that it can never look green. Prints what failed and what was
skipped, and as the last line "N passed, N failed" (", N skipped" when there were any).
"""
import argparse
import json
import re
import sys

TAP_LINE = re.compile(r"^(not )?ok\b(?: +\d+)?(?: *-)? *(.*)$")
SKIP = re.compile(r"#\s*SKIP\b\s*(.*)", re.IGNORECASE)
PLAN_SKIP = re.compile(r"^1\.\.0\b.*?#\s*SKIP\b\s*(.*)", re.IGNORECASE)
GOOD = {"OK", "EXPECTEDFAIL"}


OUTPUT_LINES_MAX = 60


class Totals:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skips = []
        self.outputs = []  # (name, text) of the tests that failed


def tap_cases(stdout):
    """Yields (result, text) for each case; result is passed, failed or skipped."""
    for line in stdout.splitlines():
        whole = PLAN_SKIP.match(line)
        if whole:
            yield "skipped", whole.group(1)
        found = TAP_LINE.match(line)
        if not found:
            continue
        skipped = SKIP.search(found.group(2))
        if skipped:
            yield "skipped", found.group(2)
        else:
            yield ("failed" if found.group(1) else "passed"), found.group(2)


def add_tap(totals, test, cases):
    failed_before = len(totals.failures)
    for result, text in cases:
        if result == "passed":
            totals.passed += 1
        elif result == "failed":
            totals.failures.append(f"{test['name']}: {text}")
        else:
            totals.skips.append(f"{test['name']}: {text}")
    if test["result"] not in GOOD | {"SKIP"} and len(totals.failures) == failed_before:
        totals.failures.append(f"{test['name']}: {test['result'].lower()}")


def output_of(test):
    """What a failed test said, without the cases that passed; the end of it when it is long."""
    text = test.get("stdout", "") + "\n" + test.get("stderr", "")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("ok ")]
    cut = [f"… {len(lines) - OUTPUT_LINES_MAX} lines before"] if len(lines) > OUTPUT_LINES_MAX else []
    return cut + lines[-OUTPUT_LINES_MAX:]


def add(totals, test):
    cases = list(tap_cases(test.get("stdout", "")))
    failed_before = len(totals.failures)
    add_cases(totals, test, cases)
    if len(totals.failures) > failed_before:
        totals.outputs.append((test["name"], output_of(test)))


def add_cases(totals, test, cases):
    if cases:
        add_tap(totals, test, cases)
    elif test["result"] in GOOD:
        totals.passed += 1
    elif test["result"] == "SKIP":
        totals.skips.append(test["name"])
    else:
        totals.failures.append(f"{test['name']}: {test['result'].lower()}")


def read(totals, path, prefix):
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            test["name"] = prefix + test["name"].rpartition(" / ")[2]
            add(totals, test)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="*", help="[name=]testlog.json")
    parser.add_argument("--passed", action="append", default=[], help="a case that passed outside meson")
    parser.add_argument("--failed", action="append", default=[], help="a case that failed outside meson")
    args = parser.parse_args()
    totals = Totals()
    totals.passed = len(args.passed)
    totals.failures = list(args.failed)
    for log in args.logs:
        name, _, path = log.rpartition("=")
        read(totals, path, f"{name}: " if name else "")
    report(totals)
    return 1 if totals.failures or not totals.passed else 0


def report(totals):
    for name, lines in totals.outputs:
        print(f"---- {name}")
        print(*lines, sep="\n")
    if totals.outputs:
        print("----")
    for skip in totals.skips:
        print(f"skipped: {skip}")
    for failure in totals.failures:
        print(f"failed: {failure}")
    skipped = f", {len(totals.skips)} skipped" if totals.skips else ""
    print(f"{totals.passed} passed, {len(totals.failures)} failed{skipped}")


if __name__ == "__main__":
    sys.exit(main())
