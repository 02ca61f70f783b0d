#!/usr/bin/env python3
"""Refreshes the numbering plan (src/io/phone_plan.txt) and the expectations that test it, from the newest
published `phonenumbers` (the metadata of Google's libphonenumber, Apache-2.0):

    tools/phone_plan.py                    the newest
    tools/phone_plan.py --version 9.0.43   that one

pip fetches it into a temporary folder; nothing is installed. The plan is text, so that a refresh can be read as
a difference; tools/phone_plan_tables.py makes the program's tables of it in each build."""
import argparse
import datetime
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAN = ROOT / "src/io/phone_plan.txt"
EXPECTED = ROOT / "tests/unit/phone_expected.txt"
# In the order in which libphonenumber asks for the type of a number, names of include/io/phone.h.
KINDS = {"general": "general_desc", "premium": "premium_rate", "toll_free": "toll_free", "shared": "shared_cost",
         "voip": "voip", "personal": "personal_number", "pager": "pager", "uan": "uan", "voicemail": "voicemail",
         "fixed": "fixed_line", "mobile": "mobile"}
TYPE_NAMES = {"FIXED_LINE": "fixed", "MOBILE": "mobile", "FIXED_LINE_OR_MOBILE": "fixed_or_mobile", "TOLL_FREE": "toll_free",
              "PREMIUM_RATE": "premium", "SHARED_COST": "shared", "VOIP": "voip", "PERSONAL_NUMBER": "personal",
              "PAGER": "pager", "UAN": "uan", "VOICEMAIL": "voicemail", "UNKNOWN": "unknown"}
HEAD = """\
# The numbering plans of the world. Made by tools/phone_plan.py; do not edit.
# From phonenumbers {version}, a port of Google's libphonenumber: Copyright the libphonenumber authors,
# Apache License 2.0 (see NOTICE).
version: {version}
date: {date}
"""


def fetch(version, folder):
    """The wheel of that version (None = newest), and the day on which it was made."""
    what = f"phonenumbers=={version}" if version else "phonenumbers"
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--only-binary=:all:", "--dest", folder, what], check=True)
    (wheel,) = pathlib.Path(folder).glob("*.whl")
    newest = max(entry.date_time for entry in zipfile.ZipFile(wheel).infolist())
    return wheel, datetime.date(*newest[:3])


def lengths(values):
    return ",".join(str(n) for n in sorted(values) if n > 0)


def kind_lines(metadata):
    for name, attribute in KINDS.items():
        desc = getattr(metadata, attribute)
        if desc and desc.national_number_pattern:
            # without lengths of its own a kind has those of the whole region
            yield f"  {name}: {lengths(desc.possible_length)} {desc.national_number_pattern}"


def region_lines(metadata, name):
    yield f"region: {name} {metadata.country_code}"
    general = metadata.general_desc
    for key, value in (("lengths", lengths(general.possible_length)), ("local", lengths(general.possible_length_local_only)),
                       ("exit", metadata.international_prefix), ("prefix", metadata.national_prefix_for_parsing),
                       ("becomes", metadata.national_prefix_transform_rule), ("leading", metadata.leading_digits),
                       ("same", metadata.same_mobile_and_fixed_line_pattern and "yes")):
        if value:
            yield f"  {key}: {value}"
    yield from kind_lines(metadata)


def plan_text(lib, date):
    out = [HEAD.format(version=lib.__version__, date=date)]
    for code, names in sorted(lib.COUNTRY_CODE_TO_REGION_CODE.items()):
        out.append(f"code: {code} {' '.join(names)}")
        for name in names:
            metadata = lib.PhoneMetadata.metadata_for_region_or_calling_code(code, name)
            out.extend(region_lines(metadata, name))
    return "\n".join(out) + "\n"


def verdict(lib, text, region):
    """'e164 country type' as include/io/phone.h says it, or '-'. Without a region of its own an invalid number
    goes to the main one of its code."""
    try:
        number = lib.parse(text, region)
    except lib.NumberParseException:
        return "-"
    kind = TYPE_NAMES[lib.PhoneNumberType.to_string(lib.number_type(number))]
    country = lib.region_code_for_number(number) or lib.region_code_for_country_code(number.country_code)
    return f"{lib.format_number(number, lib.PhoneNumberFormat.E164)[1:]} {country} {kind}"


def digits(rng, n):
    return "".join(rng.choice("0123456789") for _ in range(n))


def samples(lib, region, rng):
    """Texts to be read with this region as the default: an example of each type as its people write it, their
    neighbours, and nonsense of possible lengths."""
    metadata = lib.PhoneMetadata.metadata_for_region(region)
    for kind in (lib.PhoneNumberType.FIXED_LINE, lib.PhoneNumberType.MOBILE, lib.PhoneNumberType.PREMIUM_RATE,
                 lib.PhoneNumberType.UAN, lib.PhoneNumberType.VOIP):
        number = lib.example_number_for_type(region, kind)
        if not number:
            continue
        yield lib.format_number(number, lib.PhoneNumberFormat.NATIONAL)
        nsn = lib.national_significant_number(number)
        yield f"+{metadata.country_code}{nsn[:-3]}{digits(rng, 3)}"
    for _ in range(3):
        yield digits(rng, rng.choice(metadata.general_desc.possible_length))


def expected_text(lib, date):
    rng = random.Random(7)
    out = [f"# region|text|number country type, of phonenumbers {lib.__version__} ({date}); '-': no number.",
           "# Made by tools/phone_plan.py; do not edit."]
    for region in sorted(lib.SUPPORTED_REGIONS):
        for text in dict.fromkeys(samples(lib, region, rng)):
            if text.isascii() and not any(c.isalpha() for c in text):
                out.append(f"{region}|{text}|{verdict(lib, text, region)}")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--version", help="of phonenumbers; default: the newest")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel, date = fetch(args.version, folder)
        sys.path.insert(0, str(wheel))
        import phonenumbers as lib
        import phonenumbers.phonemetadata
        lib.PhoneMetadata = phonenumbers.phonemetadata.PhoneMetadata
        lib.COUNTRY_CODE_TO_REGION_CODE = lib.COUNTRY_CODE_TO_REGION_CODE
        PLAN.write_text(plan_text(lib, date), encoding="utf-8")
        EXPECTED.write_text(expected_text(lib, date), encoding="utf-8")
    print(f"the numbering plan is of {date} now (phonenumbers {lib.__version__}); run the unit tests, and read the difference")


if __name__ == "__main__":
    main()
