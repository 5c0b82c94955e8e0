/* SPDX-License-Identifier: Apache-2.0 */
/* Client metadata (RFC 7591 §2) as clients send it, and what the realm's document holds instead. */
#ifndef CLIENT_METADATA_H
#define CLIENT_METADATA_H

#include "provider/call/call.h"
#include "provider/proof/certificate_rule.h"
#include "provider/registration/answer_metadata.h"
#include "provider/registration/ciba_metadata.h"
#include "provider/registration/details_metadata.h"
#include "provider/registration/logout_metadata.h"
#include "provider/registration/request_metadata.h"

#define METADATA_URIS_MAX 16 /* redirect URIs of one client, and of its logouts */
/* The attribute of a client that says how it wanted to prove itself. */
#define METADATA_AUTH_METHOD CERTIFICATE_METHOD

/* What a client may say of itself; texts are borrowed from the request. */
typedef struct client_metadata {
    ost_text name, client_uri, logo_uri, policy_uri, tos_uri;
    ost_text redirect_uris[METADATA_URIS_MAX];
    size_t redirect_count;
    ost_text post_logout_uris[METADATA_URIS_MAX];
    size_t post_logout_count;
    ost_text auth_method;              /* token_endpoint_auth_method, */
    bool auth_method_given;            /* which is not there by default */
    ost_text auth_alg;                 /* token_endpoint_auth_signing_alg; empty: any */
    ost_text certificate_name;         /* of tls_client_auth: what stands in its certificate, */
    const char *certificate_attribute; /* and by which attribute that is known */
    bool certificate_bound;            /* tls_client_certificate_bound_access_tokens */
    ost_text jwks_uri, jwks;           /* one of them at most; the second a JWK Set */
    ost_text scope;                    /* empty: the realm's optional ones */
    logout_metadata logout;            /* where it hears of logouts */
    answer_metadata answers;           /* how it is answered, and how its requests are signed */
    request_metadata requests;         /* where these are, and what they ask for */
    ciba_metadata ciba;                /* how it is answered without a browser */
    details_metadata details;          /* what it may ask for beyond scopes */
    bool device_grant, ciba_grant;     /* grant_types with these, which not everybody gets, */
    bool jwt_grant;                    /* and with this, for which an administrator names issuers */
    ost_text sector; /* sector_identifier_uri; who reads it asks what is there (client_sector.h) */
    bool pairwise, public_subject; /* subject_type; neither: it does not say */
    bool public_client;            /* auth_method "none" */
    bool implicit, no_refresh; /* grant_types with implicit; with others, but not refresh_token */
} client_metadata;

/* Reads a document. Unknown members are ignored (RFC 7591 §2). False: the call is refused with
 * invalid_redirect_uri or invalid_client_metadata. */
bool client_metadata_read(call *call, const ost_json *document, client_metadata *ret_metadata);

/* The metadata of a registered client as an open JSON object's members (RFC 7591 §3.2.1). */
void client_metadata_write(call *call, const realm_client *client, ost_json_writer *writer);

#endif
