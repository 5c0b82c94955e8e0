# SPDX-License-Identifier: Apache-2.0
"""What an authenticator app computes: codes of HOTP (RFC 4226) and TOTP (RFC 6238), and the credentials that hold their keys."""

import hashlib
import hmac
import json
import struct
import time

KEY = "abcdefghij0123456789"


def hotp(key, counter, digits=6, algorithm="sha1"):
    key = key.encode() if isinstance(key, str) else key
    mac = hmac.new(key, struct.pack(">Q", counter), getattr(hashlib, algorithm)).digest()
    at = mac[-1] & 15
    return str((struct.unpack(">I", mac[at : at + 4])[0] & 0x7FFFFFFF) % 10**digits).zfill(digits)


def totp(key=KEY, later=0, period=30, **kind):
    """The code of now, or of so many steps later; each counts once, so a test of a user has three."""
    return hotp(key, int(time.time()) // period + later, **kind)


def wrong(key=KEY, digits=6):
    """A code that is none of those near to now."""
    near = {totp(key, later, digits=digits) for later in range(-3, 4)}
    return next(code for code in (str(n).zfill(digits) for n in range(10)) if code not in near)


def credential(key=KEY, kind="totp", digits=6, period=30, counter=0, algorithm="HmacSHA1", label=None, **more):
    """As Keycloak writes it into a realm file."""
    data = {"subType": kind, "digits": digits, "counter": counter, "period": period, "algorithm": algorithm, **more}
    named = {"userLabel": label} if label else {}
    return {"type": "otp", **named, "secretData": json.dumps({"value": key}), "credentialData": json.dumps(data)}


def execution(authenticator, requirement="REQUIRED", priority=10):
    return {"authenticator": authenticator, "requirement": requirement, "priority": priority, "authenticatorFlow": False}


def flows_that_require():
    """Members of a realm whose browser and direct grant flows want a code of everybody."""
    forms = [execution("auth-username-password-form"), execution("auth-otp-form", priority=20)]
    browser = [
        execution("auth-cookie", "ALTERNATIVE"),
        {"flowAlias": "strict forms", "requirement": "ALTERNATIVE", "priority": 20, "authenticatorFlow": True},
    ]
    direct = [
        execution("direct-grant-validate-username"),
        execution("direct-grant-validate-password", priority=20),
        execution("direct-grant-validate-otp", priority=30),
    ]
    flow = {"providerId": "basic-flow", "builtIn": False}
    return {
        "browserFlow": "strict browser",
        "directGrantFlow": "strict direct",
        "authenticationFlows": [
            {**flow, "alias": "strict browser", "topLevel": True, "authenticationExecutions": browser},
            {**flow, "alias": "strict forms", "topLevel": False, "authenticationExecutions": forms},
            {**flow, "alias": "strict direct", "topLevel": True, "authenticationExecutions": direct},
        ],
    }
