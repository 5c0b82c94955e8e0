# SPDX-License-Identifier: Apache-2.0
"""A small realm by chance, for sequences of requests by chance (random_runs.py)."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

REALM = "random"
CALLBACK = "http://localhost:8000/cb"
SECRET = "random-secret"
PASSWORD = "right-password"
USERS = ("una", "ulf", "ute")
ROLES = ("red", "green", "blue", "gray")
CLIENT_ROLES = ("left", "right")
GROUPS = ("north", "south")
CLIENTS = ("web", "spa", "asking", "lean")
CONFIDENTIAL = ("web", "lean")
SCOPES = ("alpha", "beta")
MAPPERS = {
    "audience": ("oidc-audience-mapper", {"included.client.audience": "spa", "access.token.claim": "true"}),
    "fixed": ("oidc-hardcoded-claim-mapper", {"claim.name": "fixed.part", "claim.value": "7", "jsonType.label": "int",
        "access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true", "introspection.token.claim": "true"}),
    "groups": ("oidc-group-membership-mapper", {"claim.name": "groups", "full.path": "true", "access.token.claim": "true",
        "id.token.claim": "true", "userinfo.token.claim": "true"}),
    "shade": ("oidc-usermodel-attribute-mapper", {"claim.name": "shade", "user.attribute": "shade", "multivalued": "true",
        "jsonType.label": "String", "access.token.claim": "true", "userinfo.token.claim": "true"}),
    "roles": ("oidc-usermodel-realm-role-mapper", {"claim.name": "all_roles", "multivalued": "true", "jsonType.label": "String",
        "access.token.claim": "true", "usermodel.realmRoleMapping.rolePrefix": "R_"}),
    "renamed": ("oidc-role-name-mapper", {"role": "red", "new.role.name": "scarlet"}),
    "given": ("oidc-hardcoded-role-mapper", {"role": "gray"}),
}  # fmt: skip


def mapper(name):
    kind, config = MAPPERS[name]
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": config}


def some(rng, of, most=None):
    """Some of them, in their order."""
    chosen = rng.sample(list(of), rng.randint(0, most if most is not None else len(of)))
    return [one for one in of if one in chosen]


def _client(rng, name, newest):
    public = name not in CONFIDENTIAL
    attributes = {"post.logout.redirect.uris": "+", "oauth2.device.authorization.grant.enabled": "true"}
    for setting, values in {
        "use.refresh.tokens": ("false",),
        "access.token.lifespan": ("120",),
        "pkce.code.challenge.method": ("S256",),
        "exclude.session.state.from.auth.response": ("true",),
        "standard.token.exchange.enabled": ("true",),
        "id.token.as.detached.signature": ("true",),
        **({"access.token.header.type.rfc9068": ("true",), "client.use.lightweight.access.token.enabled": ("true",)} if newest else {}),
    }.items():
        if rng.random() < (0.6 if setting.startswith("standard") and not public else 0.12):
            attributes[setting] = rng.choice(values)
    return {
        "clientId": name,
        "publicClient": public,
        **({} if public else {"secret": SECRET, "serviceAccountsEnabled": True}),
        "redirectUris": [CALLBACK],
        "webOrigins": ["+"],
        "directAccessGrantsEnabled": True,
        "standardFlowEnabled": True,
        "implicitFlowEnabled": rng.random() < 0.3,
        "consentRequired": name == "asking",
        "fullScopeAllowed": name != "lean" and rng.random() < 0.7,
        "attributes": attributes,
        "protocolMappers": [mapper(one) for one in some(rng, MAPPERS, 3)],
    }


def _roles(rng):
    """A role holds those after it, so that none holds itself."""
    roles = []
    for at, name in enumerate(ROLES):
        held = some(rng, ROLES[at + 1 :], 2 if at < 2 else 0)
        composites = {**({"realm": held} if held else {}), **({"client": {"web": ["left"]}} if rng.random() < 0.2 else {})}
        roles.append({"name": name, **({"composite": True, "composites": composites} if composites else {})})
    return {"realm": roles, "client": {"web": [{"name": name} for name in CLIENT_ROLES]}}


def _group(rng, name):
    return {
        "name": name,
        "realmRoles": some(rng, ROLES, 2),
        "clientRoles": {"web": some(rng, CLIENT_ROLES, 1)},
        "attributes": {"shade": [rng.choice(("pale", "deep"))]} if rng.random() < 0.5 else {},
        "subGroups": [{"name": f"{name}-inner", "realmRoles": some(rng, ROLES, 1)}],
    }


def _user(rng, name):
    return {
        "username": name,
        "enabled": rng.random() < 0.93,
        "email": f"{name}@example.org",
        "emailVerified": rng.random() < 0.5,
        "firstName": name.capitalize(),
        "lastName": "Tester",
        "attributes": {"shade": some(rng, ("dark", "light"), 2)},
        "realmRoles": [*some(rng, ROLES, 2), *([f"default-roles-{REALM}"] if rng.random() < 0.85 else [])],
        "clientRoles": {"web": some(rng, CLIENT_ROLES, 1)},
        "groups": [f"/{one}" for one in some(rng, GROUPS, 1)],
        "requiredActions": ["UPDATE_PASSWORD"] if rng.random() < 0.1 else [],
        "credentials": [{"type": "password", "value": PASSWORD}],
    }


def signing_key():
    """A key for every realm of a run: making one takes Keycloak longer than all steps of a sequence."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, REALM)])
    now = datetime.datetime.now(datetime.timezone.utc)
    about = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    certificate = about.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=2)).sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    config = {"privateKey": [pem], "certificate": [certificate.public_bytes(Encoding.PEM).decode()], "priority": ["100"]}
    kinds = {"rsa": config, "hmac-generated": {"priority": ["100"], "algorithm": ["HS512"]}, "aes-generated": {"priority": ["100"]}}
    return {"org.keycloak.keys.KeyProvider": [{"name": kind, "providerId": kind, "config": of} for kind, of in kinds.items()]}


def realm_by_chance(rng, newest):
    return {
        "realm": REALM,
        "enabled": True,
        "passwordPolicy": "hashIterations(1000)",
        "revokeRefreshToken": rng.random() < 0.35,
        "refreshTokenMaxReuse": rng.choice((0, 0, 1, 2)),
        "bruteForceProtected": rng.random() < 0.4,
        "permanentLockout": rng.random() < 0.3,
        "failureFactor": rng.choice((2, 3, 30)),
        "quickLoginCheckMilliSeconds": 0,
        "loginWithEmailAllowed": rng.random() < 0.7,
        "rememberMe": rng.random() < 0.5,
        "editUsernameAllowed": rng.random() < 0.5,
        "clients": [_client(rng, name, newest) for name in CLIENTS],
        "roles": _roles(rng),
        "groups": [_group(rng, name) for name in GROUPS],
        "users": [_user(rng, name) for name in USERS],
    }
