#!/usr/bin/env python3
"""Writes src/flow/import/country_names.txt: what a country is called in the languages that lists are written in, from the
Unicode CLDR that PyPI's `babel` carries, and its ISO codes from `pycountry`, each of the version that stands below (in an
environment of its own; needs pip).

    tools/country_names.py

A name stands there as import's fold of it leaves it: small letters without accents, and nothing between words. For newer
names change a version, run it and read the difference."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unicodedata
import venv

PACKAGES = ["babel==2.19.0", "pycountry==26.2.16"]
OUT = pathlib.Path(__file__).resolve().parent.parent / "src/flow/import/country_names.txt"
LANGUAGES = "en es fr de cy pl pt it nl ar ur he ru uk tr hi bn pa ro so da sv nb fi cs hu el".split()
# As people write them, and CLDR does not.
ALSO = {"GB": ["UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "Angleterre", "Grande-Bretagne",
               "England (UK)", "Großbritannien", "Gran Bretaña", "Inglaterra", "Gran Bretagna", "Inghilterra", "Wielka Brytania",
               "Anglia", "Grã-Bretanha", "Groot-Brittannië", "Engeland", "İngiltere", "بريطانيا", "Великобритания", "Англия"],
        "US": ["USA", "U.S.A.", "U.S.", "United States of America", "America", "EE. UU.", "EEUU", "Estados Unidos de América",
               "États-Unis d'Amérique", "Vereinigte Staaten von Amerika", "Stati Uniti d'America", "Stany Zjednoczone Ameryki", "США"],
        "IE": ["Republic of Ireland", "Eire", "Éire"], "NL": ["Holland", "The Netherlands", "Holanda", "Hollande", "Olanda", "Holandia"],
        "CZ": ["Czech Republic", "Tschechische Republik", "República Checa", "République tchèque", "Repubblica Ceca", "Česká republika"],
        "CI": ["Ivory Coast", "Elfenbeinküste", "Costa de Marfil", "Costa d'Avorio"], "TR": ["Turkey", "Turkei"],
        "DE": ["BRD", "Bundesrepublik Deutschland", "Federal Republic of Germany"], "AE": ["UAE", "Emirates"],
        "KR": ["Korea", "Republic of Korea"], "RU": ["Russian Federation"], "SY": ["Syrian Arab Republic"], "IR": ["Persia"],
        "CD": ["DRC", "Congo (DRC)"], "MM": ["Burma"], "SZ": ["Swaziland"], "MK": ["Macedonia"], "PS": ["Palestine"]}
READ = """import json, sys
from babel import Locale
import pycountry
names = {c.alpha_2: [c.alpha_3, c.name, getattr(c, "official_name", c.name)] for c in pycountry.countries}
for language in sys.argv[1:]:
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
            names.setdefault(code, []).append(name)
json.dump(names, sys.stdout)"""


def fold(name):
    plain = {"\u0142": "l", "\u00f8": "o", "\u0131": "i"}
    out = "".join(plain.get(c, c) for c in unicodedata.normalize("NFKD", name).lower())
    return "".join(c for c in out if unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "Mc")


def main():
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = pathlib.Path(folder) / "bin/python"
        subprocess.run([python, "-m", "pip", "-q", "install", *PACKAGES], check=True)
        names = json.loads(subprocess.run([python, "-c", READ, *LANGUAGES], check=True, capture_output=True).stdout)
    owners = {}
    for code, more in sorted(names.items()):
        for name in (code, *more, *ALSO.get(code, [])):
            if fold(name):
                owners.setdefault(fold(name), set()).add(code)
    lines = ["# What countries are called. Made by tools/country_names.py from Unicode CLDR (see NOTICE); do not edit."]
    for code in sorted(names):
        own = sorted(name for name, codes in owners.items() if codes == {code})
        lines.append(" ".join(f"{name}:{code}" for name in own))
    OUT.write_text("".join(f" {line} \n" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
