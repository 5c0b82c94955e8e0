/* SPDX-License-Identifier: Apache-2.0 */
/* What a registrant may say of a client; see representation.h. */
#include "provider/registration/representation.h"

#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/member/review.h"
#include "provider/member/unknown_member.h"
#include "provider/policy/policy_case.h"
#include "provider/registration/metadata_member.h"

/* ---- reading ---- */

#define PARTS_MAX 128 /* of a list of a client that registers; they are put in one by one */

static bool check_sizes(call *c, const ost_json *body)
{
    for (const ost_json *at = ost_json_first(body); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (member_find(&member_client, name) == NULL)
            return metadata_refuse(c,
                                   call_format(c, "Unrecognized field \"%.*s\"", OST_FORMAT(name)));
        if (ost_json_count(at) > PARTS_MAX)
            return metadata_refuse(
                c, call_format(c, "%.*s: more than %d of them", OST_FORMAT(name), PARTS_MAX));
    }
    return true;
}

bool representation_read(call *c, const ost_json **ret)
{
    ost_error error = {0};
    const ost_json *body;
    if (!http_request_is_of(c->request, "application/json"))
        return call_refuse(c, 415, "invalid_request",
                           "The content-type header value did not match the value in @Consumes");
    if (ost_json_read(c->request->body, NULL, c->arena, &body, NULL) != OST_OK)
        return call_refuse(c, 400, "invalid_request", "The body is not JSON");
    if (!ost_json_is(body, OST_JSON_OBJECT))
        return call_refuse(c, 400, "invalid_request", "not a JSON object");
    if (!check_sizes(c, body))
        return false;
    const char *unknown = unknown_member_of(body, &member_client, c->arena);
    if (unknown != NULL)
        return call_refuse(c, 400, "invalid_request", unknown);
    ost_result result = review_object(body, &member_client, "", false, c->arena, NULL, ret, &error);
    if (result == OST_OK)
        return true;
    return result == OST_E_MEMORY
               ? call_refuse_busy(c)
               : call_refuse(c, 400, "invalid_request", call_format(c, "%s", error.detail));
}

/* ---- what is taken of it ---- */

static const char *const everybodys[] = {"name",
                                         "description",
                                         "enabled",
                                         "rootUrl",
                                         "adminUrl",
                                         "baseUrl",
                                         "redirectUris",
                                         "webOrigins",
                                         "publicClient",
                                         "bearerOnly",
                                         "standardFlowEnabled",
                                         "implicitFlowEnabled",
                                         "frontchannelLogout",
                                         "consentRequired",
                                         "fullScopeAllowed",
                                         "alwaysDisplayInConsole",
                                         "clientAuthenticatorType",
                                         "defaultClientScopes",
                                         "optionalClientScopes",
                                         "protocolMappers",
                                         NULL};

/* For those whom an administrator has let register: tokens without a browser, and a secret of their
 * choice. Passwords no client takes when it comes, as in Keycloak. */
static bool is_taken(const registration_draft *d, ost_text name)
{
    bool invited =
        !d->anonymous && (text_is(name, "serviceAccountsEnabled") || text_is(name, "secret") ||
                          (d->existing != NULL && text_is(name, "directAccessGrantsEnabled")));
    return invited || text_is_one_of(name, everybodys);
}

static ost_result merge(call *c, const registration_draft *d, const ost_json **document)
{
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(d->representation); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (is_taken(d, ost_json_name(at)) && !ost_json_is(at, OST_JSON_NULL))
            result = document_put(*document, ost_json_name(at), at, c->arena, document);
    }
    return result;
}

/* ---- a new one ---- */

/* As Keycloak's DefaultClientRegistrationProvider has it. */
static ost_result document_begin(call *c, const registration_draft *d, ost_text client_id,
                                 const ost_json **document)
{
    static const char defaults[] =
        "{\"enabled\":true,\"protocol\":\"openid-connect\",\"redirectUris\":[],"
        "\"standardFlowEnabled\":true,\"implicitFlowEnabled\":false,"
        "\"directAccessGrantsEnabled\":false,\"serviceAccountsEnabled\":false,"
        "\"publicClient\":false,\"bearerOnly\":false,\"frontchannelLogout\":false,"
        "\"consentRequired\":false,\"fullScopeAllowed\":true,\"nodeReRegistrationTimeout\":-1}";
    ost_result result = ost_json_read(text_of(defaults), NULL, c->arena, document, NULL);
    if (result == OST_OK)
        result = document_put_text(*document, "id", d->id, c->arena, document);
    return result == OST_OK
               ? document_put_text(*document, "clientId", client_id, c->arena, document)
               : result;
}

/* Scripts of the pages that it is sent back to. */
static ost_result put_origins(call *c, const ost_json **document)
{
    const ost_json *origins = NULL;
    ost_text uri;
    ost_result result = ost_json_read(OST_TEXT("[]"), NULL, c->arena, &origins, NULL);
    for (const ost_json *at = ost_json_first(ost_json_get(*document, "redirectUris"));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (!ost_json_text(at, &uri))
            continue;
        ost_text origin = realm_uri_origin(uri);
        if (origin.len > 0 && text_find(origin, '*', 0) == origin.len)
            result = document_add_text(origins, origin, c->arena, &origins);
    }
    return result == OST_OK
               ? document_put(*document, OST_TEXT("webOrigins"), origins, c->arena, document)
               : result;
}

/* A stranger's client gets of its users no more than they agree to. */
static ost_result bind(call *c, const registration_draft *d, const ost_json **document)
{
    ost_result result =
        document_put_boolean(*document, "fullScopeAllowed", false, c->arena, document);
    return result == OST_OK && d->policy.consent_required
               ? document_put_boolean(*document, "consentRequired", true, c->arena, document)
               : result;
}

static bool make_new(call *c, const registration_draft *d, const realm *r,
                     const ost_json **document)
{
    ost_text client_id = d->id;
    const ost_json *named = ost_json_get(d->representation, "clientId");
    if (named != NULL && !ost_json_is(named, OST_JSON_NULL) && !ost_json_text(named, &client_id))
        client_id = (ost_text){0};
    if (!representation_check_id(c, d, r, client_id))
        return false;
    ost_result result = document_begin(c, d, client_id, document);
    if (result == OST_OK)
        result = merge(c, d, document);
    if (result == OST_OK && ost_json_get(*document, "webOrigins") == NULL)
        result = put_origins(c, document);
    if (result == OST_OK && d->anonymous)
        result = bind(c, d, document);
    return result == OST_OK || call_refuse_busy(c);
}

/* ---- one that is there ---- */

static bool says(const ost_json *document, const char *name, bool what)
{
    bool value;
    return ost_json_boolean(ost_json_get(document, name), &value) && value == what;
}

/* What an administrator has narrowed stays narrow, whoever has the client's token. */
static bool check_widening(call *c, const registration_draft *d, const realm_client *existing)
{
    if (d->by->user.len > 0)
        return true;
    if (!existing->full_scope && says(d->representation, "fullScopeAllowed", true))
        return call_refuse(c, 403, "insufficient_scope",
                           "Policy 'Full Scope Disabled' rejected request to client-registration "
                           "service. Details: Not permitted to enable fullScopeAllowed");
    if (existing->consent_required && says(d->representation, "consentRequired", false))
        return call_refuse(c, 403, "insufficient_scope",
                           "Policy 'Consent Required' rejected request to client-registration "
                           "service. Details: Not permitted to update consentRequired to false");
    return true;
}

static bool change(call *c, const registration_draft *d, const realm_client *existing,
                   const ost_json **document)
{
    *document = existing->document;
    if (!ost_json_equals(ost_json_get(d->representation, "clientId"), text_of(existing->client_id)))
        return metadata_refuse(c, "Client Identifier modified");
    return check_widening(c, d, existing) &&
           (merge(c, d, document) == OST_OK || call_refuse_busy(c));
}

bool representation_document(call *c, const registration_draft *d, const realm *r,
                             const realm_client *existing, const ost_json **ret_document)
{
    const ost_json *document = NULL, *attributes;
    const ost_json *protocol = ost_json_get(d->representation, "protocol");
    if (protocol != NULL && !ost_json_is(protocol, OST_JSON_NULL) &&
        !ost_json_equals(protocol, OST_TEXT("openid-connect")))
        return metadata_refuse(c, "protocol: clients of openid-connect alone register");
    if (!(existing != NULL ? change(c, d, existing, &document) : make_new(c, d, r, &document)))
        return false;
    const ost_json *before = existing != NULL ? existing->attributes : NULL;
    if (!representation_attributes(c, d, before, &attributes))
        return false;
    if (document_put(document, OST_TEXT("attributes"), attributes, c->arena, &document) != OST_OK)
        return call_refuse_busy(c);
    if (!representation_check(c, d, existing, document))
        return false;
    *ret_document = document;
    return true;
}
