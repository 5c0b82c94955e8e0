# SPDX-License-Identifier: Apache-2.0
"""authorization_details (RFC 9396) in tests: as they are sent, as tokens have them, and refused."""

import json

from web import unverified_token

REFUSED = "invalid_authorization_details"


def details(*objects):
    return json.dumps(objects)


def claim(tokens):
    return unverified_token(tokens["access_token"])[1].get("authorization_details")


def assert_refused(answer, sentence=""):
    assert (answer.status, answer.json()["error"]) == (400, REFUSED), answer.text
    assert sentence in answer.json()["error_description"]
