#!/usr/bin/env python3
"""Turns files into one C source of byte slices, so that a binary carries its scripts and pages.

    embed_text.py --prefix lua_ --include store/lua_scripts.h [--header OUT.h] OUT.c FILE...

Each FILE becomes `const struct slice <prefix><name>`: the name is the file's name without its last
suffix (--keep-suffix keeps it: style.css -> style_css), other characters than letters and digits
become `_`. The header given by --include declares them. Where the names are a contract of few, it is written by hand and the
compiler compares the two; --header makes it. Byte arrays and not string literals, because ISO C allows
only 4095 characters in one. A zero byte follows each text, outside the slice."""

import argparse
import pathlib
import re
import sys


def c_name(path, prefix, keep_suffix):
    base = path.name if keep_suffix else path.stem
    return prefix + re.sub(r"[^A-Za-z0-9]", "_", base)


def c_bytes(data):
    rows = (data[i : i + 20] for i in range(0, len(data), 20))
    return "".join("    " + "".join(f"{byte}," for byte in row) + "\n" for row in rows)


def write_header(path, sources):
    """Untouched when it says the same already: then nothing that includes it is compiled again."""
    lines = [f"extern const struct slice {name}; /* {sources[name].name} */\n" for name in sorted(sources)]
    text = '#pragma once\n/* Made by tools/embed_text.py; do not edit. */\n#include "base/slice.h"\n\n' + "".join(lines)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--prefix", default="")
    parser.add_argument("--include", required=True)
    parser.add_argument("--keep-suffix", action="store_true")
    parser.add_argument("--header", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("files", type=pathlib.Path, nargs="+")
    args = parser.parse_args()

    out = [f'/* Made by tools/embed_text.py; do not edit. */\n#include "{args.include}"\n']
    seen = {}
    for path in args.files:
        name = c_name(path, args.prefix, args.keep_suffix)
        if name in seen:
            sys.exit(f"embed_text.py: {path} and {seen[name]} would both be called {name}: rename one")
        seen[name] = path
        data = path.read_bytes()
        out.append(
            f"\nstatic const unsigned char bytes_of_{name}[] = {{\n{c_bytes(data)}    0}};\n"
            f"const struct slice {name} = {{(const char *)bytes_of_{name}, {len(data)}}};\n"
        )
    args.output.write_text("".join(out))
    if args.header:
        write_header(args.header, seen)


if __name__ == "__main__":
    main()
