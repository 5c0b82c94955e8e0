/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of the admin REST API. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/client_part.h"
#include "provider/admin/document_edit.h"
#include "provider/client_admin/client_life.h"
#include "provider/client_admin/client_proposal.h"
#include "provider/completion/realm_document.h"
#include "provider/member/member.h"
#include "provider/member/named_setting.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/role.h"
#include "provider/realm/uuid.h"

#define NO_PROTOCOL "protocol: neither openid-connect nor saml"
#define VIEW (RIGHT_VIEW_CLIENTS | RIGHT_MANAGE_CLIENTS)

static const realm_client *named_client(admin_call *a)
{
    const realm_client *client = realm_find_client_by_uuid(a->realm.realm, a->values[1]);
    if (client == NULL)
        admin_refuse(a, 404, "error", "Could not find client");
    return client;
}

/* ---- reading ---- */

static int by_client_id(const void *one, const void *other)
{
    return strcmp((*(const realm_client *const *)one)->client_id,
                  (*(const realm_client *const *)other)->client_id);
}

ost_result admin_list_clients(admin_call *a)
{
    const realm *r = a->realm.realm;
    int64_t first, max;
    ost_text wanted = admin_parameter(a, "clientId");
    bool search = admin_flag(a, "search", false);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    const realm_client **sorted = ost_arena_alloc(a->arena, (r->client_count + 1) * sizeof *sorted);
    if (w == NULL || sorted == NULL)
        return OST_E_MEMORY;
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    for (size_t i = 0; i < r->client_count; i++)
        sorted[i] = r->clients[i];
    qsort(sorted, r->client_count, sizeof *sorted, by_client_id);
    ost_json_open_array(w);
    for (size_t i = 0; i < r->client_count; i++) {
        const char *id = sorted[i]->client_id;
        bool fits = wanted.len == 0 || text_is(wanted, id) ||
                    (search && text_contains(text_of(id), wanted));
        if (fits && first-- <= 0 && max-- > 0 && client_part_put(a, w, sorted[i]) != OST_OK)
            return OST_E_MEMORY;
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_client(admin_call *a)
{
    const realm_client *client = named_client(a);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (client == NULL)
        return OST_OK;
    ost_result result = client_part_put(a, w, client);
    return result == OST_OK ? admin_answer(a, w) : result;
}

static ost_result answer_secret(admin_call *a, ost_text secret)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "type", "secret");
    if (secret.len > 0)
        ost_json_member_text(w, "value", secret);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_read_secret(admin_call *a)
{
    const realm_client *client = named_client(a);
    return client != NULL ? answer_secret(a, text_of(client->secret)) : OST_OK;
}

/* ---- changing ---- */

static bool has_illegal_scheme(const ost_json *uris)
{
    static const char *const schemes[] = {"javascript:", "data:", "vbscript:", NULL};
    for (const ost_json *at = ost_json_first(uris); at != NULL; at = ost_json_next(at)) {
        ost_text uri;
        for (size_t i = 0; schemes[i] != NULL && ost_json_text(at, &uri); i++) {
            if (text_equal_ignoring_case(text_slice(uri, 0, strlen(schemes[i])),
                                         text_of(schemes[i])))
                return true;
        }
    }
    return false;
}

static ost_result refuse_described(admin_call *a, const char *error, const char *description)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "error", error);
    ost_json_member_string(w, "error_description", description);
    ost_json_close_object(w);
    ost_result result = admin_answer(a, w);
    a->status = 400;
    return result;
}

/* The account of a client that has just been given one; it may be there already. */
static ost_result make_account(admin_call *a, ost_text client_id)
{
    ost_result result = client_account_make(&a->realm, client_id, a->call->provider->context);
    return result == OST_E_CONFLICT ? OST_OK : result;
}

static bool has_protocol(const ost_json *document)
{
    const ost_json *protocol = ost_json_get(document, "protocol");
    return ost_json_equals(protocol, OST_TEXT("openid-connect")) ||
           ost_json_equals(protocol, OST_TEXT("saml"));
}

/* What a realm file has brought stays until it is changed. */
static bool keeps_protocol(const realm_client *existing, const ost_json *document)
{
    ost_text before = {0};
    (void)!ost_json_text(ost_json_get(existing->document, "protocol"), &before);
    return ost_json_equals(ost_json_get(document, "protocol"), before) ||
           ost_json_get(document, "protocol") == NULL;
}

/* Stores what the client is to be: `existing` NULL for a new one. */
static ost_result store_client(admin_call *a, const realm_client *existing,
                               const ost_json *document)
{
    ost_error error = {0};
    ost_text client_id = {0};
    if (has_illegal_scheme(ost_json_get(document, "redirectUris")))
        return refuse_described(a, "invalid_input", "A redirect URI uses an illegal scheme");
    if (existing != NULL && !has_protocol(document) && !keeps_protocol(existing, document))
        return admin_refuse(a, 400, "errorMessage", NO_PROTOCOL);
    ost_result result = realm_document_complete_client(
        document, a->realm.realm->document, a->call->provider->context, a->arena, &document);
    if (result == OST_OK)
        result = existing != NULL ? realm_admin_store_client(&a->realm, existing, document, &error)
                                  : realm_admin_add_client(&a->realm, document, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    (void)!ost_json_text(ost_json_get(document, "clientId"), &client_id);
    return realm_document_has_account(document) ? make_account(a, client_id) : OST_OK;
}

/* A client that is made in the console has these; what the body says replaces them. */
static ost_result begin_client(admin_call *a, ost_text id, const ost_json **ret_document)
{
    static const char defaults[] =
        "{\"id\":\"\",\"clientId\":\"\",\"surrogateAuthRequired\":false,\"enabled\":true,"
        "\"alwaysDisplayInConsole\":false,\"redirectUris\":[],\"webOrigins\":[\"+\"],\"notBefore\":"
        "0,\"bearerOnly\":false,"
        "\"consentRequired\":false,\"standardFlowEnabled\":true,\"implicitFlowEnabled\":false,"
        "\"directAccessGrantsEnabled\":false,\"serviceAccountsEnabled\":false,"
        "\"publicClient\":false,\"frontchannelLogout\":false,\"protocol\":\"openid-connect\","
        "\"attributes\":{}}";
    ost_result result = ost_json_read(text_of(defaults), NULL, a->arena, ret_document, NULL);
    if (result == OST_OK)
        result = document_put_text(*ret_document, "id", id, a->arena, ret_document);
    return result == OST_OK
               ? document_put_text(*ret_document, "clientId", id, a->arena, ret_document)
               : result;
}

static ost_result read_updater(admin_call *a, client_updater *ret_updater)
{
    const realm *of = a->asker.realm; /* NULL: who has the store */
    bool own = of != NULL && strcmp(of->name, a->realm.realm->name) == 0;
    return client_updater_read(a->call, a->realm.realm, BY_USER,
                               own ? a->asker.user : (ost_text){0}, ret_updater);
}

/* As the realm's client policies have it; the call is refused when they are against it. */
static ost_result settle(admin_call *a, const realm_client *existing, const ost_json **document)
{
    const policy_refusal *refusal;
    unsigned effects; /* none of them is about administrators */
    client_updater updater;
    ost_result result = read_updater(a, &updater);
    if (result == OST_OK)
        result = client_proposal_settle(a->realm.realm, existing, &updater, a->arena, document,
                                        &effects, &refusal);
    return result == OST_OK && refusal != NULL
               ? refuse_described(a, refusal->error, refusal->description)
               : result;
}

/* Of users who are asked, a client gets no more roles than it is given, unless somebody says so. */
static ost_result settle_full_scope(admin_call *a, const ost_json **document)
{
    bool asks = false;
    (void)!ost_json_boolean(ost_json_get(*document, "consentRequired"), &asks);
    return ost_json_get(*document, "fullScopeAllowed") != NULL
               ? OST_OK
               : document_put_boolean(*document, "fullScopeAllowed", !asks, a->arena, document);
}

/* Attributes are changed one by one; everything else as a whole. */
static ost_result merge(admin_call *a, const ost_json **document, const ost_json *change)
{
    const ost_json *value;
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(change); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (ost_json_is(at, OST_JSON_NULL) || text_is(name, "id") || text_is(name, "access"))
            continue;
        value = at;
        if (text_is(name, "attributes") && ost_json_is(at, OST_JSON_OBJECT)) {
            value = ost_json_get(*document, "attributes");
            for (const ost_json *one = ost_json_first(at); one != NULL && result == OST_OK;
                 one = ost_json_next(one)) {
                ost_text given = {0};
                bool gone = ost_json_is(one, OST_JSON_NULL) ||
                            (ost_json_text(one, &given) && text_trim(given).len == 0);
                result =
                    document_put(value, ost_json_name(one), gone ? NULL : one, a->arena, &value);
            }
        }
        if (result == OST_OK)
            result = document_put(*document, name, value, a->arena, document);
    }
    return result;
}

/* Who names an id has to name one that can stand in a URL. */
static bool read_id(admin_call *a, ost_text *ret_id)
{
    const ost_json *given = ost_json_get(a->body, "id");
    if (given == NULL || ost_json_is(given, OST_JSON_NULL)) {
        *ret_id = uuid_text(a->call->provider->context, a->arena);
        return ret_id->data != NULL;
    }
    return ost_json_text(given, ret_id) && ret_id->len > 0 && ret_id->len <= UUID_LEN &&
           text_is_made_of(*ret_id, "-");
}

/* Who may create clients has not the rights of one whose account is called the same. */
static ost_result check_account(admin_call *a, ost_text client_id)
{
    ost_result result = client_account_check(&a->realm, client_id);
    if (result != OST_E_CONFLICT)
        return result;
    return admin_refuse(a, 409, "errorMessage", "An account of this client's name is there");
}

/* A client of a known kind, whom nobody else is called like. */
static ost_result check_new(admin_call *a, const ost_json *document, ost_text id)
{
    ost_text client_id;
    if (!ost_json_text(ost_json_get(document, "clientId"), &client_id) || client_id.len == 0 ||
        client_id.len > 255)
        return admin_refuse(a, 400, "errorMessage", "clientId: missing, empty or too long");
    if (!has_protocol(document))
        return admin_refuse(a, 400, "errorMessage", NO_PROTOCOL);
    if (realm_find_client(a->realm.realm, client_id) != NULL ||
        realm_find_client_by_uuid(a->realm.realm, id) != NULL) {
        char *why = ost_arena_format(a->arena, "Client %.*s already exists", (int)client_id.len,
                                     client_id.data);
        return why != NULL ? admin_refuse(a, 409, "errorMessage", why) : OST_E_MEMORY;
    }
    return realm_document_has_account(document) ? check_account(a, client_id) : OST_OK;
}

ost_result admin_create_client(admin_call *a)
{
    ost_text id;
    const ost_json *document;
    if (!admin_body_of(a, &member_client))
        return OST_OK;
    if (!read_id(a, &id))
        return admin_refuse(a, 400, "errorMessage", "The id is not letters, digits and dashes");
    const char *why = named_setting_of_client(a->realm.realm->document, NULL, a->body, a->arena);
    if (why != NULL)
        return admin_refuse(a, 400, "errorMessage", why);
    ost_result result = begin_client(a, id, &document);
    if (result == OST_OK)
        result = merge(a, &document, a->body);
    if (result == OST_OK)
        result = settle(a, NULL, &document);
    if (result == OST_OK && a->status == 0)
        result = settle_full_scope(a, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    result = check_new(a, document, id);
    if (result == OST_OK && a->status == 0)
        result = store_client(a, NULL, document);
    if (result != OST_OK || a->status != 0)
        return result;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/clients/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 (int)id.len, id.data));
}

ost_result admin_update_client(admin_call *a)
{
    const realm_client *client = named_client(a);
    const ost_json *document, *name;
    if (client == NULL)
        return OST_OK;
    if (!admin_body_of(a, &member_client))
        return OST_OK;
    name = ost_json_get(a->body, "clientId");
    if (name != NULL && !ost_json_is(name, OST_JSON_NULL) &&
        !ost_json_equals(name, text_of(client->client_id)))
        return admin_refuse(a, 501, "error", "A client keeps its client ID");
    document = client->document;
    const char *why =
        named_setting_of_client(a->realm.realm->document, document, a->body, a->arena);
    if (why != NULL)
        return admin_refuse(a, 400, "errorMessage", why);
    ost_result result = merge(a, &document, a->body);
    if (result == OST_OK)
        result = settle(a, client, &document);
    if (result == OST_OK && a->status == 0)
        result = store_client(a, client, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

static ost_result settle_renewal(admin_call *a, const realm_client *client,
                                 const ost_json **document)
{
    const policy_refusal *refusal;
    client_updater updater;
    ost_result result = read_updater(a, &updater);
    if (result == OST_OK)
        result =
            client_proposal_renew(a->realm.realm, client, &updater, a->arena, document, &refusal);
    return result == OST_OK && refusal != NULL
               ? refuse_described(a, refusal->error, refusal->description)
               : result;
}

ost_result admin_renew_secret(admin_call *a)
{
    unsigned char bytes[SECRET_BYTES];
    char text[BASE64URL_LEN(SECRET_BYTES)];
    const realm_client *client = named_client(a);
    const ost_json *document;
    if (client == NULL)
        return OST_OK;
    ost_result result = context_random(a->call->provider->context, bytes, sizeof bytes);
    ost_text secret = {text, base64url_encode(bytes, sizeof bytes, text)};
    if (result == OST_OK)
        result = document_put_secret(client->document, secret, a->arena, &document);
    if (result == OST_OK)
        result = settle_renewal(a, client, &document);
    if (result == OST_OK && a->status == 0)
        result = store_client(a, client, document);
    if (result == OST_OK && a->status == 0)
        result = answer_secret(a, secret);
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
    return result;
}

/* ---- the secret before ---- */

ost_result admin_read_rotated_secret(admin_call *a)
{
    const realm_client *client = named_client(a);
    if (client == NULL)
        return OST_OK;
    ost_text before = client->proof.by_secret.before;
    return before.len > 0 && policy_set_rotates(a->realm.realm->policies)
               ? answer_secret(a, before)
               : admin_refuse(a, 404, "error", "Client does not have a rotated secret");
}

/* It is gone at once, also where nothing lets it count any longer. */
ost_result admin_delete_rotated_secret(admin_call *a)
{
    static const char *const names[] = {SECRET_BEFORE, SECRET_BEFORE_SINCE, SECRET_BEFORE_ENDS};
    const realm_client *client = named_client(a);
    if (client == NULL)
        return OST_OK;
    const ost_json *attributes = ost_json_get(client->document, "attributes");
    const ost_json *document = client->document;
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(names) && result == OST_OK; i++) {
        if (ost_json_get(attributes, names[i]) != NULL)
            result = document_put(attributes, text_of(names[i]), NULL, a->arena, &attributes);
    }
    if (result == OST_OK && attributes != ost_json_get(document, "attributes")) {
        result = document_put(document, OST_TEXT("attributes"), attributes, a->arena, &document);
        if (result == OST_OK)
            result = store_client(a, client, document);
    }
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_delete_client(admin_call *a)
{
    ost_error error = {0};
    const realm_client *client = named_client(a);
    if (client == NULL)
        return OST_OK;
    if (client_is_of_realm(&a->realm, client))
        return refuse_described(a, "invalid_request", "Could not delete client");
    ost_result result = client_end(&a->realm, client, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return admin_answer_done(a);
}
