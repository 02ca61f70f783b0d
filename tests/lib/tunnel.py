"""TLS for a sink that reads its sockets itself (recvmsg, for the kernel's time): what comes in and goes out passes through
memory."""
import shutil
import ssl
import subprocess

from house import Skipped


def make_certificate(folder):
    """A certificate for 127.0.0.1 that is its own authority; returns the files of it and of its key."""
    if not shutil.which("openssl"):
        raise Skipped("openssl is not here")
    cert, key = folder / "gateway.pem", folder / "gateway.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    return cert, key


def server(cert, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.num_tickets = 0  # nothing is said but answers
    return context


class Tunnel:
    """One connection of a server."""

    def __init__(self, context):
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls, self._stands = context.wrap_bio(self._in, self._out, server_side=True), False

    def take(self, data):
        """(what was said inside of it, what has to be sent now). ssl.SSLError: it is no TLS."""
        self._in.write(data)
        said = b""
        try:
            if not self._stands:
                self._tls.do_handshake()
                self._stands = True
            while True:
                more = self._tls.read(65536)
                if not more:
                    break
                said += more
        except ssl.SSLWantReadError:
            pass
        return said, self._out.read()

    def wrap(self, data):
        self._tls.write(data)
        return self._out.read()
