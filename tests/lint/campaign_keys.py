#!/usr/bin/env python3
"""The keys of a campaign are rows (include/flow/campaign_keys.h), and what people read of them is complete: src/web/openapi.yaml has
each and no other, numbers with the row's bounds; docs/CAMPAIGN.md names each that may stand in a file; what stands on the page has a
field there, and words for its mistakes (src/web/page_words.c)."""
import math
import re
import sys

from tap import ROOT, Tap, files

TABLE, API, DOC = "include/flow/campaign_keys.h", "src/web/openapi.yaml", "docs/CAMPAIGN.md"
PAGES, WORDS = "src/web/organiser", "src/web/page_words.c"
PLACES = {"IN_API": "", "IN_FILE": "file", "ON_PAGE": "page", "FILE_AND_PAGE": "file page", "PAGE_AND_AGAIN": "page",
          "EVERYWHERE": "file page"}
HIDDEN = ["of"]  # the page carries it, and nobody types it
CHOSEN = ["canary_then", "cap_why", "force_late", "kind", "lane", "of", "pace_by", "sender"]  # nothing to mistype, or said at the field


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def rows():
    """key: (kind, most as it is written, where)."""
    text = re.sub(r"\\\n\s*", "", read(TABLE))
    found = re.findall(r'X\("(\w+)", \w+, (\w+), \w+, (\w+), *(\w+)\)', text)
    return {key: (kind, most, PLACES[where].split()) for key, kind, most, where in found}


def api_keys():
    """key: what its line says, of the schema CampaignDraft."""
    text = read(API)
    block = re.search(r"\n    CampaignDraft:\n(.*?)\n    \w", text, re.DOTALL)[1]
    return dict(re.findall(r"^        (\w+):(.*)$", block, re.MULTILINE))


def value_of(most):
    """Of a number as it is written, or of a constant's name: its enumerator in include."""
    if most.isdigit() or most == "UINT32_MAX":
        return int(most) if most.isdigit() else 2**32 - 1
    said = (re.search(rf"\b{most} = ([\d *]+),?", p.read_text(encoding="utf-8")) for p in files("include/**/*.h"))
    return math.prod(int(n) for n in next(found[1] for found in said if found).split("*"))


def api_problems(table):
    said = api_keys()
    yield from (f"{API}:1: CampaignDraft has no '{key}' ({TABLE} has)" for key in table if key not in said)
    yield from (f"{API}:1: CampaignDraft has '{key}', but {TABLE} has no such row" for key in said if key not in table)
    for key, (kind, most, _) in table.items():
        if kind == "NUMBER" and not re.search(rf"maximum: {value_of(most)}\b", said.get(key, "")):
            yield f"{API}:1: CampaignDraft: {key}: its row says maximum: {value_of(most)}"


def page_problems(table):
    fields = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / PAGES).glob("*.mustache")))
    words = read(WORDS)
    for key, (_, _, where) in table.items():
        if "page" not in where:
            continue
        if key not in HIDDEN and f'name="{key}"' not in fields:
            yield f"{PAGES}/new.mustache:1: no field has name=\"{key}\" ({TABLE} says that it stands on the page)"
        if key not in CHOSEN and f'{{"{key}", "' not in words:
            yield f"{WORDS}:1: no words for '{key}': what is wrong with it would be told by its key"


def doc_problems(table):
    named = set(re.findall(r"`(\w+)`", "".join(line for line in read(DOC).splitlines() if line.startswith("|"))))
    yield from (f"{DOC}:1: no table has `{key}` ({TABLE} says that a file may have it)"
                for key, (_, _, where) in table.items() if "file" in where and key not in named)


table = rows()
lost = read(TABLE).count('    X("') - len(table)
tap = Tap()
tap.case("every key is a row", [f"{TABLE}:1: {lost} rows are not read by this test"] if lost or not table else [])
tap.case("the API has them, with their bounds", api_problems(table))
tap.case("the documents name what a file may have", doc_problems(table))
tap.case("the page has a field for each, and words", page_problems(table))
sys.exit(tap.done())
