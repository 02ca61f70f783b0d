#!/usr/bin/env python3
"""What the documents name is there: links and their anchors, files, and the functions of ARCHITECTURE.md's ways, each in a file
that its row names. (docs/adr tells what was, so only its links are looked at.)"""
import re
import sys

from tap import ROOT, Tap, files, name_of

LIVING = ["*.md", "docs/*.md", "tests/**/*.md", "conf/**/*.md"]
HISTORY = ["docs/adr/*.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?<![\w/.*])(?:[\w-]+/)*[\w-]+\.(?:c|h|lua|py|mustache)(?![\w.])")
FUNCTION = re.compile(r"(?<![\w./])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w./])")
PLACEHOLDER = re.compile(r"[A-Z]{2,}")  # NAME.py


def living():
    return [p for p in files(*LIVING) if name_of(p) != "CHANGELOG.md"]


def anchor_of(heading):
    text = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(path):
    return {anchor_of(h) for h in re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)}


def lines_of(path):
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def dead_links(path):
    for number, line in lines_of(path):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            where, _, anchor = target.partition("#")
            there = (path.parent / where).resolve() if where else path
            if not there.exists():
                yield f"{name_of(path)}:{number}: {target}: there is no such file"
            elif anchor and there.suffix == ".md" and anchor not in anchors(there):
                yield f"{name_of(path)}:{number}: {target}: no heading there is called that"


def missing_files(path):
    for number, line in lines_of(path):
        for span in SPAN.findall(line):
            for name in FILE.findall(span):
                if not PLACEHOLDER.search(name) and not found(name):
                    yield f"{name_of(path)}:{number}: {name}: no file here is called that"


NAMES = ["/" + name_of(p) for p in files("**/*")]


def found(name):
    return [n for n in NAMES if n.endswith("/" + name)]


def missing_functions(path, heading):
    """In the table below that heading."""
    inside = False
    for number, line in lines_of(path):
        inside = line == heading if line.startswith("## ") else inside
        if not inside or not line.startswith("| "):
            continue
        spans = SPAN.findall(line)
        texts = [(ROOT / n[1:]).read_text(encoding="utf-8") for s in spans for f in FILE.findall(s) for n in found(f)]
        for name in (w for s in spans for w in FUNCTION.findall(s)):
            if not any(re.search(rf"\b{name}\b", text) for text in texts):
                yield f"{name_of(path)}:{number}: {name}: in none of the files that this row names"


def other_scopes():
    """A token's scopes: the table has them, and the API's description, which no compiler reads."""
    named = re.findall(r'X\(SCOPE_\w+, "(\w+)"\)', (ROOT / "include/core/access.h").read_text(encoding="utf-8"))
    api = (ROOT / "src/web/openapi.yaml").read_text(encoding="utf-8")
    told = re.findall(r" scopes: \{type: array, .*?enum: \[([\w, ]+)\]", api)
    if len(named) < 2 or len(told) < 2:
        yield f"too few scopes are read: {named}, {told}"
    for words in told:
        words = [w for w in words.split(", ") if w != "everything"]
        if words != named:
            yield f"src/web/openapi.yaml: the scopes {words} are not those of SCOPE_TABLE, {named}"


tap = Tap()
tap.case("scopes of tokens are those of the table", other_scopes())
tap.case("links lead somewhere", (x for p in living() + files(*HISTORY) for x in dead_links(p)))
tap.case("files that documents name are there", (x for p in living() for x in missing_files(p)))
tap.case("functions of the way of a message are in the files of their row",
         missing_functions(ROOT / "ARCHITECTURE.md", "## The way of a message"))
sys.exit(tap.done())
