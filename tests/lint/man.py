#!/usr/bin/env python3
"""The man page of muster has an entry for every verb of `muster --help`, and for no other subcommand; and for every key of a
campaign file that docs/CAMPAIGN.md has. Arguments: the source folder, muster."""
import re
import subprocess
import sys

from tap import ROOT, Tap

PAGE = "docs/man/muster.1"
HEADS = re.compile(r"^\.TP\n((?:\.(?:B|BI|BR|br)\b.*\n)+)", re.MULTILINE)


def said(*words):
    return subprocess.run([sys.argv[2], *words], stdout=subprocess.PIPE, check=True, text=True).stdout


def table(help_text, block):
    """What stands in the first column of a table of help."""
    return re.findall(r"^  ([a-z][a-z-]*)(?: |$)", help_text.split("\n\n")[block], re.MULTILINE)


def verbs():
    """(group, verb); "" for a group that has none."""
    for group in table(said("--help"), 2):
        text = said(group, "--help")
        yield from ((group, verb) for verb in (table(text, 2) if "VERB" in text.splitlines()[0] else [""]))


def section(name):
    return (ROOT / PAGE).read_text(encoding="utf-8").partition(f"\n.SH {name}\n")[2].partition("\n.SH ")[0]


def page_keys():
    """Of a campaign file: the heads of its section."""
    return {key for heads in HEADS.findall(section("CAMPAIGN FILE")) for key in re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", heads)}


def document_keys():
    rows = re.findall(r"^\| (`[a-z_`, ]+) \|", (ROOT / "docs/CAMPAIGN.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {key for row in rows for key in re.findall(r"[a-z_]+", row)}


def entries():
    """The words of each entry's head; the first is the group."""
    for heads in HEADS.findall(section("SUBCOMMANDS")):
        bare = re.sub(r'\\f.|^\.\w+|"', " ", heads, flags=re.MULTILINE).replace("\\-", "-")
        yield re.findall(r"[a-z][a-z-]*", bare)


known, named = list(verbs()), {}
for first, *others in entries():
    named.setdefault(first, set()).update(others)
tap = Tap()
tap.case("muster has verbs", [] if len(known) > 90 else [f"{PAGE}:1: help shows {len(known)} verbs only"])
tap.case("every verb has an entry", (f"{PAGE}:1: '{' '.join(['muster', group, verb]).strip()}' is missing" for group, verb in known
                                     if group not in named or (verb and verb not in named[group])))
tap.case("every entry is of a subcommand", (f"{PAGE}:1: there is no 'muster {group}'" for group in named
                                            if group not in {group for group, _ in known}))
keys = document_keys()
tap.case("docs/CAMPAIGN.md has keys", [] if len(keys) > 25 else [f"docs/CAMPAIGN.md:1: {len(keys)} keys only"])
tap.case("every key of a campaign file has an entry", (f"{PAGE}:1: '{key}' is missing" for key in sorted(keys - page_keys())))
tap.case("every entry is of a key", (f"{PAGE}:1: there is no key '{key}'" for key in sorted(page_keys() - keys)))
sys.exit(tap.done())
