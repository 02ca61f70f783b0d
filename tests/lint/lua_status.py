#!/usr/bin/env python3
"""No script writes a campaign's status out: it has the names that C puts in front (CAMPAIGN_RUNNING, ...), so that
core/campaign_status.h is the one list."""
import re
import sys

from tap import ROOT, Tap, files, name_of

TABLE = "include/core/campaign_status.h"
COMMENT = re.compile(r"--[^\n]*")
STRING = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"")


def words():
    return re.findall(r'X\(CAMPAIGN_\w+, "(\w+)"\)', (ROOT / TABLE).read_text(encoding="utf-8"))


def literals(lua, statuses):
    """Line and text of each string that holds a status as a word, and of each key of a table that is one."""
    word = re.compile(rf"\b(?:{'|'.join(statuses)})\b")
    key = re.compile(rf"\{{(?:[^}}]*,)?\s*((?:{'|'.join(statuses)})\s*=)(?!=)")
    for number, line in enumerate(lua.splitlines(), 1):
        strings = [found.group(0) for found in STRING.finditer(line)]
        code = COMMENT.sub("", STRING.sub("''", line))
        kept = [text for text in strings if word.search(text) and "--" not in line[:line.index(text)]]
        for text in kept + key.findall(code):
            yield number, text


def found_in_scripts(statuses):
    for path in files("src/**/*.lua"):
        for number, text in literals(path.read_text(encoding="utf-8"), statuses):
            yield f"{name_of(path)}:{number}: {text}: a campaign's status has a name ({TABLE})"


def missed(statuses):
    """What this very lint would not see."""
    bad = ["if c[1] == 'done' then", "x = {cancelled = 1}", "x = {a = 1, done=2}", "f(id .. ' to blocked')",
           'g("running")']
    good = ["if c[1] == CAMPAIGN_DONE then", "h('done_ms')", "local running = 1 -- 'running'", "x = {running_ms = 1}",
            "local a, blocked = b, 1"]
    yield from (f"{text}: not seen" for text in bad if not list(literals(text, statuses)))
    yield from (f"{text}: seen" for text in good if list(literals(text, statuses)))


tap = Tap()
known = words()
tap.case("the table is read", [] if len(known) >= 8 else [f"{TABLE}: only {known}"])
tap.case("the lint sees what it looks for", missed(known))
tap.case("no script writes a status out", found_in_scripts(known))
sys.exit(tap.done())
