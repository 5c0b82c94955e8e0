/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a site; see gate_site_tokens.h. */
#include "gate/gate_site_tokens.h"

#include "base/or_default.h"
#include "base/text.h"
#include "login/login_url.h"

#define SCOPE_MAX 1024
#define AUDIENCES_MAX 32
#define AUDIENCE_MAX 256

static ost_result no_memory(ost_error *error)
{
    return ost_error_set(error, OST_E_MEMORY, "out of memory");
}

/* scope-token *( SP scope-token ), of printable ASCII but quotation mark and backslash (RFC 6749
 * §3.3). */
static bool is_scope(ost_text scope)
{
    char before = ' ';
    for (size_t i = 0; i < scope.len; i++) {
        char c = scope.data[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\' || (c == ' ' && before == ' '))
            return false;
        before = c;
    }
    return scope.len <= SCOPE_MAX && before != ' ';
}

static bool signs_in(const gate_site *site)
{
    for (size_t i = 0; i < site->rule_count; i++) {
        if (site->rules[i].login)
            return true;
    }
    return false;
}

static ost_result read_scope(const ost_json *value, ost_arena *arena, size_t number,
                             gate_site *site, ost_error *error)
{
    ost_text scope;
    if (value == NULL)
        return OST_OK;
    if (!ost_json_text(value, &scope) || !is_scope(scope) ||
        !text_list_has(scope, OST_TEXT("openid"))) /* OpenID Connect Core §3.1.2.1 */
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].scope must be scopes with one blank between them, one of "
                             "which is openid, of %d bytes at most",
                             number, SCOPE_MAX);
    site->scope = ost_arena_copy(arena, scope);
    return site->scope != NULL ? OST_OK : no_memory(error);
}

static ost_result read_resource(const ost_json *value, ost_arena *arena, size_t number,
                                gate_site *site, ost_error *error)
{
    ost_text resource;
    if (value == NULL)
        return OST_OK;
    if (!ost_json_text(value, &resource) || !login_url_is_resource(resource))
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].resource must be an absolute URI without a fragment, of "
                             "%d bytes at most",
                             number, LOGIN_RESOURCE_MAX);
    site->resource = ost_arena_copy(arena, resource);
    return site->resource != NULL ? OST_OK : no_memory(error);
}

ost_result gate_site_tokens_narrow(const gate_site *site, ost_arena *arena, size_t number,
                                   gate_rule *rule, ost_error *error)
{
    if (site->audiences == NULL)
        return OST_OK;
    if (rule->policy->audiences != NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].rules[%zu].policy names audiences, and so does the site: "
                             "leave one of them out",
                             number, rule->number);
    ost_policy *policy = ost_arena_alloc(arena, sizeof *policy);
    if (policy == NULL)
        return no_memory(error);
    *policy = *rule->policy;
    policy->audiences = site->audiences;
    rule->policy = policy;
    return OST_OK;
}

static ost_result read_audiences(const ost_json *value, ost_arena *arena, size_t number,
                                 gate_site *site, ost_error *error)
{
    size_t count = ost_json_count(value), at = 0;
    if (value == NULL)
        return OST_OK;
    if (!ost_json_is(value, OST_JSON_ARRAY) || count == 0 || count > AUDIENCES_MAX)
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].audiences must be a list of 1 to %d audiences", number,
                             AUDIENCES_MAX);
    const char **audiences = ost_arena_alloc(arena, (count + 1) * sizeof *audiences);
    if (audiences == NULL)
        return no_memory(error);
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        ost_text name;
        if (!ost_json_text(one, &name) || name.len == 0 || name.len > AUDIENCE_MAX)
            return ost_error_set(error, OST_E_CONFIG,
                                 "sites[%zu].audiences[%zu] must be a text of 1 to %d bytes",
                                 number, at, AUDIENCE_MAX);
        if ((audiences[at++] = ost_arena_copy(arena, name)) == NULL)
            return no_memory(error);
    }
    site->audiences = audiences;
    return OST_OK;
}

ost_result gate_site_tokens_read(const ost_json *value, ost_arena *arena, size_t number,
                                 gate_site *site, ost_error *error)
{
    ost_result result = read_scope(ost_json_get(value, "scope"), arena, number, site, error);
    if (result == OST_OK)
        result = read_resource(ost_json_get(value, "resource"), arena, number, site, error);
    if (result == OST_OK)
        result = read_audiences(ost_json_get(value, "audiences"), arena, number, site, error);
    return result;
}

ost_result gate_site_tokens_agree(const gate_rules *rules, size_t number, const gate_site *site,
                                  ost_error *error)
{
    if ((site->scope != NULL || site->resource != NULL) && !signs_in(site))
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].%s is what its logins ask for, and none of its rules has "
                             "\"login\"",
                             number, site->scope != NULL ? "scope" : "resource");
    for (size_t i = 0; i < rules->site_count; i++) {
        const gate_site *other = &rules->sites[i];
        bool shares =
            site->cookie_domain.len > 0 && text_equal(site->cookie_domain, other->cookie_domain);
        if (shares && (!same_string(site->scope, other->scope) ||
                       !same_string(site->resource, other->resource)))
            return ost_error_set(
                error, OST_E_CONFIG,
                "sites[%zu] and sites[%zu] share sessions (cookie_domain): \"scope\" "
                "and \"resource\" must be the same, for a session has the tokens of "
                "one login",
                i, number);
    }
    return OST_OK;
}
