/* SPDX-License-Identifier: Apache-2.0 */
/* What is against a client that registers by its representation; see representation.h. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/file/master_document.h"
#include "provider/proof/attribute.h"
#include "provider/registration/metadata_member.h"
#include "provider/registration/representation.h"

#define ID_MAX 255

/* ---- the name ---- */

/* Programs and rights of the realm go by these, also where somebody has taken them out. */
static const char *const built_in[] = {"account", "account-console",  "admin-cli",
                                       "broker",  "realm-management", "security-admin-console",
                                       NULL};

static bool is_plain(ost_text id)
{
    for (size_t i = 0; i < id.len; i++) {
        if ((unsigned char)id.data[i] < 0x20 || id.data[i] == 0x7f)
            return false;
    }
    return id.len > 0 && id.len <= ID_MAX && text_is_utf8(id);
}

/* Accounts of clients are named without regard to case, so that two would share one. */
static bool is_in_use(const realm *r, ost_text id)
{
    for (size_t i = 0; i < r->client_count; i++) {
        if (text_equal_ignoring_case(text_of(r->clients[i]->client_id), id))
            return true;
    }
    return false;
}

bool representation_check_id(call *c, const registration_draft *d, const realm *r, ost_text id)
{
    bool of_master = text_is(text_of(r->name), MASTER_REALM) && master_client_realm(id).len > 0;
    if (!is_plain(id) || (d->anonymous && !text_is_made_of(id, "-._~")))
        return metadata_refuse(c, "clientId: empty, too long or with letters that it may not have");
    if (is_in_use(r, id) || of_master || text_is_one_of(id, built_in))
        return metadata_refuse(c, "Client Identifier in use");
    /* One that describes itself there would be taken for this one. */
    return !r->client_documents || !text_starts(id, "https://") ||
           metadata_refuse(c, "clientId: the address of a document is its own client");
}

/* ---- addresses ---- */

static bool has_illegal_scheme(ost_text uri)
{
    static const char *const illegal[] = {"javascript", "data",  "vbscript",
                                          "file",       "about", "blob"};
    ost_text scheme = text_trim(text_slice(uri, 0, text_find(uri, ':', 0)));
    for (size_t i = 0; i < ARRAY_LEN(illegal) && scheme.len < uri.len; i++) {
        if (text_equal_ignoring_case(scheme, text_of(illegal[i])))
            return true;
    }
    return false;
}

static bool has_bad_byte(ost_text uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        if ((unsigned char)uri.data[i] <= 0x20 || uri.data[i] == 0x7f)
            return true;
    }
    return uri.len > METADATA_URI_MAX;
}

static bool check_redirects(call *c, const ost_json *list)
{
    const char *why = NULL;
    ost_text uri;
    for (const ost_json *at = ost_json_first(list); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (!ost_json_text(at, &uri) || has_bad_byte(uri))
            why = "Invalid redirect URI";
        else if (has_illegal_scheme(uri))
            why = "A redirect URI uses an illegal scheme";
        else if (text_find(uri, '#', 0) < uri.len)
            why = "Redirect URIs must not contain an URI fragment";
    }
    return why == NULL || call_refuse(c, 400, "invalid_redirect_uri", why);
}

static bool check_addresses(call *c, const ost_json *document)
{
    static const struct {
        const char *member, *title;
    } single[] = {{"rootUrl", "Root URL"}, {"baseUrl", "Base URL"}, {"adminUrl", "Admin URL"}};
    ost_text uri;
    for (size_t i = 0; i < ARRAY_LEN(single); i++) {
        if (!ost_json_text(ost_json_get(document, single[i].member), &uri))
            continue;
        if (has_illegal_scheme(uri))
            return metadata_refuse(c, call_format(c, "%s uses an illegal scheme", single[i].title));
        if (has_bad_byte(uri))
            return metadata_refuse(c, call_format(c, "%s is not a valid URL", single[i].title));
    }
    return check_redirects(c, ost_json_get(document, "redirectUris"));
}

/* ---- a stranger's addresses are of hosts that the realm trusts ---- */

/* What begins with a slash stands below the root URL, which is looked at itself. */
static bool add_address(call *c, client_metadata *m, const ost_json *at, bool rooted)
{
    ost_text uri;
    if (!ost_json_text(at, &uri) || uri.len == 0 || text_is(uri, "+") ||
        (rooted && text_starts(uri, "/")))
        return true;
    if (m->redirect_count == METADATA_URIS_MAX)
        return metadata_refuse(c, "The client has too many addresses");
    m->redirect_uris[m->redirect_count++] = uri;
    return true;
}

static bool add_addresses(call *c, client_metadata *m, const ost_json *list, bool rooted)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!add_address(c, m, at, rooted))
            return false;
    }
    return true;
}

static bool add_logouts(call *c, client_metadata *m, ost_text all)
{
    ost_text uri;
    while (attribute_next(&all, &uri)) {
        if (text_is(uri, "+"))
            continue;
        if (m->post_logout_count == METADATA_URIS_MAX)
            return metadata_refuse(c, "The client has too many addresses");
        m->post_logout_uris[m->post_logout_count++] = uri;
    }
    return true;
}

static bool check_hosts(call *c, const ost_json *document, bool is_new)
{
    registration_policy ignored;
    client_metadata m = {.logo_uri = attribute_text(document, "logoUri"),
                         .policy_uri = attribute_text(document, "policyUri"),
                         .tos_uri = attribute_text(document, "tosUri"),
                         .jwks_uri = attribute_text(document, "jwks.url")};
    ost_text root = {0};
    bool rooted = ost_json_text(ost_json_get(document, "rootUrl"), &root) && root.len > 0;
    m.logout.back_uri = attribute_text(document, "backchannel.logout.url");
    m.logout.front_uri = attribute_text(document, "frontchannel.logout.url");
    return add_address(c, &m, ost_json_get(document, "rootUrl"), false) &&
           add_address(c, &m, ost_json_get(document, "baseUrl"), rooted) &&
           add_address(c, &m, ost_json_get(document, "adminUrl"), rooted) &&
           add_addresses(c, &m, ost_json_get(document, "redirectUris"), rooted) &&
           add_addresses(c, &m, ost_json_get(document, "webOrigins"), false) &&
           add_logouts(c, &m, attribute_text(document, "post.logout.redirect.uris")) &&
           registration_policy_check(c, &m, is_new, &ignored);
}

/* ---- client scopes ---- */

static bool has_scope(const realm_scope *const *scopes, ost_text name)
{
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        if (text_is(name, scopes[i]->name))
            return true;
    }
    return false;
}

static bool is_allowed_scope(call *c, bool anonymous, const realm_client *existing, ost_text name)
{
    const ost_json *config = registration_policy_config(c, "allowed-client-templates", anonymous);
    const ost_json *document = c->realm->document;
    return json_list_has(ost_json_get(document, "defaultDefaultClientScopes"), name) ||
           json_list_has(ost_json_get(document, "defaultOptionalClientScopes"), name) ||
           json_list_has(ost_json_get(config, "allowed-client-scopes"), name) ||
           (existing != NULL && (has_scope(existing->default_scopes, name) ||
                                 has_scope(existing->optional_scopes, name)));
}

static bool check_scopes(call *c, const registration_draft *d, const realm_client *existing,
                         const ost_json *names)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &name) || !is_allowed_scope(c, d->anonymous, existing, name))
            return call_refuse(c, 403, "insufficient_scope",
                               "Policy 'Allowed Client Scopes' rejected request to "
                               "client-registration service. Details: Not permitted to use "
                               "specified clientScope");
    }
    return true;
}

bool representation_check(call *c, const registration_draft *d, const realm_client *existing,
                          const ost_json *document)
{
    const ost_json *before =
        existing != NULL ? ost_json_get(existing->document, "protocolMappers") : NULL;
    return check_addresses(c, document) &&
           (!d->anonymous || check_hosts(c, document, existing == NULL)) &&
           check_scopes(c, d, existing, ost_json_get(document, "defaultClientScopes")) &&
           check_scopes(c, d, existing, ost_json_get(document, "optionalClientScopes")) &&
           representation_check_mappers(c, d->anonymous, before,
                                        ost_json_get(document, "protocolMappers"));
}
