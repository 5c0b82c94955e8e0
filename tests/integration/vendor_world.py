# SPDX-License-Identifier: Apache-2.0
"""The vendors' hosts, as far as a guard sees them: behind a proxy in the test, which makes tunnels to nobody but itself.

It ends TLS for whatever host is asked for, by an authority of its own, and serves the documents that were put there.
"""

import datetime
import json
import socketserver
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HEAD_MAX = 65536


def _certificate(subject, names, public, issuer, key, is_authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
    return builder.sign(key, hashes.SHA256())


class VendorWorld:
    """Usable in a with statement. `documents` are by "host/path"; `asked` is what was."""

    def __init__(self, folder, hosts):
        self.documents, self.asked, self.tunnels = {}, [], []
        self.key = ec.generate_private_key(ec.SECP256R1())
        authority = _certificate("authority", [], self.key.public_key(), None, self.key, True)
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        own = ec.generate_private_key(ec.SECP256R1())
        chain = folder / "hosts.pem"
        chain.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + _certificate("hosts", hosts, own.public_key(), authority.subject, self.key, False).public_bytes(
                serialization.Encoding.PEM
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain)
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.proxy = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def put(self, url, document):
        assert url.startswith("https://")
        host, path = url.removeprefix("https://").split("/", 1)
        self.documents[f"{host.split(':')[0]}/{path}"] = document


def _head(stream):
    data = b""
    while b"\r\n\r\n" not in data and len(data) < HEAD_MAX:
        piece = stream.recv(4096)
        if not piece:
            return ""
        data += piece
    return data.decode("latin-1")


def _handler_of(world):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.settimeout(10)
            words = _head(self.request).split()
            if words[:1] != ["CONNECT"]:
                self.request.sendall(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
                return
            world.tunnels.append(words[1])
            self.request.sendall(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=1\r\n\r\n")
            try:
                with world.context.wrap_socket(self.request, server_side=True) as stream:
                    while self.answer(stream, words[1].rsplit(":", 1)[0]):
                        pass
            except OSError:
                pass  # the client has seen enough

        def answer(self, stream, host):
            words = _head(stream).split()
            if not words:
                return False
            world.asked.append(f"{host}{words[1]}")
            document = world.documents.get(f"{host}{words[1]}")
            body = json.dumps(document).encode() if document is not None else b"{}"
            status = "200 OK" if document is not None else "404 Not Found"
            stream.sendall(
                f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            return True

    return Handler
