#!/usr/bin/env python3
"""Redis as a provider rents it out: over TLS only, with a user that may do what Muster does and may look at nothing
(CONFIG, INFO, ROLE); and sentinels over TLS with passwords of their own."""
import json
import re
import shutil
import subprocess
import sys

from house import REDIS_SERVER, House, Skipped, check, equal, free_port, options, run, until
from sentinels import MASTER

ARGS = options(people=300)
USER, PASSWORD = "muster", "p@ss:w/ord"
# of docs/OPERATIONS.md, without what it may do without
RIGHTS = "~muster:* resetchannels -@all +@read +@write +@scripting +@stream +@connection +wait +time -@dangerous"


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority, and a server's certificate for 127.0.0.1 and no name."""
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test",
            "-days", "2")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=redis")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "server.pem", "-days", "2", "-extfile", "names")


def tls_words(folder, port):
    return {"--port": 0, "--tls-port": port, "--bind": "127.0.0.1", "--tls-cert-file": folder / "server.pem",
            "--tls-key-file": folder / "server.key", "--tls-ca-cert-file": folder / "ca.pem", "--tls-auth-clients": "no"}


class RentedHouse(House):
    def start_redis(self, *settings):
        if not shutil.which("openssl"):
            raise Skipped("openssl is not here")
        make_certificates(self.folder)
        self.port = free_port()
        words = [w for pair in tls_words(self.folder, self.port).items() for w in pair]
        super().start_redis(*words, *settings)
        self.redis("ACL", "SETUSER", USER, "on", ">" + PASSWORD, *RIGHTS.split())
        self.redis("ACL", "SETUSER", "default", "-@all", "+@all")

    def ca(self):
        return str(self.folder / "ca.pem")

    def doctor(self, name="one", code=0):
        done = subprocess.run([self.args.muster, "doctor", "--json", "--config", self.folder / f"{name}.yaml"],
                              capture_output=True, text=True, check=False, timeout=60)
        found = json.loads(done.stdout)
        return found if isinstance(found, list) else found["checks"]


def rented(house):
    return {"url": f"rediss://{USER}:{PASSWORD}@127.0.0.1:{house.port}/0", "ca_file": house.ca()}


def a_campaign_goes_over_tls(house):
    sink = house.sink()
    daemon = house.start_musterd(port=sink.port, redis=rented(house))
    house.import_people(ARGS.people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)
    log = daemon.log()
    for setting in ("appendonly", "appendfsync", "maxmemory-policy"):
        equal(log.count(f"does not let us read its setting {setting}"), 1, f"warnings about {setting}")
    forbidden = set(re.findall(r"NOPERM[^\n]* run the '([^']+)' command", log))
    check(forbidden <= {"info"}, f"what Muster needs is forbidden: {forbidden}")
    check(PASSWORD not in log, "the password is not in the log")


def doctor_says_what_it_cannot_see(house):
    sink = house.sink()
    house.start_musterd(port=sink.port, redis=rented(house))
    texts = [f"{f['result']}: {f['text']}" for f in house.doctor() if f["check"] in ("redis", "replicas")]
    print("# " + "\n# ".join(texts))
    for words in ("ok: it is at 127.0.0.1", "warn: it does not tell its role", "warn: its setting appendfsync cannot be read"):
        check(any(t.startswith(words) for t in texts), f"'{words}' in {texts}")


def who_cannot_be_trusted_is_left_alone(house):
    """An authority that nobody knows, and a name that the certificate is not for."""
    for url, ca in ((rented(house)["url"], ""), (rented(house)["url"].replace("127.0.0.1", "localhost"), house.ca())):
        config = house.config("two", 1, {"main": {}}, redis={"url": url, "ca_file": ca})
        (house.folder / "two.yaml").write_text(json.dumps(config))
        done = subprocess.run([house.args.musterd, "--config", house.folder / "two.yaml"], capture_output=True, text=True,
                              check=False, timeout=60)
        equal(done.returncode, 1, f"the end of a start with {url.split('@')[-1]}")
        check("its certificate will not do" in done.stderr, done.stderr)


def sentinels_over_tls(house):
    """With passwords of their own, and TLS between all of them."""
    house.redis("ACL", "SETUSER", USER, "+role")
    seat = free_port()
    file = house.folder / "sentinel.conf"
    file.write_text("\n".join(f"{key[2:]} {value}" for key, value in tls_words(house.folder, seat).items()) + f"""
tls-replication yes
requirepass of-the-sentinels
sentinel monitor {MASTER} 127.0.0.1 {house.port} 1
""")
    house.spawn("sentinel", REDIS_SERVER, file, "--sentinel")
    sink = house.sink()
    url = f"sentinels://{USER}:{PASSWORD}@127.0.0.1:{seat}/{MASTER}"
    daemon = house.start_musterd(port=sink.port, redis={"url": url, "ca_file": house.ca(),
                                                        "sentinel_password": "of-the-sentinels"})
    until(lambda: f"connected to 127.0.0.1:{house.port} (sentinel 127.0.0.1:{seat}, epoch 0)" in daemon.log(),
          "the master, by the sentinel", 20)
    house.import_people(ARGS.people)
    campaign = house.launch()
    house.wait_status(campaign, "done")
    house.check_books(campaign, sink, ARGS.people, unknown_max=0)


sys.exit(run(ARGS, a_campaign_goes_over_tls, doctor_says_what_it_cannot_see, who_cannot_be_trusted_is_left_alone,
             sentinels_over_tls, world=RentedHouse))
