#!/usr/bin/env python3
"""Functions that are not called in src, and why."""
import re
import sys

from tap import Tap, code_of, files, name_of

UNBOUNDED = "writes without a bound; use snprintf, memcpy or struct buf"
UNCHECKED = "cannot report bad input; use slice_to_u64 or strtol with its end"
STATIC = "has a static result; use the _r form"
BLOCKS = "blocks the loop; use a loop_timer"
ALLOCATES = "its result must be checked; use xmalloc, xcalloc, xrealloc, xstrdup or slice_strdup"

BANNED = {
    **dict.fromkeys(["strcpy", "stpcpy", "strcat", "sprintf", "vsprintf", "gets"], UNBOUNDED),
    **dict.fromkeys(["strncpy", "strncat"], "does not end the string; use snprintf or memcpy"),
    **dict.fromkeys(["atoi", "atol", "atoll", "atof"], UNCHECKED),
    **dict.fromkeys(["sscanf", "scanf", "fscanf"], "overflows silently; parse with slices"),
    **dict.fromkeys(["gmtime", "localtime", "ctime", "asctime"], STATIC),
    **dict.fromkeys(["strtok", "strtok_r"], "changes its input; use slice_cut"),
    **dict.fromkeys(["rand", "srand", "random", "srandom", "drand48"], "is predictable; use libsodium or a seed of your own"),
    **dict.fromkeys(["sleep", "usleep", "nanosleep"], BLOCKS),
    **dict.fromkeys(["malloc", "calloc", "realloc", "strdup", "strndup"], ALLOCATES),
    **dict.fromkeys(["system", "popen"], "runs a shell"),
    **dict.fromkeys(["mktemp", "tmpnam", "tempnam"], "is a race; use mkstemp or mkdtemp"),
    "alloca": "grows the stack without a limit; use an arena",
    "assert": "is gone in release; use check",
    "longjmp": "skips every clean-up; return an error",
}

# Where a banned function is the right one.
ALLOWED = {
    ("src/base/check.c", "malloc"), ("src/base/check.c", "calloc"), ("src/base/check.c", "realloc"),
    ("src/base/check.c", "strdup"),
    # it is these functions
    ("src/hurry/hurry.c", "nanosleep"), ("src/hurry/hurry.c", "usleep"),
}
# The command line has no loop to block.
MAY_SLEEP = "src/cli/"

CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))


def is_allowed(name, function):
    return (name, function) in ALLOWED or (name.startswith(MAY_SLEEP) and BANNED[function] == BLOCKS)


def calls_of(path):
    name = name_of(path)
    for number, line in enumerate(code_of(path.read_text(encoding="utf-8")).splitlines(), 1):
        for found in CALL.finditer(line):
            function = found.group(1)
            if not is_allowed(name, function):
                yield f"{name}:{number}: {function} {BANNED[function]}"


def marks_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            yield f"{name_of(path)}:{number}: do it or write an issue"


sources = files("src/**/*.[ch]", "include/**/*.h", "src/**/*.cc")
def trails_of(path):
    """audit.lua is the one way to write the trail (docs/adr/0026), events.lua the one to tell of something (docs/adr/0037)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        trail = "audit" in line.lower() or "events" in line or "100000" in line
        if "XADD" in line and trail and path.name not in ("audit.lua", "events.lua"):
            yield f"{name_of(path)}:{number}: use audit() of store/audit/audit.lua, or tell() of store/events/events.lua"


COUNTED = re.compile(r"%(?:s|d|u|zu|lld|llu|ld|lu) (people|rows|numbers|parts|replies|recipients|conversations|messages|texts|campaigns|files|keys|"
                     r"postcodes|towns|opt-outs)\b")


def plurals_of(path):
    """A count of 1 would read "1 rows". Strings go over lines, so it is the whole file that is looked through."""
    text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
    for found in COUNTED.finditer(text):
        yield f"{name_of(path)}: '{found.group()}' is wrong for one: use say_counted or say_people (on a page words_counted or words_people)"


tap = Tap()
for layer in sorted({path.parts[-2] for path in sources}):
    own = [path for path in sources if path.parts[-2] == layer]
    tap.case(f"no banned function in {layer}", (p for path in own for p in calls_of(path)))
tap.case("nothing is left to do later", (p for path in sources for p in marks_of(path)))
tap.case("the client counts in the singular, too", (p for path in files("src/cli/**/*.c") for p in plurals_of(path)))
tap.case("pages count in the singular, too",
         (p for room in ("organiser", "staff", "volunteer", "public", "view") for path in files(f"src/web/{room}/*.c") for p in plurals_of(path)))
tap.case("the audit trail and the events are written in one way", (p for path in files("src/**/*.lua") for p in trails_of(path)))
sys.exit(tap.done())
