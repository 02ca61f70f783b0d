#!/usr/bin/env python3
"""Uploads as they go wrong: cut off, huge, binary, of the wrong kind, of strangers and of members who may not, two at
once, Redis or the daemon gone in the middle. Nothing of them is stored, disk and memory stay as they were."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import socket
import sys
import threading
import time
import urllib.parse

import upload
from house import FIRST_NUMBER, PATIENCE_S, check, equal, options, run, until

ARGS = options(people=100000)
PEOPLE = [{"name": "Olga", "role": "owner", "token": "token-of-olga-0001"},
          {"name": "Leo", "role": "organiser", "group": "leeds", "token": "token-of-leo-00001"},
          {"name": "Vera", "role": "volunteer", "group": "leeds", "token": "token-of-vera-0001"}]
LIST = b"phone,name\n+447400000101,Ann\n+447400000102,Bob\n"
IMPORT = "/api/v1/lists/import"


def tcp(house, method, path, body=b"", **headers):
    """Status and body over TCP, as a stranger unless the headers say who."""
    host = house.daemon.config["listen"]
    connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace"), response
    finally:
        connection.close()


def bearer(name):
    return "Bearer " + next(p["token"] for p in PEOPLE if p["name"] == name)


def login(house, name):
    """Cookie and the value that forms carry."""
    token = bearer(name)[7:]
    status, _, response = tcp(house, "POST", "/login", urllib.parse.urlencode({"token": token}).encode(),
                              Content_Type="application/x-www-form-urlencoded")
    equal(status, 303, "login")
    cookie = response.getheader("Set-Cookie").split(";")[0]
    page = tcp(house, "GET", "/inbox", Cookie=cookie)[1]
    return cookie, page.split('name="csrf" value="')[1].split('"')[0]


def memory_kb(house):
    text = pathlib.Path(f"/proc/{house.daemon.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def files_open(house):
    """Of those without a name in the state folder."""
    folder = pathlib.Path(f"/proc/{house.daemon.process.pid}/fd")
    links = []
    for entry in folder.iterdir():
        try:
            links.append(os.readlink(entry))
        except FileNotFoundError:
            pass
    state = house.daemon.config["state_dir"]
    return [link for link in links if link.startswith(state) and link.endswith("(deleted)")]


def nothing_is_left(house):
    until(lambda: not files_open(house), "the files of uploads to go")
    equal(house.muster("audience", "list"), "", "audiences")


# ---- who may ----

def strangers_and_others(house):
    house.start_musterd(port=1, people=PEOPLE)
    big = LIST + b"x" * (3 << 20)
    for body in (LIST, big[:900_000]):
        equal(tcp(house, "POST", f"{IMPORT}?name=a", body)[0], 401, "a stranger")
        equal(tcp(house, "POST", f"{IMPORT}?name=a", body, Authorization="Bearer nonsense-nonsense")[0], 401, "a wrong token")
        equal(tcp(house, "POST", f"{IMPORT}?name=a", body, Authorization=bearer("Vera"))[0], 403, "a volunteer")
    equal(tcp(house, "POST", f"{IMPORT}?name=a&group=york", LIST, Authorization=bearer("Leo"))[0], 404, "another's group")
    cookie, csrf = login(house, "Olga")
    equal(tcp(house, "POST", f"{IMPORT}?name=a", LIST, Cookie=cookie)[0], 403, "a session without its value")
    nothing_is_left(house)
    equal(tcp(house, "POST", f"{IMPORT}?name=a", LIST, Cookie=cookie, X_CSRF_Token=csrf)[0], 202, "a session")
    status, body, _ = tcp(house, "POST", f"{IMPORT}?name=l", LIST, Authorization=bearer("Leo"))
    equal(status, 202, body)
    ident = body.split('"id":"')[1][:32]
    note = upload.outcome(house.daemon, ident)
    equal((note["group"], note["by"], note["stored"]), ("leeds", "Leo", 2), "whose it is")
    equal(tcp(house, "GET", f"/api/v1/imports/{ident}", Authorization=bearer("Vera"))[0], 403, "a volunteer looks")
    equal(tcp(house, "GET", "/api/v1/imports/" + "0" * 32, Authorization=bearer("Leo"))[0], 404, "no import")
    equal(tcp(house, "GET", "/api/v1/imports/nonsense", Authorization=bearer("Leo"))[0], 404, "no id")
    others = upload.upload(house.daemon, IMPORT, LIST, name="york", group="york")[1]["id"]
    upload.outcome(house.daemon, others)
    for path in (f"/api/v1/imports/{others}", f"/api/v1/imports/{others}/rejects"):
        equal(tcp(house, "GET", path, Authorization=bearer("Leo"))[0], 404, path)


# ---- what may come ----

REFUSED = {
    "xlsx": (b"PK\x03\x04" + bytes(range(256)) * 8, "save it as \"CSV UTF-8\""),
    "binary": (bytes(range(256)) * 400, ""),
    "empty": (b"", ""),
    "picture": (b"\x89PNG\r\n\x1a\n" + os.urandom(5000), ""),
    "one long line": (b"phone," + b"x" * 2_000_000, ""),
    "no phone column": (b"name,town\nAnn,Leeds\n", "no phone column"),
    "only a header": (b"phone,name\n", "nothing below"),
}


def what_is_no_list(house):
    house.start_musterd(port=1, people=PEOPLE)
    for name, (data, said) in REFUSED.items():
        status, started = upload.upload(house.daemon, IMPORT, data, name=name)
        if status == 202:
            note = upload.outcome(house.daemon, started["id"])
            equal(note["state"], "failed", f"{name}: {note}")
            check(said in note["problem"] and "--" not in note["problem"], f"{name}: {note['problem']}")
        else:
            equal(status, 400, f"{name}: {started}")
    for wrong in ({"name": ""}, {"name": "17"}, {"name": "a", "group": "all"}, {"name": "a", "country": "gb"},
                  {"name": "a", "delimiter": "xx"}, {"name": "x" * 200}):
        equal(upload.upload(house.daemon, IMPORT, LIST, **wrong)[0], 400, wrong)
    nothing_is_left(house)


def form(fields, files, cut=None):
    edge = "----edge"
    out = b"".join(f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields)
    for name, data in files:
        out += (f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                "Content-Type: text/csv\r\n\r\n").encode() + data + b"\r\n"
    out += f"--{edge}--\r\n".encode()
    return out[:cut], {"Content_Type": f"multipart/form-data; boundary={edge}"}


def huge_and_cut(house):
    house.start_musterd(port=1, people=PEOPLE, web={"upload_max_mb": 1})
    before = memory_kb(house)
    for size in ((1 << 20) + 1, 3 << 20):
        try:
            equal(upload.upload(house.daemon, IMPORT, b"x" * size, name="a")[0], 413, f"{size} bytes")
        except (BrokenPipeError, ConnectionResetError):
            pass  # far too large: the connection is cut
    for announced, sent in ((1000, 10), (900_000, 500_000)):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(house.daemon.socket)
            s.sendall(f"POST {IMPORT}?name=a HTTP/1.1\r\nHost: x\r\nContent-Length: {announced}\r\n\r\n".encode() + b"x" * sent)
            if sent > 100_000:
                until(lambda: files_open(house), "the file to be there")
        nothing_is_left(house)
    with socket.socket(socket.AF_UNIX) as s:  # chunked, without an end in sight
        s.connect(house.daemon.socket)
        s.sendall(f"POST {IMPORT}?name=a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(64):
                s.sendall(b"10000\r\n" + b"y" * 65536 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
    nothing_is_left(house)
    check(memory_kb(house) - before < 8000, f"memory {before} kB, then {memory_kb(house)} kB")


def many_at_once(house):
    house.start_musterd(port=1, people=PEOPLE)
    sockets = []
    for _ in range(8):
        s = socket.socket(socket.AF_UNIX)
        s.connect(house.daemon.socket)
        s.sendall(f"POST {IMPORT}?name=a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode() + b"x" * 50000)
        sockets.append(s)
    until(lambda: len(files_open(house)) == 8, "eight uploads under way")
    equal(upload.upload(house.daemon, IMPORT, LIST, name="a")[0], 503, "a ninth")
    for s in sockets:
        s.close()
    until(lambda: not files_open(house), "the files to go")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(upload.upload(house.daemon, IMPORT, LIST, name="twice")))
               for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ends = [upload.outcome(house.daemon, a[1]["id"])["state"] if a[0] == 202 else "409" for a in answers]
    equal(ends.count("done"), 1, f"two of one name at once: {ends}")
    equal(house.muster("audience", "list").count("twice"), 1, "lists of that name")


# ---- in the middle ----

def under_a_key(house):
    """What is sent again under its Idempotency-Key is one list; another file under it is refused; what was cut off began nothing."""
    house.start_musterd(port=1, people=PEOPLE)

    def send(key, data, name="a"):
        status, body, response = tcp(house, "POST", f"{IMPORT}?name={name}", data, Authorization=bearer("Leo"), Idempotency_Key=key)
        return status, json.loads(body), response.getheader("Idempotency-Replayed")

    status, first, replayed = send("monday", LIST)
    equal((status, replayed), (202, None), f"the first: {first}")
    equal(upload.outcome(house.daemon, first["id"])["stored"], 2, "rows")
    equal(send("monday", LIST), (202, first, "true"), "the same again")
    for data, name in ((LIST.replace(b"Ann", b"Amy"), "a"), (LIST, "b")):
        status, said, _ = send("monday", data, name)
        equal((status, said["code"]), (422, "idempotency_key_reused"), "something else under the key")
    host = house.daemon.config["listen"].split(":")
    with socket.create_connection((host[0], int(host[1]))) as s:
        s.sendall(f"POST {IMPORT}?name=c HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer('Leo')}\r\nIdempotency-Key: cut\r\n"
                  "Content-Length: 900000\r\n\r\n".encode() + b"x" * 500000)
        until(lambda: files_open(house), "the file to be there")
    until(lambda: not files_open(house), "the file of the upload to go")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send("cut", LIST, "c"), range(4)))
    ids = {said["id"] for status, said, _ in answers if status == 202}
    equal(len(ids), 1, f"four at once under a key that was cut off: {answers}")
    equal({said["code"] for status, said, _ in answers if status != 202} - {"idempotency_running"}, set(), "the others")
    upload.outcome(house.daemon, ids.pop())
    listed = json.loads(house.muster("audience", "list", "--json"))["audiences"]
    equal(sorted(one["name"] for one in listed), ["a", "c"], "lists")


def large(n):
    return b"phone,first_name\n" + b"".join(b"+%d,P%d\n" % (FIRST_NUMBER + i, i) for i in range(n))


def the_daemon_is_killed_in_the_middle(house):
    house.start_musterd(port=1, people=PEOPLE)
    ident = upload.upload(house.daemon, IMPORT, large(200000), name="big")[1]["id"]
    until(lambda: upload.ask(house.daemon, "GET", f"/api/v1/imports/{ident}")[1]["stored"] > 0, "some rows")
    house.daemon.kill()
    house.daemon.restart()
    note = upload.ask(house.daemon, "GET", f"/api/v1/imports/{ident}")[1]
    check(note["state"] in ("running", "failed"), note)
    house.redis("SET", f"muster:list:{ident}",
                house.redis("GET", f"muster:list:{ident}").replace(b'"beat_ms":', b'"beat_ms":1,"was":'))
    note = upload.ask(house.daemon, "GET", f"/api/v1/imports/{ident}")[1]
    equal(note["state"], "failed", "of a process that is gone")
    check("upload it again" in note["problem"], note)
    equal(house.muster("audience", "list"), "", "audiences")
    equal(upload.upload(house.daemon, IMPORT, LIST, name="big")[0], 202, "the name is free")


def many_rows_beside_others(house):
    """Memory is flat, and requests beside it are answered; the numbers are printed."""
    house.start_musterd(port=1, people=PEOPLE)
    upload.outcome(house.daemon, upload.upload(house.daemon, IMPORT, large(2000), name="small")[1]["id"])
    before, most, waits = memory_kb(house), 0, []
    data = large(ARGS.people)
    began = time.monotonic()
    ident = upload.upload(house.daemon, IMPORT, data, name="big")[1]["id"]
    while True:
        t = time.monotonic()
        note = upload.ask(house.daemon, "GET", f"/api/v1/imports/{ident}")[1]
        waits.append(time.monotonic() - t)
        most = max(most, memory_kb(house))
        if note["state"] != "running":
            break
    equal((note["state"], note["stored"]), ("done", ARGS.people), note)
    waits.sort()
    print(f"# {ARGS.people} rows in {time.monotonic() - began:.1f} s; memory {before} kB before, {most} kB at most; "
          f"{len(waits)} requests beside it: median {waits[len(waits) // 2] * 1000:.1f} ms, most {waits[-1] * 1000:.1f} ms")
    check(most - before < 6000, f"memory {before} kB, then {most} kB")


if __name__ == "__main__":
    os.environ.pop("MUSTER_URL", None)
    sys.exit(run(ARGS, strangers_and_others, what_is_no_list, huge_and_cut, many_at_once, under_a_key, the_daemon_is_killed_in_the_middle,
                 many_rows_beside_others))
