#!/usr/bin/env python3
"""Makes the program's tables of the numbering plan (src/io/phone_plan.txt):

    phone_plan_tables.py PLAN.txt OUT.c        see src/io/phone_plan.h for what they are

Each country code becomes one automaton over the digits of a national number: its final states say region and
type, with the order of libphonenumber's questions already worked in, so that the program asks nothing at all.
The patterns have no loops but \\d{m,n}; so states are sets of what is left of each pattern, found by taking
derivatives, and equal ones are one. Prefixes to take off (with groups and a rule) become small programs."""
import pathlib
import re
import sys

KINDS = ("premium", "toll_free", "shared", "voip", "personal", "pager", "uan", "voicemail", "fixed", "mobile")
# enum phone_type of include/io/phone.h, in its order
TYPES = ("unknown", "mobile", "fixed", "fixed_or_mobile", "toll_free", "premium", "shared", "voip", "personal", "pager",
         "uan", "voicemail")
DIGITS_MAX = 17  # of a national number
ALL = 0x3FF      # every digit


# ---- reading a pattern ----


class Parser:
    """digits, \\d, [1-35], (…), (?:…), |, ?, {m,n}, $; groups and $ only where a program is made of it"""

    def __init__(self, text):
        self.text, self.at, self.groups = text, 0, 0

    def parse(self):
        tree = self.alternatives()
        if self.at != len(self.text):
            raise ValueError(f"cannot read {self.text!r} at {self.at}")
        return tree

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, what):
        found = self.text.startswith(what, self.at)
        self.at += len(what) if found else 0
        return found

    def alternatives(self):
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else ("or", tuple(parts))

    def sequence(self):
        parts = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return ("seq", tuple(parts))

    def repeated(self, atom):
        if self.take("?"):
            return ("repeat", atom, 0, 1)
        found = re.compile(r"\{(\d+)(?:,(\d+))?\}").match(self.text, self.at)
        if not found:
            return atom
        self.at = found.end()
        return ("repeat", atom, int(found[1]), int(found[2] or found[1]))

    def atom(self):
        if self.take("(?:"):
            return self.closed(self.alternatives())
        if self.take("("):
            self.groups += 1
            number = self.groups
            return ("group", number, self.closed(self.alternatives()))
        if self.take("\\d"):
            return ("class", ALL)
        if self.take("["):
            return self.digit_class()
        if self.take("$"):
            return ("end",)
        c = self.peek()
        if c not in "0123456789":
            raise ValueError(f"cannot read {self.text!r} at {self.at}")
        self.at += 1
        return ("class", 1 << int(c))

    def closed(self, tree):
        if not self.take(")"):
            raise ValueError(f"no ) in {self.text!r}")
        return tree

    def digit_class(self):
        mask, end = 0, self.text.index("]", self.at)
        for first, last in re.findall(r"(\d)(?:-(\d))?", self.text[self.at:end]):
            for digit in range(int(first), int(last or first) + 1):
                mask |= 1 << digit
        self.at = end + 1
        return ("class", mask)


# ---- languages: numbers that stand for what is left of a pattern; equal ones have one number ----


class Languages:
    NONE, ALL, EMPTY = 0, 1, 2  # no number, any number, the empty one

    def __init__(self):
        self.keys, self.ids, self.nullable, self.steps = [], {}, [], {}
        self.make(("none",), False)
        self.make(("all",), True)
        self.make(("empty",), True)

    def make(self, key, nullable):
        if key not in self.ids:
            self.ids[key] = len(self.keys)
            self.keys.append(key)
            self.nullable.append(nullable)
        return self.ids[key]

    def chars(self, mask):
        return self.make(("chars", mask), False)

    def either(self, parts):
        flat = set()
        for part in parts:
            key = self.keys[part]
            flat.update(key[1] if key[0] == "either" else (part,))
        if self.ALL in flat:
            return self.ALL
        flat.discard(self.NONE)
        if len(flat) < 2:
            return flat.pop() if flat else self.NONE
        return self.make(("either", tuple(sorted(flat))), any(self.nullable[part] for part in flat))

    def then(self, first, second):
        if self.NONE in (first, second):
            return self.NONE
        if self.EMPTY in (first, second):
            return second if first == self.EMPTY else first
        key = self.keys[first]
        if key[0] == "then":  # leaning right, so that equal ones look equal
            return self.then(key[1], self.then(key[2], second))
        return self.make(("then", first, second), self.nullable[first] and self.nullable[second])

    def of(self, tree):
        """What a parsed pattern matches."""
        kind = tree[0]
        if kind == "class":
            return self.chars(tree[1])
        if kind == "or":
            return self.either([self.of(part) for part in tree[1]])
        if kind == "seq":
            result = self.EMPTY
            for part in reversed(tree[1]):
                result = self.then(self.of(part), result)
            return result
        _, part, least, most = tree
        one, result = self.of(part), self.EMPTY
        for _ in range(most - least):
            result = self.either([self.then(one, result), self.EMPTY])
        for _ in range(least):
            result = self.then(one, result)
        return result

    def after(self, language, digit):
        """What is left of it after this digit (Brzozowski's derivative)."""
        if language <= self.EMPTY:
            return self.ALL if language == self.ALL else self.NONE
        if (language, digit) not in self.steps:
            self.steps[language, digit] = self.step(self.keys[language], digit)
        return self.steps[language, digit]

    def step(self, key, digit):
        if key[0] == "chars":
            return self.EMPTY if key[1] >> digit & 1 else self.NONE
        if key[0] == "either":
            return self.either([self.after(part, digit) for part in key[1]])
        _, first, second = key
        left = self.then(self.after(first, digit), second)
        return self.either([left, self.after(second, digit)]) if self.nullable[first] else left


# ---- the plan as it is written ----


class Kind:
    """One kind of numbers of a region: how long they are, and their pattern."""

    def __init__(self, text, languages):
        lengths, pattern = text.split(" ")
        self.lengths = {int(n) for n in lengths.split(",")} if lengths else None
        self.language = languages.of(Parser(pattern).parse())


class Region:
    def __init__(self, name, code):
        self.name, self.code, self.fields, self.kinds = name, code, {}, {}

    def add(self, key, value, languages):
        if key == "general" or key in KINDS:
            self.kinds[key] = Kind(value, languages)
        else:
            self.fields[key] = value

    def lengths(self, key):
        return sum(1 << int(n) for n in self.fields.get(key, "").split(",") if n)


def read_plan(path, languages):
    """The head's words, and {code: [regions, the main one first]}."""
    head, codes, regions = {}, {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().partition(": ")
        if not line or line.startswith("#"):
            continue
        if key == "code":
            code, *names = value.split()
            regions = codes.setdefault(int(code), {})
            regions.update((name, Region(name, int(code))) for name in names)
        elif key == "region":
            region = regions[value.split()[0]]
        elif line.startswith("  "):
            region.add(key, value, languages)
        else:
            head[key] = value
    return head, {code: list(found.values()) for code, found in codes.items()}


# ---- the automaton ----


class Automaton:
    """rows: (verdict, the state after each digit); all countries share them. State 0: nothing here."""

    def __init__(self, languages):
        self.languages, self.rows, self.ids = languages, [], {}
        self.for_ever(0)

    def row(self, row):
        if row not in self.ids:
            self.ids[row] = len(self.rows)
            self.rows.append(row)
        return self.ids[row]

    def for_ever(self, verdict):
        """The state that no digit leads out of."""
        me = self.ids.get((verdict, "for ever"), len(self.rows))
        if me == len(self.rows):
            self.rows.append((verdict, (me,) * 10))
            self.ids[verdict, "for ever"] = self.ids[self.rows[me]] = me
        return me

    def general(self, region):
        """1 where a number has the general form of the region, whatever its length."""
        return self.walk(0, (region.kinds["general"].language,), Form(self.languages), {})

    def country(self, regions):
        """ordinal of the region << 4 | its type; 0 = a number of no type, of the main region."""
        parts = Parts(self.languages, regions)
        return self.walk(0, parts.first, parts, {})

    def walk(self, depth, parts, meaning, seen):
        if (depth, parts) not in seen:
            verdict = meaning.verdict(depth, parts)
            if all(part <= self.languages.ALL for part in parts):
                seen[depth, parts] = self.for_ever(verdict)
            else:
                last = depth == DIGITS_MAX
                seen[depth, parts] = self.row((verdict, tuple(
                    0 if last else self.walk(depth + 1, meaning.after(parts, digit), meaning, seen) for digit in range(10))))
        return seen[depth, parts]


class Form:
    """One pattern: does it match?"""

    def __init__(self, languages):
        self.languages = languages

    def verdict(self, _, parts):
        return int(self.languages.nullable[parts[0]])

    def after(self, parts, digit):
        return tuple(self.languages.after(part, digit) for part in parts)


class Parts(Form):
    """What is left of each region's patterns: [leading digits, general form, kinds …] of one after another."""

    def __init__(self, languages, regions):
        super().__init__(languages)
        self.regions, first, self.spans = regions, [], []
        for region in regions:
            self.spans.append(len(first))
            leading = region.fields.get("leading")
            first.append(languages.then(languages.of(Parser(leading).parse()), languages.ALL) if leading else languages.NONE)
            first.extend(region.kinds[key].language for key in ("general", *KINDS) if key in region.kinds)
        self.first = tuple(first)
        self.spans.append(len(first))

    def after(self, parts, digit):
        left = list(super().after(parts, digit))
        for at, end in zip(self.spans, self.spans[1:]):
            if left[at + 1] == self.languages.NONE:  # without the general form there is no type
                left[at + 1:end] = [self.languages.NONE] * (end - at - 1)
        return tuple(left)

    def verdict(self, depth, parts):
        for ordinal, region in enumerate(self.regions):
            of_region = parts[self.spans[ordinal]:self.spans[ordinal + 1]]
            kind = self.kind_of(region, depth, of_region[1:])
            mine = self.languages.nullable[of_region[0]] if "leading" in region.fields else kind
            if mine or len(self.regions) == 1:
                return ordinal << 4 | (TYPES.index(kind) if kind else 0)
        return 0

    def kind_of(self, region, depth, parts):
        """The order of libphonenumber's number_type()."""
        keys = [key for key in ("general", *KINDS) if key in region.kinds]
        found = {key for key, part in zip(keys, parts) if self.languages.nullable[part] and
                 (not region.kinds[key].lengths or depth in region.kinds[key].lengths)}
        if "general" not in found:
            return None
        kind = next((key for key in KINDS if key in found), None)
        if kind == "fixed" and ("same" in region.fields or "mobile" in found):
            return "fixed_or_mobile"
        return None if kind == "mobile" and "same" in region.fields else kind


# ---- programs ----

# Words of src/io/phone_plan.h: the operation in the upper bits, digits or a place below.
DIGIT, END, MATCH, SAVE, SPLIT, JUMP = (n << 12 for n in range(6))


def program(tree):
    """As a backtracking matcher runs it: the first alternative first, as much as can be."""
    words = []

    def put(tree):
        kind = tree[0]
        if kind == "class":
            words.append(DIGIT | tree[1])
        elif kind == "end":
            words.append(END)
        elif kind == "group":
            words.append(SAVE | tree[1] * 2)
            put(tree[2])
            words.append(SAVE | tree[1] * 2 + 1)
        elif kind == "seq":
            for part in tree[1]:
                put(part)
        elif kind == "or":
            alternatives(tree[1])
        else:
            for _ in range(tree[2]):
                put(tree[1])
            optional(tree[1], tree[3] - tree[2])

    def alternatives(parts):
        jumps = []
        for part in parts[:-1]:
            split = len(words)
            words.append(0)
            put(part)
            jumps.append(len(words))
            words.append(0)
            words[split] = SPLIT | len(words)
        put(parts[-1])
        for jump in jumps:
            words[jump] = JUMP | len(words)

    def optional(part, times):
        splits = []
        for _ in range(times):
            splits.append(len(words))
            words.append(0)
            put(part)
        for split in splits:
            words[split] = SPLIT | len(words)

    put(tree)
    words.append(MATCH)
    return tuple(words)


class Programs:
    """All of them behind each other; 0 is none. Equal ones are one."""

    def __init__(self):
        self.words, self.places = [MATCH], {}

    def place(self, text):
        """(where it begins, how many groups it has)"""
        if not text:
            return 0, 0
        if text not in self.places:
            parser = Parser(text)
            words = program(parser.parse())
            self.places[text] = (len(self.words), parser.groups)
            self.words.extend(words)
        return self.places[text]


# ---- the C source ----


def array(kind, name, values):
    rows = (values[i:i + 20] for i in range(0, len(values), 20))
    return f"const {kind} {name}[] = {{\n" + "".join("    " + ",".join(map(str, row)) + ",\n" for row in rows) + "};\n"


def region_row(region, general, programs):
    prefix, groups = programs.place(region.fields.get("prefix"))
    becomes = region.fields.get("becomes", "").replace("\\", "$")
    return (f'    {{"{region.name}", {region.code}, {general}, {prefix}, {programs.place(region.fields.get("exit"))[0]}, '
            f'{groups}, {region.lengths("lengths"):#x}, {region.lengths("local"):#x}, "{becomes}"}},\n')


def tables(plan):
    languages, programs = Languages(), Programs()
    head, codes = read_plan(plan, languages)
    automaton, regions, code_rows = Automaton(languages), [], []
    for code, members in codes.items():
        code_rows.append(f"    {{{code}, {automaton.country(members)}, {len(regions)}}},\n")
        regions += [region_row(region, automaton.general(region), programs) for region in members]
    code_at, region_at = [0] * 1000, [0] * 676  # → its row + 1
    for n, code in enumerate(codes):
        code_at[code] = n + 1
    names = [region.name for members in codes.values() for region in members]
    for n, name in enumerate(names):
        if name.isalpha():
            region_at[(ord(name[0]) - ord("A")) * 26 + ord(name[1]) - ord("A")] = n + 1
    if max(len(automaton.rows), len(programs.words)) > 0x10000 or len(programs.words) > 0x1000:
        raise ValueError("the tables have outgrown their 16 bits")
    yield '/* Made by tools/phone_plan_tables.py; do not edit. */\n#include "phone_plan.h"\n'
    yield f'const char phone_plan_version[] = "{head["version"]}", phone_plan_day[] = "{head["date"]}";\n'
    yield f'const char phone_plan_without[] = "not in the numbering plan of {head["date"]}";\n'
    yield "const struct phone_plan_region phone_plan_regions[] = {\n" + "".join(regions) + "};\n"
    yield "const struct phone_plan_code phone_plan_codes[] = {\n" + "".join(code_rows) + "};\n"
    yield array("uint16_t", "phone_plan_code_at", code_at)
    yield array("uint16_t", "phone_plan_region_at", region_at)
    yield array("uint16_t", "phone_plan_programs", programs.words)
    yield array("uint16_t", "phone_plan_verdicts", [verdict for verdict, _ in automaton.rows])
    yield ("const uint16_t phone_plan_next[][10] = {\n" +
           "".join("    {" + ",".join(map(str, row)) + "},\n" for _, row in automaton.rows) + "};\n")


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_text("".join(tables(pathlib.Path(sys.argv[1]))), encoding="utf-8")
