# SPDX-License-Identifier: Apache-2.0
"""A Python library in the table of libraries: worker.py NAME FOLDER ALG, otherwise as worker.h says."""

import json
import pathlib
import sys
import time

ISSUER, AUDIENCE = "http://localhost:8080/realms/myrealm", "myapi"
NO_SUCH_ALGORITHM = 3
CHUNK = 16


def pyjwt(alg, jwk):
    import jwt

    key = jwt.PyJWK.from_dict(jwk).key
    # Everything that a decoder can be made of beforehand.
    decode, algorithms = jwt.PyJWT().decode, [alg]
    return lambda token: decode(token, key, algorithms=algorithms, audience=AUDIENCE, issuer=ISSUER)


def joserfc(alg, jwk):
    from joserfc import jwk as keys
    from joserfc import jwt

    key, algorithms = keys.import_key(jwk), [alg]
    registry = jwt.JWTClaimsRegistry(
        exp={"essential": True},
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
    )
    return lambda token: registry.validate(jwt.decode(token, key, algorithms=algorithms).claims)


def python_jose(alg, jwk):
    if alg == "EdDSA":
        sys.exit(NO_SUCH_ALGORITHM)
    from jose import jwk as keys
    from jose import jwt

    key = keys.construct(jwk, alg)
    return lambda token: jwt.decode(token, key, algorithms=[alg], audience=AUDIENCE, issuer=ISSUER)


def accepts(check, token):
    try:
        check(token)
    except Exception:  # whatever the library says no with
        return False
    return True


def measure(check, tokens, seconds):
    start = now = time.process_time()
    count = 0
    while now - start < seconds:
        for _ in range(CHUNK):
            check(tokens[count % len(tokens)])
            count += 1
        now = time.process_time()
    return count / (now - start)


def main():
    name, folder, alg = sys.argv[1:]
    folder = pathlib.Path(folder)
    check = globals()[name](alg, json.loads((folder / f"{alg}.jwk").read_text()))
    good, bad = ((folder / f"{alg}.{kind}").read_text().split() for kind in ("good", "bad"))
    for token in good:
        check(token)  # raises
    for number, token in enumerate(bad):
        if accepts(check, token):
            sys.exit(f"accepts bad token {number}")
    print("ready", flush=True)
    for line in sys.stdin:
        print(f"{measure(check, good, float(line)):.1f}", flush=True)


if __name__ == "__main__":
    main()
