"""What the lint tests share: files of the source tree, C without comments and strings, TAP output."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()


def files(*patterns):
    """Source files matching any of the patterns, sorted, without build folders."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not path.relative_to(ROOT).parts[0].startswith("build"))


def name_of(path):
    return str(path.relative_to(ROOT))


COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_of(text):
    """The text with comments and literals blanked out; lines keep their numbers."""
    def blank(match):
        inner = re.sub(r"[^\n]", " ", match.group(0))
        return inner if match.group(0)[0] == "/" else '"' + inner[2:] + '"'
    return COMMENT_OR_STRING.sub(blank, text)


class Tap:
    """One case a call; problems are "file:line: rule" lines. Leave with sys.exit(tap.done())."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def case(self, name, problems):
        self.count += 1
        problems = list(problems)
        print(f"{'not ' if problems else ''}ok {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}")
        self.failed += bool(problems)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
