#!/usr/bin/env python3
"""Lists as people and programs write them, with the real client, daemon and (where it is installed) LibreOffice: the
right number or a reason, never another person, and a file of rejects that comes back as it left."""
import csv
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys

import upload
from house import PATIENCE_S, Skipped, check, equal, options, run

ARGS = options(people=1)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def command(house, *words, **how):
    server = "unix:" + house.daemon.socket
    return subprocess.run([ARGS.muster, *map(str, words), "--server", server], capture_output=True, check=False,
                          timeout=PATIENCE_S, **how)


def expect(done, code, *texts):
    said = (done.stdout + done.stderr).decode()
    equal(done.returncode, code, f"exit code of {done.args[1:4]}: {said}")
    for text in texts:
        check(text in said, f"{done.args[1:4]} does not say '{text}': {said}")
    return said


def people(house, audience):
    """Number → fields, as the store has them."""
    info = json.loads(house.muster("audience", "show", audience, "--json"))
    found = {}
    for block in range(info["blocks"]):
        found.update(block_rows(house.redis("GET", f"muster:a:{info['id']}:b:{block}"), info["columns"]))
    return found


def block_rows(data, columns):
    """core/block.h: a header of 8 bytes; of each row the number, where each field ends, and the text."""
    rows, at = {}, 8
    for _ in range(int.from_bytes(data[6:8], "little")):
        number = int.from_bytes(data[at:at + 8], "little")
        at += 8
        ends = [int.from_bytes(data[at + 2 * i:at + 2 * i + 2], "little") for i in range(len(columns))]
        at += 2 * len(columns)
        fields = [data[at + begin:at + end].decode() for begin, end in zip([0, *ends], ends)]
        at += ends[-1] if ends else 0
        rows[f"+{number}"] = dict(zip(columns, fields))
    return rows


def imported(house, name, data, *more):
    """By the client; and the same file by the other door, the upload, comes to the same."""
    path = house.folder / f"{name}.csv"
    path.write_bytes(data)
    rejects = house.folder / f"{name}.rejects"
    if "--rejects" in more:
        rejects = pathlib.Path(more[more.index("--rejects") + 1])
    else:
        more = (*more, "--rejects", rejects)
    done = command(house, "audience", "import", path, "--name", name, *more)
    found = people(house, name) if done.returncode == 0 else {}
    options = {more[i][2:]: more[i + 1] for i in range(0, len(more), 2) if more[i] != "--rejects"}
    same_by_upload(house, data, found, rejects.read_bytes() if rejects.exists() else b"", name=f"{name} again", **options)
    return done, found


def same_by_upload(house, data, found, rejects, **options):
    status, started = upload.upload(house.daemon, "/api/v1/lists/import", data, **options)
    equal(status, 202, f"{options}: {started}")
    note = upload.outcome(house.daemon, started["id"])
    equal(note["state"], "done" if found else "failed", f"{options}: {note}")
    equal(people(house, options["name"]) if found else {}, found, f"{options}: by upload: {note}")
    if found:
        equal(note["rows"], note["stored"] + sum(note["rejected"].values()), note)
        equal(upload.rejects(house.daemon, started["id"]), rejects, f"{options}: rejects: {note}")


# ---- files ----

WESTERN = "phone,first_name,hours\n+447400000101,Zoë,10 – 20\n+447400000102,Jo,x\n+447400000103,Renée,y\n"


def encodings_are_converted_or_refused(house):
    house.start_musterd(port=1)
    wanted = {"+447400000101": "Zoë", "+447400000102": "Jo", "+447400000103": "Renée"}
    for i, encoding in enumerate(("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be")):
        done, found = imported(house, f"e{i}", WESTERN.encode(encoding))
        said = expect(done, 0, "3 of 3 rows")
        equal({n: f["first_name"] for n, f in found.items()}, wanted, encoding)
        equal('read as Windows-1252: "Zoë"' in said, encoding == "cp1252", f"said of {encoding}: {said}")
    polish = "phone,name\n+447400000101,Łukasz\n".encode("cp1250")
    expect(imported(house, "pl", polish)[0], 1, "pl.csv:2:", "nothing is read of it", "--encoding")
    expect(imported(house, "pl", polish, "--encoding", "utf-8")[0], 1, "pl.csv:2: not UTF-8")
    expect(imported(house, "pl", polish, "--encoding", "nonsense")[0], 1, "no encoding that is known here")
    done, found = imported(house, "pl", polish, "--encoding", "CP1250")
    equal(found["+447400000101"]["name"], "Łukasz", "a named encoding")
    done = command(house, "audience", "import", "-", "--name", "stdin", input=WESTERN.encode("cp1252"))
    expect(done, 0, "stdin is not UTF-8", "3 of 3 rows")


PROGRAMS = {
    "excel": b'sep=;\r\nTitel;Handy;Vorname\r\nFrau;\'07400000101;Ann\r\n',
    "google": b"First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\r\n"
              b"Ann,A,Mobile,+44 7400 000101,,\r\nBob,B,Mobile,+44 7400 000102 ::: +44 7400 000103,,\r\n",
    "nationbuilder": b"nationbuilder_id,first_name,phone_number,mobile_number,mobile_opt_in,work_phone_number\n"
                     b"1,Ann,020 7946 0018,07400 000101,true,\n",
    "actionnetwork": b'"first_name","last_name","Phone Number (mobile)","can2_user_tags"\n"Ann","A","+17405550123",""\n',
    "titles": "Members of Harbour Street;;\n;;\nPrénom;Téléphone\xa0;Ville\nAnn;07400 000101\n\x1a".encode(),
    "bars": b"phone|name\n+447400000101|A, B; C\n",
    "quotes": b'"name", "phone"\n"Ann, A", "+447400000101"\n',
    "ragged": b"phone;first_name;town;notes\n+447400000101;Z;Leeds\n+447400000102;Jo\n+447400000103;Al;York;x\n",
    "zeros": b"phone,name\n+447400000101,Ann\n\x1a\0\0",
}


def files_of_programs(house):
    house.start_musterd(port=1)
    for name, data in PROGRAMS.items():
        done, found = imported(house, name, data)
        expect(done, 0)
        wanted = "+17405550123" if name == "actionnetwork" else "+447400000101"
        check(wanted in found, f"{name}: {found} {done.stdout}")
    equal(set(people(house, "google")), {"+447400000101"}, "two numbers in a cell are nobody's")
    equal(people(house, "ragged")["+447400000102"], {"first_name": "Jo", "town": "", "notes": ""}, "a short row")
    equal(people(house, "bars")["+447400000101"]["name"], "A, B; C", "bars")
    equal(people(house, "quotes")["+447400000101"]["name"], "Ann, A", "a blank before a quote")


# ---- a mended file ----

LIST = ('phone,first_name,code\n+447400123456,Ana,007\n07400123457x,Ben,1-2\n+447400123458 or so,Cy,=1+1\n+491761234567#,Zoë,1E5\n'
        "4.474E+11,Flo,TRUE\n")
MENDED = {"+447400123456": ("Ana", "007"), "+447400123457": ("Ben", "1-2"), "+447400123458": ("Cy", "=1+1"),
          "+491761234567": ("Zoë", "1E5")}


def mend(path):
    """As a person does it in a spreadsheet: the text behind the number goes."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    for row in rows[1:]:
        row[0] = row[0].replace(" or so", "").replace("x", "").replace("#", "")
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)


def rejected(house):
    rejects = house.folder / "mend.csv"
    done, _ = imported(house, "members", LIST.encode(), "--rejects", rejects)
    expect(done, 0, "1 of 5 rows", str(rejects))
    equal(rejects.stat().st_mode & 0o777, 0o600, "people's numbers are for the owner alone")
    return rejects


def added_to_the_audience_that_it_came_from(house, mended):
    expect(command(house, "audience", "import", mended, "--name", "members", "--add", "--rejects", house.folder / "r2.csv"), 0,
           "3 of 4 rows added", "it has 4 people now")
    found = people(house, "members")
    equal({n: (f["first_name"], f["code"]) for n, f in found.items()}, MENDED, "who is in it now")
    after = json.loads(house.muster("audience", "show", "members", "--json"))
    equal((after["version"], after["added"], after["total"]), (2, 3, 4), "the list as it is now")
    said = expect(command(house, "audience", "import", mended, "--name", "members", "--add"), 1, "no usable row")
    check("3 left out: an earlier row has this number" in said, said)
    check("which rows they are, with line, field and reason: --rejects OUT.csv" in said, said)


def rejects_through_python(house):
    house.start_musterd(port=1)
    rejects = rejected(house)
    mend(rejects)
    added_to_the_audience_that_it_came_from(house, rejects)


CSV_FILTER = "Text - txt - csv (StarCalc):44,34,76,1"  # comma, quotes, UTF-8, from line 1


def convert(source, kind, folder):
    """A file opened and saved by LibreOffice, whose own settings stay where they are."""
    folder.mkdir()
    infilter = [f"--infilter={CSV_FILTER}"] if source.suffix == ".csv" else []
    done = subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *infilter, "--convert-to",
                           f"csv:{CSV_FILTER}" if kind == "csv" else kind, "--outdir", folder, source],
                          capture_output=True, text=True, check=False, timeout=180)
    found = folder / f"{source.stem}.{kind}"
    check(found.exists(), f"LibreOffice made nothing: {done.stdout} {done.stderr}")
    return found


def through_libreoffice(house, *kinds):
    if not shutil.which("soffice"):
        raise Skipped("no LibreOffice here (package libreoffice-calc-nogui): a spreadsheet was not asked")
    house.start_musterd(port=1)
    path = rejected(house)
    for kind in kinds:
        path = convert(path, kind, house.folder / f"lo-{kind}")
    mend(path)
    added_to_the_audience_that_it_came_from(house, path)


def rejects_through_libreoffice(house):
    through_libreoffice(house, "csv")


def rejects_kept_as_a_workbook(house):
    through_libreoffice(house, "xlsx", "csv")


def what_cannot_be_added(house):
    house.start_musterd(port=1)
    path = house.folder / "more.csv"
    path.write_bytes(b"phone,first_name\n+447400000102,Bob\n")
    expect(command(house, "audience", "import", path, "--name", "nobody", "--add"), 1, "no list 'nobody'")
    imported(house, "members", b"phone,first_name,town\n+447400000101,Ann,York\n")
    expect(command(house, "audience", "import", path, "--name", "members", "--add"), 1, "a column 'town', which the file has not")
    path.write_bytes(b"phone,first_name,town,age\n+447400000102,Bob,York,7\n")
    expect(command(house, "audience", "import", path, "--name", "members", "--add"), 1, "a column 'age'")
    path.write_bytes(b"town,phone,first_name\nYork,+447400000102,Bob\n")
    expect(command(house, "audience", "import", path, "--name", "members", "--add"), 0, "1 of 1 row added")
    equal(people(house, "members")["+447400000102"], {"first_name": "Bob", "town": "York"}, "columns by name")


def a_list_changes(house):
    house.start_musterd(port=1)
    imported(house, "members", b"phone,first_name,town\n+447400000101,Ann,York\n+447400000102,Bob,Hull\n+447400000103,Cy,\n")
    path = house.folder / "change.csv"

    def change(how, data, code, *texts):
        path.write_bytes(data)
        return expect(command(house, "audience", "import", path, "--name", "members", f"--{how}"), code, *texts)

    change("merge", b"shoe,phone,town\n7,+447400000103,Leeds\n,+447400000104,Bath\n", 0, "2 of 2 rows merged", "1 are new, 1 were updated",
           "it has 4 people now")
    equal(people(house, "members"), {"+447400000101": {"first_name": "Ann", "town": "York", "shoe": ""},
                                     "+447400000102": {"first_name": "Bob", "town": "Hull", "shoe": ""},
                                     "+447400000103": {"first_name": "Cy", "town": "Leeds", "shoe": "7"},
                                     "+447400000104": {"first_name": "", "town": "Bath", "shoe": ""}}, "the fields that the file has")
    change("remove", b"phone\n+447400000101\n+447400000109\n", 0, "1 of 2 rows taken off", "1 left out: not on the list", "it has 3 people now")
    change("remove", b"phone\n+447400000109\n", 1, "no usable row")
    change("remove", b"phone\n+447400000102\n+447400000103\n+447400000104\n", 1, "nobody would be left")
    equal(len(people(house, "members")), 3, "it stays as it was")
    check("Nobody counts that while the frequency cap is off" in house.muster("audience", "texted", "members"), "no number of what nobody counts")
    texted = house.launch(start="2036-12-01T18:00:00Z")
    change("replace", b"phone,name\n+447400000105,Eve\n", 0, "1 of 1 row stored")
    equal(people(house, "members"), {"+447400000105": {"name": "Eve"}}, "replaced")
    house.muster("campaign", "report", texted, "--csv", house.folder / "texted.csv")
    with open(house.folder / "texted.csv", newline="") as f:
        rows = {row["number"]: row for row in csv.DictReader(f)}
    equal((rows["+447400000103"]["town"], rows["+447400000103"]["shoe"], "name" in rows["+447400000103"]), ("Leeds", "7", False),
          "the columns of the list as it was texted")
    expect(command(house, "audience", "import", path, "--name", "members", "--add", "--merge"), 2, "at a time")
    shown = json.loads(house.muster("audience", "list", "--json"))["audiences"]
    equal([(a["name"], a["version"]) for a in shown if a["name"] == "members"], [("members", 4)], "one list")


def a_list_is_lent(house):
    """By the client: main lends, Yan of york launches to it and sees nobody, main takes it back."""
    yan = "token-of-yan-00001"
    house.start_musterd(port=1, people=[{"name": "Olga", "role": "owner", "token": "token-of-olga-0001"},
                                        {"name": "Yan", "role": "organiser", "group": "york", "token": yan}])
    imported(house, "members", b"phone,first_name\n+447400000101,Ann\n+447400000102,Bob\n")
    until_when = f"{datetime.date.today() + datetime.timedelta(days=30)}"
    lend = ("audience", "lend", "members", "--to")
    expect(command(house, *lend, "york", "--until", until_when), 2, "--why")
    expect(command(house, *lend, "york", "--until", "soon", "--why", "x"), 2, "--until")
    expect(command(house, *lend, "hull", "--until", until_when, "--why", "x"), 1, "no group of that name", "muster group list")
    expect(command(house, *lend, "york", "--until", "2020-01-01", "--why", "x"), 1, "a time to come")
    expect(command(house, *lend, "york", "--until", until_when, "--why", "our twin"), 0, "members of main", "lent to york until", "23:59")

    def by_yan(*words):
        return subprocess.run([ARGS.muster, *map(str, words), "--server", house.daemon.url, "--token", yan], capture_output=True,
                              check=False, timeout=PATIENCE_S)
    expect(by_yan("audience", "lent"), 0, "@1\tmembers of main", "2 people")
    file = house.folder / "lent.yaml"
    file.write_text("name: thursday\naudience: members\ngateway: main\nstart: 2036-12-01T18:00:00Z\ntext: Hi {{first_name}}\n")
    said = expect(by_yan("campaign", "check", file), 0, "2 people")
    check("Ann" not in said and "+44" not in said, said)
    expect(by_yan("campaign", "launch", file, "--yes"), 0, "2 people of audience members")
    expect(by_yan("campaign", "status", 1), 0, "2 people of audience members", "group main, launched by the group york")
    for words in (("campaign", "people", 1), ("campaign", "report", 1, "--csv", "-"), ("audience", "show", "members"),
                  ("audience", "from", 1, "--name", "x", "--replied", "no"), ("audience", "take-back", "@1")):
        said = expect(by_yan(*words), 1)
        check("+44" not in said and "Ann" not in said, said)
    expect(command(house, "audience", "take-back", "@x"), 2, "as in @5")
    expect(command(house, "audience", "take-back", "@1", "--why", "done"), 0, "Taken back")
    expect(command(house, "audience", "take-back", "@1"), 1, "or it is over")
    expect(by_yan("campaign", "status", 1), 1, "no campaign 1")
    expect(by_yan("audience", "lent"), 0, "No list is lent")
    expect(command(house, "campaign", "status", 1), 0, "paused: the list is not lent to york any more")


def killed_in_the_middle_of_a_change(house):
    """The server is killed while it puts 60,000 people together: the list is what it was, or all of the change is done (the
    kill came too late); and a change after it does what it should."""
    house.start_musterd(port=1)
    rows = "".join(f"+4474{n:08},P{n},Leeds\n" for n in range(60000))
    path = house.folder / "many.csv"
    path.write_text("phone,first_name,town\n" + rows)
    expect(command(house, "audience", "import", path, "--name", "members"), 0)
    before = json.loads(house.muster("audience", "show", "members", "--json"))

    def moved_to(town):
        return ("phone,town\n" + "".join(f"+4474{n:08},{town}\n" for n in range(0, 60000, 2))).encode()
    where = f"/api/v1/audiences/{before['id']}/upload"
    for state in ("read", "carried"):
        status, started = upload.upload(house.daemon, where, moved_to(state), change="merge")
        equal(status, 202, f"upload: {started}")
        while state not in (note := upload.ask(house.daemon, "GET", f"/api/v1/imports/{started['id']}")[1]) or not note[state]:
            check(note["state"] == "running", f"it was over too soon: {note}")
        house.daemon.kill()
        house.daemon.restart()
        after = json.loads(house.muster("audience", "show", "members", "--json"))
        check(after == before or (after["version"], after["updated"]) == (before["version"] + 1, 30000),
              f"the list after a kill while it is {state}: {after}")
        before = after
    status, started = upload.upload(house.daemon, where, moved_to("York"), change="merge")
    note = upload.outcome(house.daemon, started["id"])
    equal((note["state"], note["updated"], note["stored"]), ("done", 30000, 0), f"the same again: {note}")
    found = people(house, "members")
    equal((len(found), sum(p["town"] == "York" for p in found.values())), (60000, 30000), "each of them")


def a_campaign_keeps_to_those_it_began_with(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400})
    imported(house, "members", b"phone,first_name,town\n+447400000101,Ann,York\n")
    campaign = house.launch(start="2035-01-02T10:00Z")
    _ = house.wait_status(campaign, "scheduled")
    path = house.folder / "more.csv"
    path.write_bytes(b"phone,first_name,town\n+447400000102,Bob,York\n")
    expect(command(house, "audience", "import", path, "--name", "members", "--add"), 0, "keep those whom they began with")
    equal(json.loads(house.muster("campaign", "status", campaign, "--json"))["total"], 1, "people of the campaign before")
    second = house.launch(name="second")
    house.wait_status(second, "done")
    equal(set(sink.seen()), {"+447400000101", "+447400000102"}, "who the next campaign reaches")


def a_list_from_what_came_of_a_campaign(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, gateway={"rate_per_s": 400})
    house.import_people(600)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    everybody = people(house, "members")
    first, second, third = sorted(everybody)[:3]
    for i, (person, text) in enumerate([(first, "yes please"), (second, "what time is it?"), (third, "STOP")]):
        house.say(person, text, f"SM{i:032}")
    talks = json.loads(house.muster("inbox", "list", "--json"))["conversations"]
    ids = {c["id"] for c in talks}
    check(len(ids) >= 2, talks)
    yes = next(c["id"] for c in talks if c["address"] == first)
    house.muster("inbox", "claim", yes)
    house.muster("inbox", "tag", yes, "needs_lift")

    def made(name, *options):
        expect(command(house, "audience", "from", campaign, "--name", name, *options), 0, f"'{name}'")
        return people(house, name)
    equal(set(made("replied", "--replied", "yes")), {first, second}, "who wrote back; STOP is left out")
    equal(made("lift", "--tag", "needs_lift,other"), {first: everybody[first]}, "whose conversation has the tag, fields and all")
    silent = made("silent", "--replied", "no")
    equal(set(silent), set(everybody) - {first, second, third}, "who did not")
    equal(len(made("sent", "--state", "accepted,sent,delivered,read")), 599, "by state; STOP is left out")
    expect(command(house, "audience", "from", campaign, "--name", "none", "--state", "undelivered"), 1, "No list was made")
    expect(command(house, "audience", "from", campaign, "--name", "lift"), 1, "already")
    expect(command(house, "audience", "from", 999, "--name", "x"), 1, "999")
    expect(command(house, "audience", "from", campaign, "--name", "x", "--state", "nonsense"), 1, "states")


# ---- opt-outs ----

def a_list_of_stops(house):
    house.start_musterd(port=1)
    path, rejects = house.folder / "stops.csv", house.folder / "r.csv"
    path.write_bytes(b"Phone\n07400 900123\n4.47701E+11\n447400900124.0\n07400 900125 (mum)\n+5582999990123\n020 7946 0018\n")
    said = expect(command(house, "suppress", "import", path, "--rejects", rejects), 1, "4 of 6 rows are new",
                  "stops.csv:3: left out: a spreadsheet has rounded", "stops.csv:5: left out: letters")
    stored = {line.split(",")[0] for line in house.muster("suppress", "export").splitlines()[1:]}
    equal(stored, {"+447400900123", "+447400900124", "+5582999990123", "+442079460018"}, f"who is suppressed: {said}")
    text = rejects.read_text()
    check("'4.47701E+11,3,Phone," in text and "'07400 900125 (mum),5,Phone,letters" in text, text)
    equal(rejects.stat().st_mode & 0o777, 0o600, "mode of the rejects")
    rejects.write_text(text.replace("'4.47701E+11", "+447700900126").replace(" (mum)", ""))
    expect(command(house, "suppress", "import", rejects), 0, "2 of 2 rows are new")
    done = command(house, "suppress", "import", rejects, "--group", "nroth")
    expect(done, 0, "2 of 2 rows are new in 'nroth'", "there is no group 'nroth' (muster group list): until there is one, this keeps nobody from")
    said = command(house, "suppress", "add", "+447400900199", "--group", "main")
    text = expect(said, 0, "no text of that group reaches them")
    check("no group" not in text, text)
    expect(command(house, "suppress", "import", path, "--delimiter", "::"), 2, "--delimiter is one character, or 'tab'")
    odd = house.folder / "odd.csv"
    odd.write_text("Name~Phone\nAnn~07400 900127\n")
    expect(command(house, "suppress", "import", odd, "--delimiter", "~"), 0, "1 of 1 row is new")
    out = json.loads(command(house, "suppress", "import", path, "--json").stdout)
    equal([row["line"] for row in out["left_out"]], [3, 5], "rows that are left out, as JSON")
    equal(out["rejected"], {"rounded": 1, "letters": 1}, "and why")


def the_five_minutes_of_the_readme(house):
    house.start_musterd(port=1)
    sample = subprocess.run([sys.executable, ROOT / "tools" / "sample_list.py", "40", "--bad", "8"], capture_output=True, check=True)
    done, _ = imported(house, "members", sample.stdout, "--country", "GB", "--rejects", house.folder / "mend.csv")
    expect(done, 0, "40 of 48 rows")
    path = house.folder / "mend.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    name = lines[1].split(",", 1)[1]
    path.write_text("\n".join([lines[0], f"+447700900999,{name}", *lines[2:]]) + "\n", encoding="utf-8")
    expect(command(house, "audience", "import", path, "--name", "members", "--add"), 0, "1 of 8 rows added", "41 people")


if __name__ == "__main__":
    os.environ.pop("MUSTER_URL", None)
    sys.exit(run(ARGS, encodings_are_converted_or_refused, files_of_programs, rejects_through_python, rejects_through_libreoffice, rejects_kept_as_a_workbook,
                 what_cannot_be_added, a_list_changes, a_list_is_lent, killed_in_the_middle_of_a_change, a_campaign_keeps_to_those_it_began_with,
                 a_list_from_what_came_of_a_campaign, a_list_of_stops, the_five_minutes_of_the_readme))
