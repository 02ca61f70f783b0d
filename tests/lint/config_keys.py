#!/usr/bin/env python3
"""Every key that the daemon reads is documented in conf/muster.yaml, and every documented key is read.

The reader lists the keys of each section in an array keys_<section>[]; the file is read by indentation,
which is all that its plain style needs.
"""
import re
import sys

from tap import ROOT, Tap, files

# Section of the reader: where it stands in the file.
SECTIONS = {
    "root": "", "redis": "redis.", "queue": "queue.", "queue_kafka": "queue.kafka.",
    "spool": "spool.", "organisation": "organisation.", "organisation_pause_when": "organisation.pause_when.",
    "inbox": "inbox.", "gateway": "gateways.*.", "gateway_price": "gateways.*.price.",
    "person": "people.",
}
ARRAY = re.compile(r"\bkeys_(\w+)\[\] = \{(.*?)\};", re.DOTALL)
# Mappings whose keys are the user's own.
FREE = ("queue.kafka.settings.", "gateways.*.account.", "gateways.*.price.by_country.")
CONF = "conf/muster.yaml"


def known_keys():
    """key path: file:line of the array that lists it."""
    known = {}
    for path in files("src/config/*.c"):
        text = path.read_text(encoding="utf-8")
        for found in ARRAY.finditer(text):
            place = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}"
            for key in re.findall(r'"([^"]+)"', found.group(2)):
                known[SECTIONS[found.group(1)] + key] = place
    return known


def full_path(stack, key):
    parts = [name for _, name in stack] + [key]
    if parts[0] == "gateways" and len(parts) > 1:
        parts[1] = "*"
    return ".".join(parts)


def documented_keys():
    """key path: line; from lines "key: …" by indentation, and from the one example of a person."""
    documented, stack = {}, []
    for number, line in enumerate((ROOT / CONF).read_text(encoding="utf-8").splitlines(), 1):
        person = re.match(r"#\s+- \{(.*)\}", line)
        if person:
            documented.update({f"people.{key}": number for key in re.findall(r"(\w+):\s", person.group(1))})
        found = re.match(r"( *)([\w.]+):", line)
        if not found:
            continue
        while stack and stack[-1][0] >= len(found.group(1)):
            stack.pop()
        documented[full_path(stack, found.group(2))] = number
        stack.append((len(found.group(1)), found.group(2)))
    return documented


known, documented = known_keys(), documented_keys()
tap = Tap()
tap.case("every key of the reader is documented",
         (f"{place}: '{key}' is not in {CONF}" for key, place in known.items() if key not in documented))
tap.case("every documented key is read",
         (f"{CONF}:{line}: '{key}' is not known to the reader" for key, line in documented.items()
          if key not in known and key != "gateways.*" and not key.startswith(FREE)))
sys.exit(tap.done())
