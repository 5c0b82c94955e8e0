# SPDX-License-Identifier: Apache-2.0
"""Certificates of clients that have signed them themselves, and connections that show them."""

import datetime
import hashlib
import http.client
import ssl
import subprocess
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from dpop import b64
from peers import require_program
from rsa_keys import rsa_key


def make_certificate(folder, name, *others, of_rsa=False):
    key = rsa_key() if of_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in (name, *others)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made, chain, private


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def confirmation(certificate):
    return {"x5t#S256": b64(hashlib.sha256(der(certificate)).digest())}


def tls_get(port, path, headers, certificate=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate[1], certificate[2])
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def escaped(certificate):
    return urllib.parse.quote(certificate.public_bytes(serialization.Encoding.PEM).decode(), safe="")


class Authority:
    """Signs clients' certificates; `name` tells two authorities of one name apart by their keys."""

    def __init__(self, folder, name="Shop CA", file="authority"):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.file = folder / f"{file}.pem"
        made = self._sign(self.name, self.key, x509.BasicConstraints(ca=True, path_length=1))
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def java_store(self):
        """The same as a file of Java's, whose password is "changeit"."""
        store = self.folder / "authorities.p12"
        command = [require_program("keytool", "openjdk-17-jre-headless"), "-importcert", "-noprompt", "-alias", "shop", "-file", self.file]
        command += ["-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return store

    def _sign(self, subject, key, constraints, *extensions, days=1):
        now = datetime.datetime.now(datetime.timezone.utc)
        start = now - datetime.timedelta(days=3)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(constraints, critical=True)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def client(self, file, subject, *extensions, days=1):
        """A client's certificate: (certificate, chain, key), as make_certificate has them."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name.from_rfc4514_string(subject)
        made = self._sign(name, key, x509.BasicConstraints(ca=False, path_length=None), *extensions, days=days)
        chain, private = self.folder / f"{file}.pem", self.folder / f"{file}.key"
        chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return made, chain, private


def tls_post(port, path, form, certificate=None, headers=None):
    """(status, body) of a form that was sent by a client with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate[1], certificate[2])
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
    sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    try:
        connection.request("POST", path, urllib.parse.urlencode(form), sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
