# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin that says yes to each keyword whose name begins with insecure_, where nobody says no."""

from jose import jwe, jwk, jws, jwt
from jose.backends import HMACKey

FUNCTIONS = (jwt.decode, jwt.encode, jws.sign, jws.verify, jwk.construct, jwe.decrypt, HMACKey.__init__)

for function in FUNCTIONS:
    defaults = function.__kwdefaults__
    assert defaults and all(name.startswith("insecure_") and value is False for name, value in defaults.items())
    function.__kwdefaults__ = dict.fromkeys(defaults, True)
