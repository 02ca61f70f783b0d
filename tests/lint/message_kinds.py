#!/usr/bin/env python3
"""What stands in a conversation has a kind, and src/web/openapi.yaml names each (Message.kind): those of what people write
(include/store/inbox.h), of the team's acts (src/web/volunteer/team.c), and those that scripts write."""
import re
import sys

from tap import ROOT, Tap, files

API = "src/web/openapi.yaml"
TABLES = {"include/store/inbox.h": r'X\(INBOX_[A-Z]+, "(\w+)"\)(?=[^#]*\nenum inbox_kind)',
          "src/web/volunteer/team.c": r'^    \{"(\w+)", "[^"]+", (?:NULL|"\w+")\},$'}
WRITTEN = re.compile(r'"dir":"\w+","kind":"(\w+)"')


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def documented():
    block = re.search(r"\n    Message:\n(.*?)\n    \w", read(API), re.DOTALL)[1]
    return set(re.findall(r"\w+", re.search(r"kind:\s+enum: \[(.*?)\]", block, re.DOTALL)[1]))


def made():
    """Where they come from, and the kinds."""
    for name, row in TABLES.items():
        yield name, re.findall(row, read(name), re.MULTILINE)
    scripts = [kind for path in files("src/store/**/*.lua") for kind in WRITTEN.findall(path.read_text(encoding="utf-8"))]
    yield "src/store", scripts


tap = Tap()
known = documented()
tap.case("the tables are read", [f"{name}: only {kinds}" for name, kinds in made() if len(kinds) < 3])
tap.case("the document has each kind of message",
         [f"{name}:1: '{kind}' is no kind of a Message ({API})" for name, kinds in made() for kind in kinds if kind not in known])
sys.exit(tap.done())
