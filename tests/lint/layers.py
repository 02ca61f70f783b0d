#!/usr/bin/env python3
"""Includes point down only, and each library stays behind its wrapper (ARCHITECTURE.md)."""
import re
import sys

from tap import ROOT, Tap, files, name_of

BELOW = {
    "base": [],
    "core": ["base"],
    "io": ["base"],
    "store": ["io", "core", "base"],
    "gateway": ["core", "io", "base"],
    "config": ["store", "gateway", "core", "io", "base"],
    "flow": ["store", "gateway", "core", "io", "base"],
    "web": ["flow", "store", "gateway", "core", "io", "base"],
    "cli": ["config", "web", "flow", "store", "gateway", "core", "io", "base"],  # muster doctor reads muster.yaml
    "app": ["config", "web", "flow", "store", "gateway", "core", "io", "base"],
    "sim": ["core", "io", "base"],
    "hurry": [],  # is preloaded into others
}

# Library header prefix: the layers that may include it.
LIBRARIES = {
    "curl/": ["io", "cli", "app"],  # cli/api.c keeps one blocking connection open; app: set-up at the start
    "event2/": ["io"],
    "hiredis/": ["io"],
    "microhttpd.h": ["io"],
    "yaml.h": ["io"],
    "librdkafka/": ["io"],
    "libical/": ["io"],
    "jansson.h": ["core", "io", "store", "gateway", "flow", "web", "cli", "app", "sim"],
    "openssl/": ["core", "io"],
    "qrencode.h": ["io"],
    "unicase.h": ["core"],
    "uninorm.h": ["core"],
    "unistr.h": ["core"],
    "unictype.h": ["core"],
    "sodium.h": ["core", "io", "web", "cli", "app", "sim"],  # web: cookies, token hashes; app: keys from the secret; sim, cli: ids
}

GENERATED = ["store/lua_scripts.h"]  # headers that the build makes

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_problem(path, header):
    """A room is a folder in a layer. Its headers are its own but for its face, which has the room's name."""
    room = header.parent
    in_layer = len(room.relative_to(ROOT / "src").parts) == 1
    if in_layer or room == path.parent or header.stem == room.name:
        return None
    return f"{header.relative_to(ROOT / 'src')} is private to its folder; others may include {room.name}.h there"


def quoted_problem(layer, path, target):
    if target.startswith(".."):
        return "includes by a relative path; write layer/module.h"
    if "/" not in target:
        return None if (path.parent / target).exists() else f"{target} is not a private header of {layer}"
    other = target.split("/")[0]
    if other not in BELOW:
        return f"{target}: there is no layer '{other}'"
    if other != layer and other not in BELOW[layer]:
        return f"{layer} must not include {target}; it may include {', '.join(BELOW[layer]) or 'libc only'}"
    if other == layer and (ROOT / "src" / target).exists():
        return room_problem(path, ROOT / "src" / target)
    if target in GENERATED:
        return None if layer == target.split("/")[0] else f"{target} is private to {other}"
    if not (ROOT / "include" / target).exists():
        return f"{target} is private to {other}; only headers in include/ are contracts"
    return None


def angle_problem(layer, target):
    for prefix, layers in LIBRARIES.items():
        if target.startswith(prefix) and layer not in layers:
            return f"{layer} must not include <{target}>; that library belongs to {', '.join(layers)}"
    return None


def problems_of(layer):
    for path in files(f"include/{layer}/**/*.h", f"src/{layer}/**/*.[ch]", f"src/{layer}/**/*.cc"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            quote, target = found.groups()
            problem = quoted_problem(layer, path, target) if quote == '"' else angle_problem(layer, target)
            if problem:
                yield f"{name_of(path)}:{number}: {problem}"


def unknown_layers():
    for folder in ("src", "include"):
        for path in sorted((ROOT / folder).iterdir()):
            if path.is_dir() and path.name not in BELOW:
                yield f"{folder}/{path.name}:1: a layer that the matrix does not know"


tap = Tap()
for layer in BELOW:
    tap.case(f"layer {layer} includes only what is below it", problems_of(layer))
tap.case("every folder is a layer", unknown_layers())
sys.exit(tap.done())
