# SPDX-License-Identifier: Apache-2.0
"""Tokens as an attacker would make them: any header, any claims, any signature, byte by byte.

Each function gives (number of the attack in docs/development/attacks.md, name, token). The forger has
the public keys of the issuer, tokens that it was given, and keys of its own. What the issuer itself must
not be able to say (by_the_issuer) is made with the issuer's key.
"""

import datetime
import hmac
import json
import re
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from signer import RsaSigner, b64, malleable_blocks, token_of, unb64

OWN = RsaSigner("own")


def is_bearer_syntax(token):
    """b64token, RFC 6750 §2.1: anything else is a malformed request."""
    return re.fullmatch(r"[A-Za-z0-9\-._~+/]+=*", token) is not None


def b64_standard(data):
    """As x5c has it (RFC 7515 §4.1.6)."""
    text = b64(data).replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)


def hmac_token(header, claims, secret):
    text = f"{b64(json.dumps(header))}.{b64(json.dumps(claims))}"
    return f"{text}.{b64(hmac.new(secret, text.encode(), 'sha' + header['alg'][2:]).digest())}"


def own_certificate():
    """Self-signed, and good for the signatures of OWN."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.public_key(OWN.private.public_key())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return builder.sign(OWN.private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def public_forms(jwk):
    """What an attacker may take for a secret: every form of the issuer's public RSA key."""
    modulus = int.from_bytes(unb64(jwk["n"]), "big")
    key = rsa.RSAPublicNumbers(int.from_bytes(unb64(jwk["e"]), "big"), modulus).public_key()
    spki, pkcs1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    forms = [key.public_bytes(*how) for how in ((pem, spki), (der, spki), (pem, pkcs1), (der, pkcs1))]
    return [*forms, forms[0].rstrip(b"\n"), json.dumps(jwk).encode(), unb64(jwk["n"]), jwk["n"].encode()]


def without_the_key(jwk, claims, trap):
    """Attacks that need nothing but what is public. `trap`: an address that nobody must ask."""
    kid = jwk["kid"]
    rs = {"alg": "RS256", "typ": "JWT", "kid": kid}
    for alg in ("none", "None", "NONE", "nOnE", ""):
        yield 1, f"alg {alg!r}", token_of({"alg": alg, "typ": "JWT"}, claims, b"")
        yield 1, f"alg {alg!r} and a signature", token_of({"alg": alg, "typ": "JWT"}, claims)
        yield 2, f"alg {alg!r} with the kid", token_of({"alg": alg, "kid": kid}, claims, b"")
    for alg in (None, ["RS256"], 1):
        yield 1, f"alg {alg!r}", token_of({"alg": alg, "typ": "JWT", "kid": kid}, claims, b"")
    yield 1, "no alg", token_of({"typ": "JWT", "kid": kid}, claims, b"")
    stripped = token_of(rs, claims, b"")
    yield 3, "no signature", stripped
    yield 3, "two parts", stripped.rstrip(".")
    for form, secret in enumerate(public_forms(jwk)):
        for alg in ("HS256", "HS384", "HS512"):
            yield 4, f"{alg} with form {form}", hmac_token({"alg": alg, "kid": kid}, claims, secret)
        yield 4, f"HS256 with form {form} without kid", hmac_token({"alg": "HS256"}, claims, secret)
    for alg in ("HS256", "HS384", "HS512"):
        yield 5, f"{alg}, empty secret", hmac_token({"alg": alg, "kid": kid}, claims, b"")
        yield 5, f"{alg}, empty secret without kid", hmac_token({"alg": alg}, claims, b"")
    for signature in (b"\x00" * 64, b"\x00" * 31 + b"\x01" + b"\x00" * 31 + b"\x01"):
        yield 7, "ES256 of zeroes and ones", token_of({"alg": "ES256", "kid": kid}, claims, signature)
        yield 9, "ES256 with the RSA key", token_of({"alg": "ES256", "kid": kid}, claims, signature)
    yield 11, "RSA padding by hand", token_of(rs, claims, b"\x00\x01" + b"\xff" * 200 + b"\x00" + b"0" * 53)
    yield 11, "RSA of nothing", token_of(rs, claims, b"\x00" * 256)
    yield 11, "RSA of one", token_of(rs, claims, b"\x00" * 255 + b"\x01")
    n = int.from_bytes(unb64(jwk["n"]), "big")
    yield 11, "RSA of the modulus and one", token_of(rs, claims, (n + 1).to_bytes(257, "big").lstrip(b"\0"))
    yield 13, "embedded jwk", OWN.token({**rs, "jwk": OWN.jwk()}, claims)
    yield 13, "embedded jwk with the kid", OWN.token({**rs, "jwk": {**OWN.jwk(), "kid": kid}}, claims)
    yield 13, "embedded jwk without kid", OWN.token({"alg": "RS256", "jwk": OWN.jwk()}, claims)
    for name in ("jku", "x5u"):
        yield 14, name, OWN.token({**rs, name: f"{trap}/{name}"}, claims)
        yield 14, f"{name} and a new kid", OWN.token({**rs, "kid": "new", name: f"{trap}/{name}"}, claims)
    certificate = b64_standard(own_certificate())
    yield 15, "self-signed x5c", OWN.token({**rs, "x5c": [certificate]}, claims)
    yield 15, "self-signed x5c without kid", OWN.token({"alg": "RS256", "x5c": [certificate]}, claims)
    for bad in ("../../../dev/null", "' OR 1=1 --", "a\u0000b", "x" * 4096, "/etc/passwd", "%00", "*", "", 1, None):
        yield 16, f"kid {str(bad)[:20]!r}", OWN.token({**rs, "kid": bad}, claims)
    yield 34, "deep JSON", token_of('{"alg":"RS256","x":' + "[" * 2000 + "]" * 2000 + "}", claims)
    yield 34, "deep claims", token_of(rs, '{"sub":' + "[" * 2000 + "]" * 2000 + "}")
    yield 34, "more than may be", token_of(rs, {**claims, "x": "y" * 20000})
    yield from encrypted(kid)


def encrypted(kid):
    """What is encrypted is refused as such: neither side has a key to open it with."""
    parts = (b"k" * 256, b"i" * 12, b"c" * 40, b"t" * 16)
    header = {"enc": "A128GCM", "cty": "JWT", "kid": kid}
    count = {"p2c": 2**31, "p2s": "AAAAAAAAAAA"}
    for what, alg, more in (
        (35, "RSA-OAEP", {"zip": "DEF"}),
        (35, "dir", {"zip": "DEF"}),
        (35, "PBES2-HS256+A128KW", count),
        (35, "PBES2-HS512+A256KW", count),
        (36, "dir", {}),
        (36, "RSA-OAEP", {}),
        (36, "ECDH-ES", {}),
        (37, "RSA1_5", {}),
        (37, "RSA1_5", {"enc": "A128CBC-HS256"}),
    ):
        yield what, f"encrypted by {alg}", ".".join([b64(json.dumps({**header, "alg": alg, **more})), *map(b64, parts)])
    inner = ".".join([b64(json.dumps({"alg": "dir", "enc": "A128GCM", "cty": "JWT"})), *map(b64, parts)])
    for cty in ("JWT", "jwt", "application/jwt", "JWE"):
        outer = b64(json.dumps({"alg": "dir", "enc": "A128GCM", "cty": cty, "kid": kid}))
        yield 38, f"encrypted twice, cty {cty}", ".".join([outer, "", b64(b"i" * 12), b64(inner), b64(b"t" * 16)])


def with_unused_bits(part):
    """The same bytes written with another last character; None when every bit is used."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return None if len(part) % 4 == 0 else part[:-1] + letters[letters.index(part[-1]) ^ 1]


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
    for at, part in enumerate((header, claims, signature)):
        parts = [header, claims, signature]
        parts[at] = with_unused_bits(part)
        if parts[at] is not None:
            yield 21, f"unused bits in part {at}", ".".join(parts)
        parts[at] = part[:-1] + "\u00e9"
        yield 21, f"a letter beyond ASCII in part {at}", ".".join(parts)
    yield 21, "a fourth part", f"{token}.AA"
    yield 21, "an empty part", f"{header}..{claims}.{signature}"


def by_the_issuer(signer, claims):
    """Well signed with the issuer's own key, and not to be accepted all the same."""
    header = signer.header
    for name, more in (
        ("exp", {"crit": ["exp"], "exp": 1}),
        ("what is not there", {"crit": ["x"]}),
        ("nothing", {"crit": []}),
        ("no list", {"crit": "exp"}),
        ("b64", {"crit": ["b64"], "b64": False}),
        ("b64 true", {"crit": ["b64"], "b64": True}),
    ):
        yield 19, f"crit of {name}", signer.token({**header, **more}, claims)
    yield 19, "b64 without crit", signer.token({**header, "b64": False}, claims)
    for bad in ("../../../dev/null", "' OR 1=1 --", "a\u0000b", signer.kid + "\u0000", signer.kid.upper() + "x", 1, None):
        yield 16, f"kid {str(bad)[:20]!r}", signer.token({**header, "kid": bad}, claims)
    yield from json_of_two_readings(signer, claims)
    now = int(time.time())
    for name, exp in (("null", "null"), ("a string", f'"{now + 300}"'), ("huge", "1e300"), ("negative", "-1")):
        yield 22, f"exp: {name}", signer.token(header, replaced(claims, "exp", exp))
    for name, exp in (("NaN", "NaN"), ("true", "true"), ("a list", f"[{now + 300}]"), ("past", str(now - 60)), ("zero", "0")):
        yield 22, f"exp: {name}", signer.token(header, replaced(claims, "exp", exp))
    yield 22, "no exp", signer.token(header, {name: value for name, value in claims.items() if name != "exp"})
    yield 38, "a token in a token", signer.token({**header, "cty": "JWT"}, signer.token(header, claims))


def replaced(claims, name, text):
    """The claims as JSON, with `text` in the place of one value."""
    return json.dumps({**claims, name: "\u2603"}).replace('"\\u2603"', text)


def json_of_two_readings(signer, claims):
    text = json.dumps(claims)[:-1]
    for name, whole in (
        ("sub twice", text + ',"sub":"admin"}'),
        ("sub twice, escaped", text + ',"s\\u0075b":"admin"}'),
        ("NUL in a name", text + ',"a\\u0000b":1}'),
        ("NUL in a value", text + ',"a":"\\u0000"}'),
        ("half a surrogate", text + ',"a":"\\ud800"}'),
        ("surrogates in the wrong order", text + ',"a":"\\udc00\\ud800"}'),
        ("invalid UTF-8", text.encode() + b',"a":"\xff"}'),
        ("overlong UTF-8", text.encode() + b',"a":"\xc0\x80"}'),
        ("a byte order mark", b"\xef\xbb\xbf" + text.encode() + b"}"),
        ("a last comma", text + ",}"),
        ("two values", text + "} {}"),
        ("a comment", text + "/**/}"),
        ("no object", "[" + text + "}]"),
    ):
        yield 20, name, signer.token(signer.header, whole)
    header = json.dumps(signer.header)[:-1]
    yield 20, "alg twice in the header", signer.token(header + f',"alg":"{signer.header["alg"]}"}}', claims)
    yield 20, "kid twice in the header", signer.token(header + ',"kid":"other"}', claims)


def by_an_rsa_issuer(signer, claims):
    """Signatures of the issuer's key that are not of the form that the header names."""
    for name, block in malleable_blocks():
        yield 11, name, signer.raw(signer.header, claims, block)
    for alg in ("RS256", "PS256", "PS384", "PS512"):
        yield 12, f"PSS said to be {alg}, for a key of RS256", signer.pss({**signer.header, "alg": alg}, claims)
    yield 12, "RS256 said to be PS256", signer.token({**signer.header, "alg": "PS256"}, claims)


def numbers():
    """Every attack that is made here."""
    jwk, claims = OWN.jwk(), {"sub": "x", "exp": 1}
    made = [*without_the_key(jwk, claims, ""), *of_a_good_token(OWN.token(OWN.header, claims))]
    made += [*by_the_issuer(OWN, claims), *by_an_rsa_issuer(OWN, claims)]
    return sorted({number for number, _, _ in made})


NUMBERS = numbers()
