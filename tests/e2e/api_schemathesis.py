#!/usr/bin/env python3
"""The API beside its own document, asked by somebody else's program: schemathesis (PyPI, 4.32.5) makes requests out of
/api/openapi.yaml, as an owner, an organiser, a volunteer and a stranger. No 5xx, and no status, content type or body that the
document does not name. Not a part of `./scripts/test`: it takes minutes, and the program is not among the packages.

    python3 -m venv /tmp/st && /tmp/st/bin/pip install schemathesis==4.32.5
    PYTHONPATH=tests/lib python3 tests/e2e/api_schemathesis.py BUILD/src/app/musterd BUILD/src/cli/muster BUILD/src/sim/muster-sim . \\
        --st /tmp/st/bin/st [--examples 20] [--roles owner,volunteer] [--only PART] [--st-seed N]"""
import re
import subprocess
import sys

from fuzz_world import TOKENS, world
from house import Skipped, check, options, run

ARGS = options(st="", examples=20, roles="owner,organiser,volunteer,stranger", only="", st_seed=1)
# Streams answer for ever; these three end who asks.
LEFT_OUT = r"^/api/v1/(events|people/\{id\}/(revoke|move)|tokens/\{token\})$"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def asked_by(role):
    def asks(w):
        if not ARGS.st:
            raise Skipped("say where schemathesis is: --st /tmp/st/bin/st")
        words = [ARGS.st, "run", w.url + "/api/openapi.yaml", "--url", w.url, "--checks", CHECKS, "--exclude-path-regex", LEFT_OUT,
                 "--phases", "examples,coverage,fuzzing", "--max-examples", str(ARGS.examples), "--seed", str(ARGS.st_seed),
                 "--continue-on-failure", "--no-shrink", "--request-timeout", "30", "--suppress-health-check", "all", "--warnings", "off"]
        if TOKENS[role]:
            words += ["-H", "Authorization: Bearer " + TOKENS[role]]
        if ARGS.only:
            words += ["--include-path-regex", ARGS.only]
        done = subprocess.run(words, capture_output=True, text=True, cwd=w.folder, check=False)
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        print("\n".join("# " + line for line in said.splitlines()[-400:]))
        check(w.daemon.process.poll() is None, "musterd ended")
        check(done.returncode == 0, "what the document does not say")
    asks.__name__ = f"asked_by_{role}"
    return asks


if __name__ == "__main__":
    sys.exit(run(ARGS, *(asked_by(role) for role in ARGS.roles.split(",")), world=world))
