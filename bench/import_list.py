#!/usr/bin/env python3
"""How fast a list is imported, and in how much memory: the real client and daemon, a private Redis that syncs every
write. Prints Markdown: lists of two lengths, with and without a plus, clean and with rejects, in UTF-8 and in another
encoding.

    bench/import_list.py [--build DIR] [--people N]

Exit codes: 0 measured, 1 not measured, 2 usage."""
import argparse
import os
import pathlib
import subprocess
import sys
import time

import run
from world import house

SHAPES = {
    "with +": ("utf-8", lambda i: f"+{house.FIRST_NUMBER + i}"),
    "national, with blanks": ("utf-8", lambda i: f"0{7400 + i // 1000000} {i % 1000000:06}"),
    "as a spreadsheet's floats": ("utf-8", lambda i: f"{house.FIRST_NUMBER + i}.0"),
    "one in ten is left out": ("utf-8", lambda i: f"+{house.FIRST_NUMBER + i}" + " (mum)" * (i % 10 == 0)),
    "with +, Windows-1252": ("cp1252", lambda i: f"+{house.FIRST_NUMBER + i}"),
}


def write_list(path, people, encoding, number):
    with open(path, "w", encoding=encoding) as out:
        out.write("phone,first_name,town\n")
        for i in range(1, people + 1):
            out.write(f"{number(i)},{('Ada', 'Zoë', 'Bob', 'Siân')[i % 4]}{i},Town{i % 50}\n")


def measure(a, people, encoding, number):
    """took: seconds; client_s: of its processor; client_kb, daemon_kb: their most memory; stored: rows."""
    h = house.House(argparse.Namespace(source=str(run.ROOT), musterd=str(a.build / "src/app/musterd"),
                                       muster=str(a.build / "src/cli/muster")))
    try:
        daemon = h.start_musterd(port=1)
        path = h.folder / "list.csv"
        write_list(path, people, encoding, number)
        began = time.monotonic()
        client = subprocess.Popen([a.build / "src/cli/muster", "audience", "import", path, "--name", "list", "--rejects",
                                   h.folder / "rejects.csv", "--server", "unix:" + daemon.socket],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = client.stdout.read()
        _, status, used = os.wait4(client.pid, 0)
        took = time.monotonic() - began
        client.returncode = os.waitstatus_to_exitcode(status)
        house.equal(client.returncode, 0, f"exit code of the import: {said}")
        return {"took": took, "client_s": used.ru_utime + used.ru_stime, "client_kb": used.ru_maxrss,
                "daemon_kb": run.rss_peak_kb(daemon.process.pid), "stored": said.split(":")[1].split(" of ")[0].strip()}
    finally:
        h.end()


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(), default=run.ROOT / "build", help="meson's build folder")
    p.add_argument("--people", type=run.positive, default=200000)
    a = p.parse_args()
    print(f"Commit `{run.commit()}` on {os.cpu_count()} × {run.processor()}, Redis appendfsync always.\n")
    print("| list | rows | stored | seconds | rows per second | client's processor, µs per row | client's memory, MB | daemon's, MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, (encoding, number) in SHAPES.items():
        for people in (a.people // 10, a.people) if name == "with +" else (a.people,):
            m = measure(a, people, encoding, number)
            print(f"| {name} | {people:,} | {m['stored']} | {m['took']:.1f} | {people / m['took']:,.0f} | "
                  f"{1e6 * m['client_s'] / people:.1f} | {m['client_kb'] / 1024:.0f} | {m['daemon_kb'] / 1024:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
