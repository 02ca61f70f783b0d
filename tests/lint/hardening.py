#!/usr/bin/env python3
"""The programs were built and linked as meson.build says: looked at with readelf and objdump (binutils)."""
import platform
import re
import subprocess
import sys

from tap import Tap


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def is_pie(program):
    return "DYN" in output("readelf", "-hW", program) and "PIE" in output("readelf", "-dW", program)


def has_full_relro(program):
    return "GNU_RELRO" in output("readelf", "-lW", program) and re.search(r"FLAGS.*NOW", output("readelf", "-dW", program))


def has_no_executable_stack(program):
    return re.search(r"GNU_STACK.* RW +0x", output("readelf", "-lW", program))


def imports(program):
    return set(re.findall(r" UND (\w+)", output("readelf", "--dyn-syms", "-W", program)))


def is_fortified(program):
    return {"__snprintf_chk", "__vsnprintf_chk"} & imports(program) and "__stack_chk_fail" in imports(program)


def guards_branches(code):
    return code.count("endbr64") > 100


# gcc touches each page with or, clang with mov.
def probes_the_stack(code):
    return re.search(r"(or|mov)q +\$0x0,(0x\w+)?\(%rsp\)", code)


CHECKS = [("is position-independent", is_pie), ("has full RELRO", has_full_relro),
          ("has a stack that is no code", has_no_executable_stack), ("has _FORTIFY_SOURCE and stack protectors", is_fortified)]
CODE_CHECKS = [("guards its branches (-fcf-protection)", guards_branches),
               ("touches each page of a large frame (-fstack-clash-protection)", probes_the_stack)]

tap = Tap()
for program in sys.argv[1:]:
    name = program.rsplit("/", 1)[-1]
    for what, check in CHECKS:
        tap.case("%s %s" % (name, what), [] if check(program) else ["%s: not so" % program])
    if platform.machine() == "x86_64":
        code = output("objdump", "-d", "--no-show-raw-insn", program)
        for what, check in CODE_CHECKS:
            tap.case("%s %s" % (name, what), [] if check(code) else ["%s: not so" % program])
sys.exit(tap.done())
