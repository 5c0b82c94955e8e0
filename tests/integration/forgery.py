"""Tokens as an attacker would make them: any header, any claims, any signature, byte by byte.

Each function gives (number of the attack in docs/development/attacks.md, name, token). The forger has
the public keys of the issuer, tokens that it was given, and keys of its own; never the issuer's.
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

OWN = rsa.generate_private_key(65537, 2048)


def b64(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token_of(header, claims, signature=b"\x01" * 256):
    """`header` and `claims` as they are when they are text or bytes, else as JSON."""
    parts = [part if isinstance(part, (str, bytes)) else json.dumps(part) for part in (header, claims)]
    return f"{b64(parts[0])}.{b64(parts[1])}.{b64(signature)}"


def hmac_token(header, claims, secret, digest=hashlib.sha256):
    text = f"{b64(json.dumps(header))}.{b64(json.dumps(claims))}"
    return f"{text}.{b64(hmac.new(secret, text.encode(), digest).digest())}"


def own_token(header, claims):
    """Well signed, by the forger."""
    text = f"{b64(json.dumps(header))}.{b64(json.dumps(claims))}"
    return f"{text}.{b64(OWN.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def own_jwk():
    numbers = OWN.public_key().public_numbers()
    return {"kty": "RSA", "n": b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}


def public_forms(jwk):
    """What an attacker may take for a secret: every form of the issuer's public RSA key."""
    number = int.from_bytes(unb64(jwk["n"]), "big")
    key = rsa.RSAPublicNumbers(int.from_bytes(unb64(jwk["e"]), "big"), number).public_key()
    spki, pkcs1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    forms = [key.public_bytes(*how) for how in ((pem, spki), (der, spki), (pem, pkcs1), (der, pkcs1))]
    return [*forms, forms[0].rstrip(b"\n"), json.dumps(jwk).encode(), unb64(jwk["n"]), jwk["n"].encode()]


def without_the_key(jwk, claims):
    """Attacks that need nothing but what is public."""
    kid = jwk["kid"]
    rs = {"alg": "RS256", "typ": "JWT", "kid": kid}
    for alg in ("none", "None", "NONE", "nOnE", ""):
        yield 1, f"alg {alg!r}", token_of({"alg": alg, "typ": "JWT"}, claims, b"")
        yield 1, f"alg {alg!r} and a signature", token_of({"alg": alg, "typ": "JWT"}, claims)
        yield 2, f"alg {alg!r} with the kid", token_of({"alg": alg, "kid": kid}, claims, b"")
    stripped = token_of(rs, claims, b"")
    yield 3, "no signature", stripped
    yield 3, "two parts", stripped.rstrip(".")
    for number, secret in enumerate(public_forms(jwk)):
        for alg, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
            yield 4, f"{alg} with form {number}", hmac_token({"alg": alg, "kid": kid}, claims, secret, digest)
    yield 5, "empty secret", hmac_token({"alg": "HS256", "kid": kid}, claims, b"")
    yield 5, "empty secret without kid", hmac_token({"alg": "HS256"}, claims, b"")
    for signature in (b"\x00" * 64, b"\x00" * 31 + b"\x01" + b"\x00" * 31 + b"\x01"):
        yield 7, "ES256 of zeroes and ones", token_of({"alg": "ES256", "kid": kid}, claims, signature)
        yield 9, "ES256 with the RSA key", token_of({"alg": "ES256", "kid": kid}, claims, signature)
    yield 11, "RSA padding by hand", token_of(rs, claims, b"\x00\x01" + b"\xff" * 200 + b"\x00" + b"0" * 53)
    yield 11, "RSA of nothing", token_of(rs, claims, b"\x00" * 256)
    yield 11, "RSA of one", token_of(rs, claims, b"\x00" * 255 + b"\x01")
    yield 13, "embedded jwk", own_token({**rs, "jwk": own_jwk()}, claims)
    yield 13, "embedded jwk without kid", own_token({"alg": "RS256", "jwk": own_jwk()}, claims)
    for name in ("jku", "x5u"):
        yield 14, name, own_token({**rs, name: "http://127.0.0.1:1/keys"}, claims)
    yield 15, "self-signed x5c", own_token({**rs, "x5c": [b64(b"certificate")]}, claims)
    for bad in ("../../../dev/null", "' OR 1=1 --", "a\u0000b", "x" * 4096, "/etc/passwd", "%00", "*"):
        yield 16, f"kid {bad[:20]!r}", own_token({**rs, "kid": bad}, claims)
    yield 19, "crit", own_token({**rs, "crit": ["exp"], "exp": 1}, claims)
    yield 19, "b64 false", own_token({**rs, "crit": ["b64"], "b64": False}, claims)
    yield 34, "deep JSON", token_of('{"alg":"RS256","x":' + "[" * 2000 + "]" * 2000 + "}", claims)
    yield 34, "more than may be", token_of(rs, {**claims, "x": "y" * 20000})
    for number, alg in ((36, "dir"), (36, "RSA-OAEP"), (37, "RSA1_5"), (36, "ECDH-ES"), (35, "PBES2-HS256+A128KW")):
        header = {"alg": alg, "enc": "A128GCM", "cty": "JWT", "kid": kid, "p2c": 2**31, "p2s": "AAAAAAAAAAA"}
        parts = (b"k" * 256, b"i" * 12, b"c", b"t" * 16)
        yield number, f"encrypted by {alg}", ".".join([b64(json.dumps(header)), *map(b64, parts)])


def of_a_good_token(token):
    """Attacks that change a good token: it must be good as it is, and no other way."""
    header, claims, signature = token.split(".")
    raw = unb64(signature)
    yield 3, "signature cut off", f"{header}.{claims}."
    yield 3, "signature gone", f"{header}.{claims}"
    for at in (0, len(raw) // 2, len(raw) - 1):
        changed = bytearray(raw)
        changed[at] ^= 1
        yield 11, f"byte {at} of the signature", f"{header}.{claims}.{b64(bytes(changed))}"
    yield 8, "longer signature", f"{header}.{claims}.{b64(raw + bytes(1))}"
    yield 8, "shorter signature", f"{header}.{claims}.{b64(raw[:-1])}"
    for other in ("RS384", "PS256", "ES256", "EdDSA"):
        changed = {**json.loads(unb64(header)), "alg": other}
        yield 12, f"said to be {other}", f"{b64(json.dumps(changed))}.{claims}.{signature}"
    doubled = unb64(header)[:-1] + b',"alg":"none"}'
    yield 20, "alg twice", f"{b64(doubled)}.{claims}.{signature}"
    doubled = unb64(claims)[:-1] + b',"sub":"admin"}'
    yield 20, "sub twice", f"{header}.{b64(doubled)}.{signature}"
    for name, change in (
        ("padding", lambda part: part + "="),
        ("a space", lambda part: part[:8] + " " + part[8:]),
        ("plus", lambda part: "+" + part[1:]),
        ("another alphabet's slash", lambda part: part[:4] + "/" + part[5:]),
    ):
        yield 21, f"{name} in the header", f"{change(header)}.{claims}.{signature}"
        yield 21, f"{name} in the claims", f"{header}.{change(claims)}.{signature}"
        yield 21, f"{name} in the signature", f"{header}.{claims}.{change(signature)}"
    yield 21, "a fourth part", f"{token}.AA"
    yield 21, "an empty part", f"{header}..{claims}.{signature}"
