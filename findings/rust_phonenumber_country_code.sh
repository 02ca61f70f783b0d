#!/usr/bin/env bash
# crates.io phonenumber 0.3.10+9.0.33 beside PyPI phonenumbers 9.0.33, one numbering plan in both; seen on 27 November 2026.
#
# Guess:  the Rust crate is a port of Google's library with the same plan inside, so the two read the same person out of the same cell.
# Seen:   a German mobile as exports write it, without a plus ("4915112345678"), is +49 4915112345678 to Google's, somebody's
#         landline, and +49 15112345678 to the crate, which takes the country code off although it was told that the cell is
#         German. Both say that theirs is valid. Italian and Austrian cells of that kind are read alike by both.
# For us: a cell that begins with its own country's code and no plus is two people's number until somebody has said which; a list
#         that was cleaned with one of the two has other people in it than one that was cleaned with the other.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q phonenumbers==9.0.33
cargo init -q --name look crate 2>/dev/null
(cd crate && cargo add -q phonenumber@=0.3.10 2>/dev/null)
cat >crate/src/main.rs <<'RS'
use phonenumber::{country, Mode};

fn main() {
    for (text, region) in [("4915112345678", country::DE), ("436641234567", country::AT), ("393401234567", country::IT)] {
        let n = phonenumber::parse(Some(region), text).unwrap();
        println!("{} {} {}", text, n.format().mode(Mode::E164), phonenumber::is_valid(&n));
    }
}
RS
cat >look.py <<'PY'
import phonenumbers as p

for text, region in (("4915112345678", "DE"), ("436641234567", "AT"), ("393401234567", "IT")):
    n = p.parse(text, region)
    print(text, p.format_number(n, p.PhoneNumberFormat.E164), str(p.is_valid_number(n)).lower())
PY
crate=$(cd crate && nice cargo run -q) google=$(env/bin/python look.py)
alike='436641234567 +436641234567 true
393401234567 +393401234567 true'
printf 'crate\n%s\ngoogle\n%s\n' "$crate" "$google"
[[ $crate == "4915112345678 +4915112345678 true"$'\n'"$alike" && $google == "4915112345678 +494915112345678 true"$'\n'"$alike" ]] || {
    echo "it behaves otherwise now" >&2
    exit 1
}
