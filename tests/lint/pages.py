#!/usr/bin/env python3
"""Pages escape what they show: {{{raw}}} and {{&raw}} only where this list says why. Neither pages nor modules make code of
text, or load from elsewhere."""
import re
import sys

from tap import Tap, files, name_of

# (page, variable): why it is safe unescaped. Nothing is.
ALLOWED = {}

RAW = re.compile(r"\{\{\{\s*([\w.]+)|\{\{&\s*([\w.]+)")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def raw_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in RAW.finditer(line):
            variable = found.group(1) or found.group(2)
            if (path.name, variable) not in ALLOWED:
                yield f"{name_of(path)}:{number}: '{variable}' is shown unescaped; write {{{{{variable}}}}}"


def inline_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if INLINE.search(line):
            yield f"{name_of(path)}:{number}: inline script or style, which the content security policy blocks"


# What makes markup or code of a text, and addresses of others. DOMParser makes a document, in which nothing runs.
UNSAFE = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|[\"'`](https?:)?//")


def unsafe_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if UNSAFE.search(line):
            yield f"{name_of(path)}:{number}: makes code of text, or loads from elsewhere"


COUNTED = re.compile(r"\}\} (people|rows|numbers|parts|recipients|campaigns|lists|texts|answers)\b")


def plurals_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in COUNTED.finditer(line):
            yield f"{name_of(path)}:{number}: '{found.group(1)}' is wrong for one: give the page \"1 person\", \"2 people\" (words_counted)"


# What people wrote stands in the direction of its own script, and words of ours beside it do not decide which that is: dir="auto"
# looks past an element with a dir of its own, and past <bdi>.
WRITTEN = re.compile(r"<textarea\b[^>]*|<p class=\"bubble\"[^>]*|<em class=\"what\"[^>]*")
QUOTED = re.compile(r"(\S*)“\{\{(handed_word|sounds_like_stop|evidence)\}\}")


def one_way_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        without = [found.group() for found in WRITTEN.finditer(line) if 'dir="auto"' not in found.group()]
        without += [found.group(2) for found in QUOTED.finditer(line) if 'dir="auto"' not in line]
        for what in without:
            yield f"{name_of(path)}:{number}: {what} may hold Arabic or Hebrew: write dir=\"auto\", or <bdi> inside a line"


pages = files("src/web/**/*.mustache")
tap = Tap()
tap.case("pages escape what they show", (p for path in pages for p in raw_of(path)))
tap.case("pages hold no inline script or style", (p for path in pages for p in inline_of(path)))
tap.case("pages count in the singular, too", (p for path in pages for p in plurals_of(path)))
tap.case("what people wrote stands in its own direction", (p for path in pages for p in one_way_of(path)))
tap.case("modules make no code of text and load nothing from elsewhere",
         (p for path in files("src/web/**/*.js") for p in unsafe_of(path)))
sys.exit(tap.done())
