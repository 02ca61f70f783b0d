#!/usr/bin/env python3
"""Turns the files of the web's pages into one C source, so that the binary carries them.

    embed_pages.py OUT.c ROOT FILE...

Each FILE lies under ROOT and becomes a row of `web_files` (src/web/embedded.h) by its name there: "frame/head.mustache",
"static/style.css". A file of `static` has a version, made of its content; wherever a page or a module names
"/static/NAME" (a module another one by "./NAME", too), the version is put behind it, so that a browser may keep what it
has for ever. A name that is not there ends the build."""
import hashlib
import pathlib
import re
import sys

STATIC = re.compile(r"(?<=[\"'])(?:/static/|\./)([a-z0-9_-]+\.[a-z0-9.]+)(?=[\"'])")


class Files:
    def __init__(self, root, paths):
        self.paths = {path.relative_to(root).as_posix(): path for path in paths}
        self.done = {}
        self.doing = []

    def content(self, name):
        """The bytes of a file, in which the static files that it names have their version."""
        if name in self.doing:
            sys.exit(f"embed_pages.py: {' -> '.join(self.doing + [name])}: modules name each other in a circle")
        if name not in self.done:
            self.doing.append(name)
            data = self.paths[name].read_bytes()
            if name.endswith((".mustache", ".js")):
                data = STATIC.sub(lambda found: self.href(found.group(1), name), data.decode()).encode()
            self.done[name] = data
            self.doing.pop()
        return self.done[name]

    def version(self, name):
        return hashlib.sha256(self.content(name)).hexdigest()[:12]

    def href(self, name, user):
        if "static/" + name not in self.paths:
            sys.exit(f"embed_pages.py: {user} names /static/{name}: that file is not there, or not in src/web/meson.build")
        return f"/static/{name}?v={self.version('static/' + name)}"


def c_bytes(data):
    rows = (data[i : i + 20] for i in range(0, len(data), 20))
    return "".join("    " + "".join(f"{byte}," for byte in row) + "\n" for row in rows)


def main():
    output, root, *paths = (pathlib.Path(arg).resolve() for arg in sys.argv[1:])
    files = Files(root, paths)
    arrays, rows = [], []
    for number, name in enumerate(files.paths):
        data = files.content(name)
        version = files.version(name) if name.startswith("static/") else ""
        arrays.append(f"static const unsigned char bytes_{number}[] = {{\n{c_bytes(data)}    0}};\n")
        rows.append(f'    {{"{name}", "{version}", {{(const char *)bytes_{number}, {len(data)}}}}},\n')
    output.write_text('/* Made by tools/embed_pages.py; do not edit. */\n#include "web/embedded.h"\n\n' + "\n".join(arrays) +
                      "\nconst struct web_file web_files[] = {\n" + "".join(rows) + "};\n"
                      "const size_t web_files_n = sizeof web_files / sizeof *web_files;\n")


if __name__ == "__main__":
    main()
