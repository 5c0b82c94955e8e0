# SPDX-License-Identifier: Apache-2.0
"""An issuer inside the tests of an API, and the tokens that it signs: no server is needed.

    from ostiary import testing

    with testing.Issuer() as issuer, issuer.verifier() as verifier:
        claims = verifier.verify(issuer.token(subject="alice", scopes=["items:read"]))

It listens on loopback alone, and is for tests: whoever reaches it may ask it for everything but an
introspection.
"""

from .issuer import Issuer
from .proofs import certificate_thumbprint, dpop_proof

__all__ = ["Issuer", "certificate_thumbprint", "dpop_proof"]
