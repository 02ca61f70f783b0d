#!/usr/bin/env python3
"""The figures that everybody trusts: what tools/test_summary.py makes of a meson log."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1])


def entry(result, stdout="", stderr="", name="muster:unit / a"):
    return {"name": name, "result": result, "stdout": stdout, "stderr": stderr}


CASES = [
    ("each TAP line is a case", [entry("OK", "ok 1 - x\nok 2 - y\n1..2\n")], "2 passed, 0 failed", 0),
    ("a failed case is named", [entry("FAIL", "ok 1 - x\nnot ok 2 - y\n# why\n1..2\n")], "1 passed, 1 failed", 1),
    ("a crash after green cases is a failure", [entry("ERROR", "ok 1 - x\n", "dead")], "1 passed, 1 failed", 1),
    ("a time-out without output is a failure", [entry("TIMEOUT")], "0 passed, 1 failed", 1),
    ("a test without TAP is one case", [entry("OK", "hello")], "1 passed, 0 failed", 0),
    ("skips are counted aloud", [entry("OK", "ok 1 - x\nok 2 - y # SKIP no z\n"), entry("SKIP")],
     "1 passed, 0 failed, 2 skipped", 0),
    ("a skipped TAP file is one skip", [entry("SKIP", "1..0 # SKIP no kafka\n")], "0 passed, 0 failed, 1 skipped", 1),
    ("nothing at all is not a success", [], "0 passed, 0 failed", 1),
]


def summary_of(entries):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        log.writelines(json.dumps(one) + "\n" for one in entries)
        log.flush()
        command = [sys.executable, ROOT / "tools/test_summary.py", f"gcc={log.name}"]
        return subprocess.run(command, capture_output=True, text=True, check=False)


print(f"1..{len(CASES)}")
failed = 0
for number, (name, entries, last_line, code) in enumerate(CASES, 1):
    done = summary_of(entries)
    good = done.stdout.splitlines()[-1:] == [last_line] and done.returncode == code
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good:
        print(f"# wanted '{last_line}' and {code}, got {done.returncode}:", *done.stdout.splitlines(), sep="\n# ")
sys.exit(failed > 0)
