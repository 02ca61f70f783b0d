#!/usr/bin/env python3
"""Every word that web calls a failure by is a row of src/web/problem.c, and every row is said somewhere: it is the address of what
the failure means."""
import re
import sys

from tap import ROOT, Tap, files, name_of

TABLE = "src/web/problem.c"
SAID = re.compile(r'(?:web_error|web_error_more|respond_error|respond_error_more|respond_problem)\([^;"]*?,\s*"([a-z_]+)"')
NAMED = re.compile(r'(?:\{ERR_\w+, \d+, |return |\? |: )"([a-z_]+)"')


def rows():
    return re.findall(r'^    \{"([a-z_]+)",', (ROOT / TABLE).read_text(encoding="utf-8"), re.MULTILINE)


def said(text):
    """Line and word of each failure that this file names."""
    for found in SAID.finditer(text):
        yield text.count("\n", 0, found.start(1)) + 1, found.group(1)


known = rows()
words, problems = set(), []
for path in files("src/web/**/*.c"):
    text = path.read_text(encoding="utf-8")
    for line, word in said(text):
        words.add(word)
        if word not in known:
            problems.append(f"{name_of(path)}:{line}: \"{word}\" is no row of {TABLE}")
WHY = re.compile(r'X\(INBOX_\w+,[\s\\]*"([a-z_]+)"\)')  # why an answer is refused: the API says the store's word
why_table = (ROOT / "include/store/inbox.h").read_text(encoding="utf-8").split("#define INBOX_WHY_TABLE")[1].split("enum inbox_why")[0]
for word in WHY.findall(why_table):
    words.add(word)
    if word not in known:
        problems.append(f"include/store/inbox.h: \"{word}\" is no row of {TABLE}")
for name in ("respond.c", "hooks.c", "call.c"):
    words.update(NAMED.findall((ROOT / "src/web" / name).read_text(encoding="utf-8")))

tap = Tap()
tap.case("the table is read, by the alphabet", [] if len(known) > 10 and known == sorted(set(known)) else [f"{TABLE}: {known}"])
tap.case("the lint sees what it looks for", [] if list(said('x\nweb_error(c, a ? 1 : 2,\n  "odd_word", "")')) == [(2 + 1, "odd_word")]
         else ["not seen"])
tap.case("what is said is a row", problems)
tap.case("a row is said somewhere", [f"{TABLE}: \"{word}\" is said nowhere" for word in known if word not in words])
sys.exit(tap.done())
