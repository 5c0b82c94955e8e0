/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer of many tenants; see tenants.h. The rule is Microsoft's, for applications that use the
 * metadata that no tenant owns: the id is a UUID, `iss` is the issuer's name with the `tid` in it,
 * and a key whose entry names an issuer verifies that one's tokens alone. */
#include "guard/tenants.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/context.h"
#include "base/shown.h"
#include "base/text.h"

static const ost_text placeholder = OST_TEXT_INIT("{tenantid}");

/* Where it stands; the length of the text: nowhere. */
static size_t find_placeholder(ost_text text)
{
    for (size_t at = text_find(text, '{', 0); at < text.len; at = text_find(text, '{', at + 1)) {
        if (text_equal(text_slice(text, at, placeholder.len), placeholder))
            return at;
    }
    return text.len;
}

bool tenants_are_named(ost_text issuer)
{
    return find_placeholder(issuer) < issuer.len;
}

static bool is_hex(char c, bool lower_only)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f') || (!lower_only && c >= 'A' && c <= 'F');
}

/* A UUID (RFC 9562 §4), in lower case as Entra writes it. */
static bool is_id(ost_text text, bool lower_only)
{
    for (size_t i = 0; i < text.len; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text.data[i] != '-' : !is_hex(text.data[i], lower_only))
            return false;
    }
    return text.len == TENANT_ID;
}

/* ---- configuration ---- */

static ost_result tenants_refuse(const ost_issuer *config, const char *what, ost_error *error)
{
    return ost_error_set(error, OST_E_CONFIG, "issuer %.100s: %s", config->issuer, what);
}

static ost_result check_config(const ost_issuer *config, bool many, ost_error *error)
{
    ost_text name = text_of(config->issuer);
    ost_text rest = text_slice(name, find_placeholder(name) + placeholder.len, name.len);
    if (!many && (config->tenant_count > 0 || config->any_tenant))
        return tenants_refuse(config, "tenants go with {tenantid} in its name", error);
    if (!many)
        return OST_OK;
    if (tenants_are_named(rest))
        return tenants_refuse(config, "{tenantid} may stand there once", error);
    if (config->any_tenant ? config->tenant_count > 0 : config->tenant_count == 0)
        return tenants_refuse(config, "name the tenants that may come in, or else any tenant",
                              error);
    if (config->tenant_count > TENANTS_MAX)
        return tenants_refuse(config, "at most 256 tenants", error);
    if (config->discovery_url == NULL && config->jwks_url == NULL)
        return tenants_refuse(
            config, "with {tenantid} in its name, say where the discovery document is", error);
    const ost_introspection *asked = &config->introspection;
    if (config->hmac_secret.len > 0 || asked->client_id != NULL || asked->no_keys ||
        config->status_lists.origin_count > 0)
        return tenants_refuse(
            config, "neither secrets nor introspection nor status lists go with tenants", error);
    return OST_OK;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, TENANT_ID);
}

static ost_result copy_ids(const ost_issuer *config, tenants *of, ost_error *error)
{
    if (config->tenant_count == 0)
        return OST_OK;
    of->ids = memory_alloc(config->tenant_count * sizeof *of->ids);
    if (of->ids == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (; of->count < config->tenant_count; of->count++) {
        const char *id = config->tenants != NULL ? config->tenants[of->count] : NULL;
        if (id == NULL || !is_id(text_of(id), false))
            return ost_error_set(error, OST_E_CONFIG,
                                 "issuer %.100s: \"%.40s\" is not the id of a tenant, a UUID",
                                 config->issuer, id != NULL ? id : "");
        for (size_t i = 0; i < TENANT_ID; i++)
            of->ids[of->count][i] =
                (char)(id[i] >= 'A' && id[i] <= 'F' ? id[i] + ('a' - 'A') : id[i]);
    }
    qsort(of->ids, of->count, sizeof *of->ids, compare);
    return OST_OK;
}

ost_result tenants_init(const ost_issuer *config, tenants *ret_tenants, ost_error *error)
{
    tenants made = {.many = tenants_are_named(text_of(config->issuer)), .any = config->any_tenant};
    ost_result result = check_config(config, made.many, error);
    if (result == OST_OK)
        result = copy_ids(config, &made, error);
    if (result != OST_OK) {
        tenants_clear(&made);
        return result;
    }
    *ret_tenants = made;
    return OST_OK;
}

void tenants_clear(tenants *of)
{
    memory_free(of->ids);
    of->ids = NULL;
    of->count = 0;
}

/* ---- tokens ---- */

/* The name, with the id in the placeholder's stead, is the other name. */
static bool becomes(ost_text name, ost_text id, ost_text other)
{
    size_t at = find_placeholder(name);
    if (at == name.len)
        return text_equal(name, other);
    ost_text end = text_slice(name, at + placeholder.len, name.len);
    return other.len == at + id.len + end.len &&
           text_equal(text_slice(other, 0, at), text_slice(name, 0, at)) &&
           text_equal(text_slice(other, at, id.len), id) &&
           text_equal(text_slice(other, at + id.len, other.len), end);
}

static bool may_come_in(const tenants *of, ost_text id)
{
    return of->any || (of->count > 0 &&
                       bsearch(id.data, of->ids, of->count, sizeof *of->ids, compare) != NULL);
}

ost_result tenants_check(const tenants *of, const char *name, ost_text iss, const ost_json *tid,
                         ost_error *error)
{
    ost_text id;
    if (!ost_json_text(tid, &id) || !is_id(id, true))
        return ost_error_set(error, OST_E_ISSUER,
                             "expected a tenant of issuer \"%.64s\", the token's tid is no UUID",
                             name);
    if (!becomes(text_of(name), id, iss))
        return ost_error_set(error, OST_E_ISSUER,
                             "expected issuer \"%.64s\" of tenant %.*s, the token names \"%.*s\"",
                             name, SHOWN(id, TENANT_ID), SHOWN(iss, 90));
    if (!may_come_in(of, id))
        return ost_error_set(error, OST_E_ISSUER, "tenant %.*s is not in the list",
                             SHOWN(id, TENANT_ID));
    return OST_OK;
}

ost_result tenants_check_key(const char *key_issuer, ost_text iss, const ost_json *tid,
                             ost_error *error)
{
    ost_text id;
    if (key_issuer == NULL)
        return OST_OK;
    if (ost_json_text(tid, &id) && is_id(id, true) && becomes(text_of(key_issuer), id, iss))
        return OST_OK;
    return ost_error_set(error, OST_E_ISSUER,
                         "the key signs for issuer \"%.90s\" alone, the token names \"%.*s\"",
                         key_issuer, SHOWN(iss, 90));
}
