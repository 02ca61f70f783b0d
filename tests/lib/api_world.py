"""An API that a test scripts, a folder, and the client before them: muster as a program, without a musterd."""
import http.server
import json
import os
import subprocess
import tempfile
import threading


class Api(http.server.BaseHTTPRequestHandler):
    """Says what a test has it say: do_GET and the others, self.server is what they share."""
    protocol_version = "HTTP/1.1"

    def body(self):
        """The request's JSON, or None."""
        text = self.rfile.read(int(self.headers.get("Content-Length", 0) or 0))
        return json.loads(text) if text else None

    def respond(self, status, body):
        """body: text as it is, anything else as JSON."""
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # of 5, some of many connections at once are dropped, and their requests time out


class World:
    """One API and one folder, for one test."""

    def __init__(self, program, api, **environment):
        self.program, self.folder = program, tempfile.TemporaryDirectory(prefix="muster-cli-")
        self.server = Server(("127.0.0.1", 0), api)
        self.server.daemon_threads = True
        self.environment = dict(os.environ, MUSTER_URL=f"http://127.0.0.1:{self.server.server_port}", **environment)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
        return self.path(name)

    def call(self, *args, stdin=b""):
        return subprocess.run([self.program, *args], env=self.environment, input=stdin, capture_output=True, timeout=60,
                              check=False)


def problem(status, code, detail, **more):
    """Status and body of an error as the API has it (RFC 9457)."""
    return status, {"type": "/api/problems/" + code, "title": code, "status": status, "detail": detail, "code": code, **more}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def run_all(functions, world):
    """TAP of all that are called test_…, each in a world of its own. Returns the exit code."""
    tests = [(name, f) for name, f in sorted(functions.items()) if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for i, (name, f) in enumerate(tests, 1):
        try:
            with world() as w:
                f(w)
            print(f"ok {i} - {name}", flush=True)
        except Exception as e:  # any failure is this test's, and the others still run
            failed += 1
            print(f"not ok {i} - {name}\n# " + repr(e).replace("\n", "\n# "), flush=True)
    return failed != 0
