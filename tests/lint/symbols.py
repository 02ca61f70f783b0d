#!/usr/bin/env python3
"""A name that two sources define for everybody links until somebody needs both. Looked at with nm (binutils).

    symbols.py SOURCE_ROOT BUILD_ROOT
"""
import collections
import json
import pathlib
import subprocess
import sys

from tap import ROOT, Tap

BUILD = pathlib.Path(sys.argv[2])
MAIN = "main"  # each program has one


def objects():
    """Source of ours: its objects, as they were built; several where programs compile it again."""
    found = collections.defaultdict(set)
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        source = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if source.is_relative_to(ROOT / "src") or source.is_relative_to(BUILD.resolve() / "src"):
            found[source].add(BUILD / entry["output"])
    return found


def names_of(built):
    """An object and a name that it has for everybody. One process for all of them: to start it takes longer than to look."""
    done = subprocess.run(["nm", "-A", "-g", "--defined-only", "-P", *built], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        path, name, kind, *_ = line.rsplit(": ", 1)[0:1] + line.rsplit(": ", 1)[1].split()
        if kind in "TDBRSGC":  # not W and V: what templates make everywhere
            yield path, name


sources = {}  # of one object each: it has the names of the others
for source, paths in objects().items():
    built = [str(path) for path in paths if path.exists()]
    if built:
        sources[built[0]] = source.relative_to(ROOT if source.is_relative_to(ROOT / "src") else BUILD.resolve())
owners = collections.defaultdict(set)
for path, name in names_of(sources):
    owners[name].add(sources[path])

tap = Tap()
tap.case("objects were looked at", [] if len(owners) > 1000 else [f"{BUILD}: only {len(owners)} names in {len(sources)} objects"])
tap.case("no global name has two owners",
         (f"{min(files)}:1: {name} is defined in {', '.join(map(str, sorted(files)))}"
          for name, files in sorted(owners.items()) if len(files) > 1 and name != MAIN))
sys.exit(tap.done())
