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


def symbols_of(objects_of_one):
    built = [str(path) for path in objects_of_one if path.exists()]
    done = subprocess.run(["nm", "-g", "--defined-only", "-P", *built[:1]], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        name, kind, *_ = line.split() + [""]
        if kind in "TDBRSGC":  # not W and V: what templates make everywhere
            yield name


def is_built(paths):
    return any(path.exists() for path in paths)


owners = collections.defaultdict(set)
sources = {source: paths for source, paths in objects().items() if is_built(paths)}
for source, paths in sources.items():
    for name in symbols_of(paths):
        owners[name].add(source.relative_to(ROOT if source.is_relative_to(ROOT / "src") else BUILD.resolve()))

tap = Tap()
tap.case("objects were looked at", [] if len(owners) > 1000 else [f"{BUILD}: only {len(owners)} names in {len(sources)} objects"])
tap.case("no global name has two owners",
         (f"{min(files)}:1: {name} is defined in {', '.join(map(str, sorted(files)))}"
          for name, files in sorted(owners.items()) if len(files) > 1 and name != MAIN))
sys.exit(tap.done())
