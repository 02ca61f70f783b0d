#!/usr/bin/env python3
"""openapi_errors.py OUTPUT openapi.yaml: the document with each error that an operation answers, by its status.

Where the source says `default: {$ref: …/Error}`, the errors stand that every operation of its kind may answer (what the door says:
src/web/call.c, src/web/body.c), and those of `x-errors: [409, …]`, which are its own. So nobody writes them forty times, and the
document that is served has no `default`. By lines, so that the build needs no YAML."""
import re
import sys

DEFAULT = re.compile(r'default: \{\$ref: "#/components/responses/Error"\}')
OPERATION = re.compile(r"^    (get|post|put|delete|patch):$", re.MULTILINE)
PATH = re.compile(r"^  (/\S*):$", re.MULTILINE)
READ = re.compile(r"parameters/(Scope|Number|Limit|Cursor)")
OWN = re.compile(r"^      x-errors: \[([0-9, ]*)\]\n", re.MULTILINE)


def statuses(path, method, block):
    """Of one operation."""
    own = OWN.search(block)
    found = set(own.group(1).replace(" ", "").split(",")) if own else set()
    if "security: []" in block:
        return found | ({"400", "404"} if "{" in path else set())
    found |= {"401", "429", "503"}
    if "x-may: see_organisation" not in block or method != "get":
        found.add("403")
    if "{" in path:
        found.add("404")
    if method != "get" or "in: query" in block or "{" in path or READ.search(block):
        found.add("400")
    if method != "get":
        found.add("413")
    if "parameters/Once" in block:
        found |= {"409", "422"}
    return found


def expanded(path, method, block):
    stated = set(re.findall(r'"(\d{3})":', block))
    errors = sorted(statuses(path, method, block) - stated - {""})
    line = re.search(r"^( *)" + DEFAULT.pattern, block, re.MULTILINE)
    between = "\n" + line.group(1) if line else ", "
    return DEFAULT.sub(between.join('"%s": {$ref: "#/components/responses/Error"}' % e for e in errors), OWN.sub("", block))


def main(output, source):
    with open(source, encoding="utf-8") as f:
        text = f.read()
    marks = sorted([(m.start(), m.group(1), PATH) for m in PATH.finditer(text)] +
                   [(m.start(), m.group(1), OPERATION) for m in OPERATION.finditer(text)] + [(len(text), "", None)])
    out, path = text[:marks[0][0]], ""
    for (at, name, kind), (end, _, _) in zip(marks, marks[1:]):
        path = name if kind is PATH else path
        out += text[at:end] if kind is PATH else expanded(path, name, text[at:end])
    with open(output, "w", encoding="utf-8") as f:
        f.write(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
