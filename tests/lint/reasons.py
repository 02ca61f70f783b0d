#!/usr/bin/env python3
"""Why somebody was not reached has words for people: each reason with which a rule of the gate or a provider refuses one
stands in the table of src/web/view/fate.c. Without a line there a conversation shows the word of the code."""
import re
import sys

from tap import ROOT, Tap, files, name_of

WORDS = "src/web/view/fate.c"
OF_RULE = re.compile(r"\bSKIPPED, '([^']+)'")
OF_PROVIDER = re.compile(r"\boutcome: refused, reason: ([\w ]+)")


def known():
    return set(re.findall(r'^    \{"([^"]+)", "', (ROOT / WORDS).read_text(encoding="utf-8"), re.M))


def reasons(pattern, glob):
    for path in files(glob):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for reason in pattern.findall(line):
                yield f"{name_of(path)}:{number}", reason.strip()


def without_words(found):
    table = known()
    return [f"{place}: '{reason}' has no words in {WORDS}" for place, reason in found if reason not in table]


tap = Tap()
of_rules = list(reasons(OF_RULE, "src/store/**/*.lua"))
of_providers = list(reasons(OF_PROVIDER, "conf/providers/*.yaml"))
tap.case("rules and descriptions are read", [] if len(of_rules) >= 4 and len(of_providers) >= 40 else ["too few were found"])
tap.case("a rule's reason has words", without_words(of_rules))
tap.case("a provider's reason has words", without_words(of_providers))
sys.exit(tap.done())
