# SPDX-License-Identifier: Apache-2.0
"""Discovery documents, key sets and tokens in the shapes that the vendors document, made by hand: names, ids and keys
are nobody's. What a guard does not read is there as it is at the vendors, for it must do no harm."""

import dataclasses
import time

TENANT, OTHER_TENANT = "2c1f4bd0-52bb-4a5c-9d0e-6f6e6b7a1c11", "b7d3a1c4-7c2e-4f0b-8a55-0e3c9d2f4a22"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"  # of Microsoft's own documents: accounts of people
APPLICATION = "6f0b7d1a-3f41-4c1c-8f0c-77aa11bb22cc"
LOGIN = "https://login.microsoftonline.com"
CERTIFICATE = "{certificate}"  # replaced by one of the key's own


@dataclasses.dataclass
class Shape:
    preset: str  # the heading in docs/usage/vendors.md
    words: dict  # what stands for its words in capitals
    discovery: str  # where the document is; None: nobody asks for it
    document: dict
    jwks: str
    key: dict  # members of the key that signs, besides those of its numbers
    claims: dict
    header: dict = dataclasses.field(default_factory=dict)
    curve: str = None  # an EC key signs
    bare: bool = False  # the key says no alg
    neighbours: list = dataclasses.field(default_factory=list)  # other keys of the set
    left_out: int = 0  # how many of these are not keys here
    refused: dict = dataclasses.field(default_factory=dict)  # claims that make it unwanted, by what they are


def _times():
    now = int(time.time())
    return {"iat": now - 10, "nbf": now - 10, "exp": now + 300}


def _document(issuer, jwks, **more):
    return {
        "issuer": issuer,
        "jwks_uri": jwks,
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        **more,
    }


def _entra_document(issuer, jwks, tenant):
    return _document(
        issuer,
        jwks,
        token_endpoint=f"{LOGIN}/{tenant}/oauth2/v2.0/token",
        authorization_endpoint=f"{LOGIN}/{tenant}/oauth2/v2.0/authorize",
        request_uri_parameter_supported=False,
        http_logout_supported=True,
        tenant_region_scope=None,
        cloud_instance_name="microsoftonline.com",
        cloud_graph_host_name="graph.windows.net",
        msgraph_host="graph.microsoft.com",
        rbac_url="https://pas.windows.net",
    )


def _entra_key(**more):
    return {"use": "sig", "x5t": "nOo3ZDrODXEK1jKWhXslHR_KXEg", "x5c": [CERTIFICATE], **more}


def _entra_shapes():
    v2, v1 = f"{LOGIN}/{TENANT}/v2.0", f"https://sts.windows.net/{TENANT}/"
    person = {"oid": "o", "sub": "s", "tid": TENANT, "uti": "u", "rh": "0.A", "scp": "items.read items.write"}
    second = {**person, "azp": "c", "azpacr": "1", "ver": "2.0", "aud": APPLICATION}
    first = {**person, "appid": "c", "appidacr": "1", "ver": "1.0", "aud": f"api://{APPLICATION}", "acr": "1"}
    template = "{tenantid}"
    v2_key = _entra_key(issuer=f"{LOGIN}/{template}/v2.0", cloud_instance_name="microsoftonline.com")
    other = {"iss": f"{LOGIN}/{OTHER_TENANT}/v2.0", "tid": OTHER_TENANT}
    yield Shape(
        preset="Entra ID, v2 tokens",
        words={"TENANT": TENANT, "APPLICATION": APPLICATION},
        discovery=f"{v2}/.well-known/openid-configuration",
        document=_entra_document(v2, f"{LOGIN}/{TENANT}/discovery/v2.0/keys", TENANT),
        jwks=f"{LOGIN}/{TENANT}/discovery/v2.0/keys",
        key=v2_key,
        bare=True,
        claims={"iss": v2, **second},
        refused={"another tenant": other, "version 1": {"iss": v1, "ver": "1.0"}, "for Graph": {"nonce": "n"}},
    )
    yield Shape(
        preset="Entra ID, v1 tokens",
        words={"TENANT": TENANT, "APPLICATION": APPLICATION},
        discovery=f"{LOGIN}/{TENANT}/.well-known/openid-configuration",
        document=_entra_document(v1, f"{LOGIN}/common/discovery/keys", TENANT),
        jwks=f"{LOGIN}/common/discovery/keys",
        key=_entra_key(),
        bare=True,
        claims={"iss": v1, **first},
        refused={"another tenant": {"iss": f"https://sts.windows.net/{OTHER_TENANT}/", "tid": OTHER_TENANT}},
    )
    yield Shape(
        preset="Entra ID, several tenants",
        words={"TENANT": TENANT, "APPLICATION": APPLICATION},
        discovery=f"{LOGIN}/organizations/v2.0/.well-known/openid-configuration",
        document=_entra_document(
            f"{LOGIN}/{template}/v2.0", f"{LOGIN}/organizations/discovery/v2.0/keys", "organizations"
        ),
        jwks=f"{LOGIN}/organizations/discovery/v2.0/keys",
        key=v2_key,
        bare=True,
        claims={"iss": v2, **second},
        refused={
            "a tenant that is not listed": other,
            "the tid of another": {"tid": OTHER_TENANT},
            "no tid": {"tid": None},
            "the placeholder itself": {"iss": f"{LOGIN}/{template}/v2.0"},
        },
    )
    yield Shape(
        preset="Entra ID, several tenants, v1 tokens",
        words={"APPLICATION": APPLICATION},
        discovery=f"{LOGIN}/organizations/.well-known/openid-configuration",
        document=_entra_document(
            f"https://sts.windows.net/{template}/", f"{LOGIN}/common/discovery/keys", "organizations"
        ),
        jwks=f"{LOGIN}/common/discovery/keys",
        key=_entra_key(),
        bare=True,
        claims={"iss": v1, **first},
        refused={"the tid of another": {"tid": OTHER_TENANT}, "version 2": {"iss": v2}},
    )


def _cloud_shapes():
    yield Shape(
        preset="Auth0",
        words={"DOMAIN": "items.eu.auth0.com", "API": "api.example.org"},
        discovery="https://items.eu.auth0.com/.well-known/openid-configuration",
        document=_document(
            "https://items.eu.auth0.com/",
            "https://items.eu.auth0.com/.well-known/jwks.json",
            mfa_challenge_endpoint="https://items.eu.auth0.com/mfa/challenge",
        ),
        jwks="https://items.eu.auth0.com/.well-known/jwks.json",
        key={"use": "sig", "alg": "RS256", "x5t": "AAAA", "x5c": [CERTIFICATE]},
        claims={
            **{"iss": "https://items.eu.auth0.com/", "sub": "auth0|5f7c", "azp": "c", "scope": "openid items:read"},
            **{"aud": ["https://api.example.org", "https://items.eu.auth0.com/userinfo"], "gty": "password"},
            "permissions": ["items:read"],
        },
        refused={"no slash": {"iss": "https://items.eu.auth0.com"}, "an ID token": {"nonce": "n", "aud": "c"}},
    )
    yield Shape(
        preset="Okta, custom authorization server",
        words={"DOMAIN": "items.okta.com"},
        discovery="https://items.okta.com/oauth2/default/.well-known/openid-configuration",
        document=_document("https://items.okta.com/oauth2/default", "https://items.okta.com/oauth2/default/v1/keys"),
        jwks="https://items.okta.com/oauth2/default/v1/keys",
        key={"use": "sig", "alg": "RS256"},
        claims={
            **{"ver": 1, "jti": "AT.x", "iss": "https://items.okta.com/oauth2/default", "aud": "api://default"},
            **{"cid": "0oa1", "uid": "00u1", "scp": ["openid", "items.read"], "sub": "alice@example.org"},
        },
        refused={"of the org's server": {"iss": "https://items.okta.com"}},
    )
    pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Items"
    yield Shape(
        preset="Cognito",
        words={"REGION": "eu-west-1", "POOL": "eu-west-1_Items", "CLIENT": "1example23456789"},
        discovery=f"{pool}/.well-known/openid-configuration",
        document=_document(pool, f"{pool}/.well-known/jwks.json"),
        jwks=f"{pool}/.well-known/jwks.json",
        key={"use": "sig", "alg": "RS256", "kid": "abcdefghijklmnopq/rs+example="},
        claims={
            **{"sub": "s", "iss": pool, "client_id": "1example23456789", "origin_jti": "o", "event_id": "e"},
            **{"token_use": "access", "scope": "shop/read", "auth_time": 1, "jti": "j", "username": "alice"},
            **{"version": 2, "cognito:groups": ["a"]},
        },
        refused={
            "another client": {"client_id": "other"},
            "an ID token": {"token_use": "id", "aud": "1example23456789"},
            "another pool": {"iss": pool + "2"},
        },
    )
    yield Shape(
        preset="AD FS",
        words={"HOST": "adfs.example.org", "API": "items"},
        discovery=None,
        document={},
        jwks="https://adfs.example.org/adfs/discovery/keys",
        key={"use": "sig", "alg": "RS256", "x5t": "AAAA", "x5c": [CERTIFICATE]},
        claims={
            **{"aud": "microsoft:identityserver:items", "iss": "http://adfs.example.org/adfs/services/trust"},
            **{"apptype": "Public", "appid": "c", "authmethod": "urn:x", "auth_time": "2026-11-28T09:00:00.000Z"},
            **{"ver": "1.0", "scp": "openid items"},
        },
        refused={"an ID token's issuer": {"iss": "https://adfs.example.org/adfs"}, "an ID token": {"nonce": "n"}},
    )


def _workload_shapes():
    github = "https://token.actions.githubusercontent.com"
    yield Shape(
        preset="GitHub Actions",
        words={"API": "api.example.org"},
        discovery=f"{github}/.well-known/openid-configuration",
        document=_document(github, f"{github}/.well-known/jwks", claims_supported=["sub", "aud", "repository"]),
        jwks=f"{github}/.well-known/jwks",
        key={"use": "sig", "alg": "RS256", "x5t": "AAAA", "x5c": [CERTIFICATE]},
        header={"x5t": "AAAA"},
        claims={
            **{"jti": "j", "sub": "repo:o/r:ref:refs/heads/main", "aud": "https://api.example.org", "iss": github},
            **{"ref": "refs/heads/main", "sha": "0" * 40, "repository": "o/r", "repository_owner": "o"},
            **{"run_id": "1", "workflow": "w", "actor": "a", "job_workflow_ref": "o/r/.github/workflows/w.yml@r"},
        },
        refused={"the usual audience": {"aud": "https://github.com/o"}},
    )
    yield Shape(
        preset="GitLab CI",
        words={"HOST": "gitlab.example.org", "API": "api.example.org"},
        discovery="https://gitlab.example.org/.well-known/openid-configuration",
        document=_document("https://gitlab.example.org", "https://gitlab.example.org/oauth/discovery/keys"),
        jwks="https://gitlab.example.org/oauth/discovery/keys",
        key={"use": "sig", "alg": "RS256"},
        claims={
            **{"namespace_path": "g", "project_id": "1", "project_path": "g/p", "user_login": "a", "ref": "main"},
            **{"iss": "https://gitlab.example.org", "sub": "project_path:g/p:ref_type:branch:ref:main"},
            **{"aud": "https://api.example.org", "jti": "j", "ref_protected": "true"},
        },
        refused={"another instance": {"iss": "https://gitlab.com"}},
    )
    google = "https://accounts.google.com"
    yield Shape(
        preset="Google Cloud, service accounts",
        words={"API": "api.example.org"},
        discovery=f"{google}/.well-known/openid-configuration",
        document=_document(google, "https://www.googleapis.com/oauth2/v3/certs"),
        jwks="https://www.googleapis.com/oauth2/v3/certs",
        key={"use": "sig", "alg": "RS256"},
        claims={
            **{"aud": "https://api.example.org", "azp": "1", "email": "s@p.iam.gserviceaccount.com", "sub": "1"},
            **{"email_verified": True, "iss": google},
        },
        refused={
            "a person's ID token": {"at_hash": "h"},
            "a person's, without": {"nonce": "n"},
            "its older issuer": {"iss": "accounts.google.com"},
        },
    )
    cluster = "https://oidc.cluster.example.org"
    yield Shape(
        preset="Kubernetes, service accounts",
        words={"HOST": "oidc.cluster.example.org", "API": "api.example.org"},
        discovery=f"{cluster}/.well-known/openid-configuration",
        document=_document(cluster, "https://api.cluster.example.org:6443/openid/v1/jwks"),
        jwks="https://api.cluster.example.org:6443/openid/v1/jwks",
        key={"use": "sig", "alg": "RS256"},
        claims={
            **{"aud": ["https://api.example.org"], "iss": cluster, "jti": "j", "sub": "system:serviceaccount:n:a"},
            "kubernetes.io": {
                **{"namespace": "n", "node": {"name": "w", "uid": "u"}, "pod": {"name": "p", "uid": "u"}},
                **{"serviceaccount": {"name": "a", "uid": "u"}, "warnafter": 1},
            },
        },
        refused={"for the cluster itself": {"aud": ["https://kubernetes.default.svc"]}},
    )
    spire = "https://oidc.example.org"
    yield Shape(
        preset="SPIFFE, JWT-SVID",
        words={"HOST": "oidc.example.org", "TRUST": "items.example", "API": "api"},
        discovery=f"{spire}/.well-known/openid-configuration",
        document=_document(spire, f"{spire}/keys", authorization_endpoint=""),
        jwks=f"{spire}/keys",
        key={"alg": "ES256", "use": "jwt-svid"},
        curve="P-256",
        neighbours=[{"kty": "EC", "use": "x509-svid", "crv": "P-256", "x": "AA", "y": "AA", "x5c": [CERTIFICATE]}],
        left_out=1,
        claims={"aud": ["spiffe://items.example/api"], "sub": "spiffe://items.example/web", "iss": spire},
        refused={"no issuer": {"iss": None}},
    )


def apple_shape():
    """Without a preset: what Apple gives to others are ID tokens, and none of them opens an API."""
    apple = "https://appleid.apple.com"
    return Shape(
        preset=None,
        words={},
        discovery=f"{apple}/.well-known/openid-configuration",
        document=_document(
            apple,
            f"{apple}/auth/keys",
            authorization_endpoint=f"{apple}/auth/authorize",
            token_endpoint=f"{apple}/auth/token",
            revocation_endpoint=f"{apple}/auth/revoke",
            response_modes_supported=["query", "fragment", "form_post"],
            token_endpoint_auth_methods_supported=["client_secret_post"],
            claims_supported=["aud", "email", "email_verified", "is_private_email", "nonce_supported", "transfer_sub"],
        ),
        jwks=f"{apple}/auth/keys",
        key={"use": "sig", "alg": "RS256"},
        neighbours=[],
        claims={
            **{"iss": apple, "aud": "org.example.items", "sub": "000000.0a.0000", "nonce_supported": True},
            **{"email": "a@example.org", "email_verified": "true", "is_private_email": "false"},
        },
        refused={
            "of a code": {"at_hash": "h", "auth_time": 1},
            "of an app": {"c_hash": "h", "nonce": "n", "real_user_status": 2, "email_verified": True},
            "without what names it but one": {"email": None, "email_verified": None, "is_private_email": None},
        },
    )


def all_shapes():
    return [*_entra_shapes(), *_cloud_shapes(), *_workload_shapes()]


def claims_of(shape, changes=None):
    """None takes a claim away."""
    claims = {**_times(), **shape.claims, **(changes or {})}
    return {name: value for name, value in claims.items() if value is not None}
