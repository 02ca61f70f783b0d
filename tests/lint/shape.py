#!/usr/bin/env python3
"""What a formatter must not do to the text: declarators in two pieces, tables run together in comments."""
import re
import sys

from tap import Tap, code_of, files, name_of

TYPE = re.compile(r"\s*(?:(?:static|extern|inline|const|volatile|unsigned|struct \w+|enum \w+|union \w+|\w+_t|char|short|int|long|"
                  r"bool|double|float|void)\s*)+\**")
NAME = re.compile(r"\s+\*?\w+(\[[^]]*\])*\s*(;|=|,|\()|\*?\w+\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TABLE = re.compile(r" *\* {3,}\S")
PROSE = re.compile(r" *\* ?\S")


def broken_declarators(path):
    lines = code_of(path.read_text(encoding="utf-8")).splitlines()
    for number, (line, following) in enumerate(zip(lines, lines[1:]), 1):
        if TYPE.fullmatch(line.rstrip()) and line.strip() and NAME.match(following):
            yield f"{name_of(path)}:{number}: a type alone on its line; put the comment above the declaration"


def table_problem(line, before):
    """Of a line of a comment: rows of a table are indented by three blanks and more, their continuation too."""
    if line.endswith("*/") and not line[:-2].strip(" *"):
        return None
    if TABLE.match(before) and PROSE.match(line) and not TABLE.match(line):
        return "goes on where a table stood; indent it, or leave an empty line before it"
    if PROSE.match(line) and not TABLE.match(line) and re.search(r"\S {3,}\S", line.strip(" *")):
        return "columns in running text; indent them by three blanks"
    return None


def reflowed(path):
    text = path.read_text(encoding="utf-8")
    for found in COMMENT.finditer(text):
        first = text.count("\n", 0, found.start()) + 1
        lines = found.group(0).splitlines()
        starts_line = not text[text.rfind("\n", 0, found.start()) + 1:found.start()].strip()
        for number, (before, line) in enumerate(zip(lines, lines[1:]), first + 1):
            problem = starts_line and table_problem(line, before)
            if problem:
                yield f"{name_of(path)}:{number}: {problem}"


sources = files(*(f"{folder}/**/*.[ch]" for folder in ("include", "src", "tests", "tools", "bench")))
tap = Tap()
tap.case("no declarator is broken in two", (p for path in sources for p in broken_declarators(path)))
tap.case("no table in a comment runs into its text", (p for path in sources for p in reflowed(path)))
sys.exit(tap.done())
