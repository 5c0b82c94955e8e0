# SPDX-License-Identifier: Apache-2.0
"""Recovery codes of tests' users, the credentials that Keycloak keeps of them, and the flows that ask for them."""

import base64
import hashlib
import json

from one_time_codes import execution

TOTAL = 12


def code_of(number):
    """The code of that number, as it is kept in mind by everybody here."""
    return f"TEST{number:04}CODE"


def shown(number):
    return "-".join(code_of(number)[at : at + 4] for at in (0, 4, 8))


def hash_of(code):
    return base64.b64encode(hashlib.sha512(code.encode()).digest()).decode()


def recovery_codes(first=1, total=TOTAL, label="Recovery codes", **data):
    """As Keycloak writes them into a realm file; those before `first` have been used."""
    left = [{"number": n, "encodedHashedValue": hash_of(code_of(n))} for n in range(first, total + 1)]
    counts = {"algorithm": "SHA-512", "totalCodes": total, "remainingCodes": len(left), **data}
    return {
        "type": "recovery-authn-codes",
        **({"userLabel": label} if label else {}),
        "secretData": json.dumps({"codes": left}),
        "credentialData": json.dumps(counts),
    }


def flows_with_recovery(condition=True, otp="ALTERNATIVE", recovery="ALTERNATIVE", more=()):
    """Members of a realm whose browser flow takes a recovery code in place of a one-time code, and what `more` executions take."""
    flow = {"providerId": "basic-flow", "builtIn": False}

    def part(alias, requirement, priority):
        return {"flowAlias": alias, "requirement": requirement, "priority": priority, "authenticatorFlow": True}

    second = [
        *([execution("conditional-user-configured")] if condition else []),
        execution("auth-otp-form", otp, 20),
        execution("auth-recovery-authn-code-form", recovery, 30),
        *more,
    ]
    return {
        "browserFlow": "second browser",
        "authenticationFlows": [
            {**flow, "alias": "second browser", "topLevel": True,
             "authenticationExecutions": [execution("auth-cookie", "ALTERNATIVE"), part("second forms", "ALTERNATIVE", 20)]},
            {**flow, "alias": "second forms", "topLevel": False,
             "authenticationExecutions": [execution("auth-username-password-form"),
                                          part("second factors", "CONDITIONAL" if condition else "REQUIRED", 20)]},
            {**flow, "alias": "second factors", "topLevel": False, "authenticationExecutions": second},
        ],
    }
