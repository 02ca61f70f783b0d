#!/usr/bin/env python3
"""The keys of the configuration are rows of the reader's table, which `musterd --keys` prints: conf/muster.yaml has
each of them with its default and no other, and docs/CONFIGURATION.md holds the table (--write puts it there).

The file is read by indentation, which is all that its plain style needs.
"""
import re
import subprocess
import sys

from tap import ROOT, Tap

# Mappings whose keys are the user's own.
FREE = ("queue.kafka.settings.", "gateways.*.account.", "gateways.*.price.by_country.")
# Keys of the example gateway that say more than a default: what they stand for is said there.
EXAMPLES = ("gateways.*.account", "gateways.*.country", "gateways.*.price.default")
CONF, DOC = "conf/muster.yaml", "docs/CONFIGURATION.md"


def known_keys(table):
    """path: default as it would be written; None where there is none."""
    rows = re.findall(r"^\| `([^`]+)` \| .* \| (?:`([^`]*)`|required|) \| [^|]+ \|$", table, re.MULTILINE)
    return {path: default or None for path, default in rows}


def full_path(stack, key):
    parts = [name for _, name in stack] + [key]
    if parts[0] == "gateways" and len(parts) > 1:
        parts[1] = "*"
    return ".".join(parts)


def documented_keys():
    """path: (line, value); from lines "key: …" by indentation, and from the one example of a person."""
    documented, stack = {}, []
    for number, line in enumerate((ROOT / CONF).read_text(encoding="utf-8").splitlines(), 1):
        person = re.match(r"#\s+- \{(.*)\}", line)
        if person:
            documented.update({f"people.*.{key}": (number, None) for key in re.findall(r"(\w+):\s", person.group(1))})
        found = re.match(r"( *)([\w.]+):\s*(.*?)(?:\s+#.*)?$", line)
        if not found:
            continue
        while stack and stack[-1][0] >= len(found.group(1)):
            stack.pop()
        documented[full_path(stack, found.group(2))] = (number, found.group(3))
        stack.append((len(found.group(1)), found.group(2)))
    return documented


def bare(value):
    quoted = re.fullmatch(r'"([^"]+)"', value)
    return quoted.group(1) if quoted else value


def other_defaults(known, documented):
    for path, default in known.items():
        line, value = documented.get(path, (0, None))
        if default and value and path not in EXAMPLES and bare(value) != default:
            yield f"{CONF}:{line}: {path}: {bare(value)}, but the default is {default}"


def doc_problems(table):
    path = ROOT / DOC
    text = path.read_text(encoding="utf-8")
    start = text.index("| key |")
    if text[start:] == table:
        return
    if "--write" in sys.argv:
        path.write_text(text[:start] + table, encoding="utf-8")
    else:
        yield f"{DOC}:{text.count(chr(10), 0, start) + 1}: not the table of `musterd --keys`; run this with --write"


table = subprocess.run([sys.argv[2], "--keys"], stdout=subprocess.PIPE, check=True, text=True).stdout
known, documented = known_keys(table), documented_keys()
tap = Tap()
tap.case("every key has a whole row", (f"src/config/keys.c:1: '{row}' is no row of the table"
                                       for row in table.splitlines()[2:] if not known_keys(row)))
tap.case("every key is in the file", (f"{CONF}:1: '{path}' is missing" for path in known if path not in documented))
tap.case("every key of the file is read",
         (f"{CONF}:{line}: '{path}' is not known to the reader" for path, (line, _) in documented.items()
          if path not in known and path != "gateways.*" and not path.startswith(FREE)))
tap.case("the file says the defaults", other_defaults(known, documented))
tap.case("the documents hold the table", doc_problems(table))
sys.exit(tap.done())
