#!/usr/bin/env python3
"""What the program reads is what `phonenumbers` of the plan's version reads: number, region and type (so validity),
for every region: an example of each type, 200 random numbers of its types, 60 of no type or of another length, each
written with +, as a national number, as bare digits and with the exit code.

Usage: test_phone_plan.py READ_PHONES PLAN.txt [SEED]. pip fetches that version into a folder of its own below
build/tools; where it cannot, the test says so and is skipped (exit 77)."""
import pathlib
import random
import re
import subprocess
import sys

import phone_plan
import phone_plan_tables
from pinned import library

SKIP, RANDOM_OF_TYPES, RANDOM_OF_NONE = 77, 200, 60


def install(version):
    folder = library(pathlib.Path(__file__).parents[2], "phonenumbers", version)
    if not folder:
        print(f"skipped: phonenumbers {version} cannot be had from PyPI (network? python3-venv?)")
        sys.exit(SKIP)
    sys.path.insert(0, folder)  # before whatever other version is installed


def random_of(rng, tree):
    """A text that the parsed pattern matches."""
    kind = tree[0]
    if kind == "class":
        return rng.choice([str(digit) for digit in range(10) if tree[1] >> digit & 1])
    if kind == "or":
        return random_of(rng, rng.choice(tree[1]))
    if kind == "seq":
        return "".join(random_of(rng, part) for part in tree[1])
    return "".join(random_of(rng, tree[1]) for _ in range(rng.randint(tree[2], tree[3])))


class Samples:
    def __init__(self, lib, seed):
        self.lib, self.rng, self.trees = lib, random.Random(seed), {}

    def tree(self, pattern):
        if pattern not in self.trees:
            self.trees[pattern] = phone_plan_tables.Parser(pattern).parse()
        return self.trees[pattern]

    def national_numbers(self, metadata):
        descs = [getattr(metadata, name) for name in phone_plan.KINDS.values()]
        descs = [desc for desc in descs if desc and desc.national_number_pattern]
        yield from (desc.example_number for desc in descs if desc.example_number)
        for _ in range(RANDOM_OF_TYPES):
            yield random_of(self.rng, self.tree(self.rng.choice(descs).national_number_pattern))
        lengths = [n for n in metadata.general_desc.possible_length if n > 0]
        for _ in range(RANDOM_OF_NONE):
            n = max(2, self.rng.choice(lengths) + self.rng.choice((0, 0, 0, 0, -1, 1, 2)))
            yield "".join(self.rng.choice("0123456789") for _ in range(n))

    def texts(self, region, metadata):
        """The same number as it is written in four ways."""
        exits = metadata.international_prefix
        for nsn in self.national_numbers(metadata):
            yield f"+{metadata.country_code}{nsn}"
            if region == "001":
                continue
            yield nsn
            number = self.lib.PhoneNumber(country_code=metadata.country_code, national_number=int(nsn),
                                          italian_leading_zero=nsn.startswith("0") or None)
            national = self.lib.format_number(number, self.lib.PhoneNumberFormat.NATIONAL)
            if national.isascii() and not re.search("[A-Za-z*#]", national):
                yield national
            if exits.isdigit():
                yield f"{exits}{metadata.country_code}{nsn}"


def all_regions(lib):
    for region in sorted(lib.SUPPORTED_REGIONS):
        yield region, lib.PhoneMetadata.metadata_for_region(region)
    for code in sorted(lib.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        yield "001", lib.PhoneMetadata.metadata_for_nongeo_region(code)


def may_differ(lib, region, text, got):
    """The differences that include/io/phone.h names, and no more."""
    if " drama" in got:
        return 447700900000 <= int(got.split()[0]) <= 447700900999
    digits = re.sub(r"\D", "", text)
    if "+" in text or not digits:
        return False
    if digits.startswith("00"):
        other = phone_plan.verdict(lib, "+" + digits[2:], None)
    elif digits.startswith(str(lib.country_code_for_region(region))):
        other = phone_plan.verdict(lib, "+" + digits, None)
        if "mobile" not in other:
            return False
    else:
        return False
    return got == other or "ambiguous" in got


def main():
    reader, plan = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261127
    version = re.search(r"^version: (\S+)$", pathlib.Path(plan).read_text(encoding="utf-8"), re.M)[1]
    install(version)
    import phonenumbers as lib
    import phonenumbers.phonemetadata
    lib.PhoneMetadata = phonenumbers.phonemetadata.PhoneMetadata
    compare(reader, lib, Samples(lib, seed), seed)


def compare(reader, lib, samples, seed):
    texts = [(region, text) for region, metadata in all_regions(lib) for text in dict.fromkeys(samples.texts(region, metadata))]
    answers = subprocess.run([reader], input="".join(f"{region}|{text}\n" for region, text in texts), text=True,
                             capture_output=True, check=True).stdout.splitlines()
    wrong, apart, valid = [], 0, 0
    for (region, text), got in zip(texts, answers):
        want = phone_plan.verdict(lib, text, None if region == "001" else region)
        valid += want != "-" and not want.endswith(" unknown")
        if got != want and may_differ(lib, region, text, got):
            apart += 1
        elif got != want:
            wrong.append(f"{region} {text!r}: {got}; phonenumbers: {want}")
    print(f"{len(texts)} texts of {len(set(region for region, _ in texts))} regions, {valid} of them valid; seed {seed}")
    print(f"{apart} differ as include/io/phone.h says, {len(wrong)} otherwise")
    print("\n".join(wrong[:40]))
    sys.exit(bool(wrong) or len(answers) != len(texts))


if __name__ == "__main__":
    main()
