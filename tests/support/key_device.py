# SPDX-License-Identifier: Apache-2.0
"""What tests of keys in devices (PKCS#11) share."""


def realm_of_algorithms(algorithms):
    """A client for each, whose access tokens it signs."""
    return {
        "realm": "shop",
        "enabled": True,
        "clients": [
            {
                **{"clientId": alg, "secret": "secret", "serviceAccountsEnabled": True},
                "attributes": {"access.token.signed.response.alg": alg},
            }
            for alg in algorithms
        ],
    }
