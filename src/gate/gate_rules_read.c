/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the rules file. Strict: what is not understood might have been a condition. Every refusal
 * names its place. */
#include <stdio.h>
#include <string.h>

#include "app/config/origin.h"
#include "base/ascii.h"
#include "base/json/json_file.h"
#include "base/text.h"
#include "gate/gate_client.h"
#include "gate/gate_fields_read.h"
#include "gate/gate_path.h"
#include "gate/gate_rules.h"
#include "gate/gate_site_tokens.h"
#include "login/login_place.h"

#define PATH_MAX_LEN 1024
#define METHOD_MAX_LEN 32

/* One file on its way. */
typedef struct reading {
    ost_arena *arena;
    ost_error *error;
    size_t site;
    const gate_site *of; /* the site whose rules are read */
} reading;

static ost_result no_memory(const reading *r)
{
    return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
}

/* ---- one rule ---- */

static ost_result wrong_rule(const reading *r, size_t number, const char *member, const char *what)
{
    return ost_error_set(r->error, OST_E_CONFIG, "sites[%zu].rules[%zu]%s%s %s", r->site, number,
                         member[0] != '\0' ? "." : "", member, what);
}

static bool has_control(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            return true;
    }
    return false;
}

/* Both readings of it, the loose one into rule->loose; NULL, or why it is no rule's. */
static const char *judge_path(const reading *r, ost_text path, gate_rule *rule)
{
    const char *why = gate_path_check(path);
    rule->loose = gate_path_loose(path, r->arena);
    if (why == NULL && (has_control(path) || text_find(path, '?', 0) < path.len ||
                        text_find(path, '#', 0) < path.len))
        why = "a path without query, fragment and control characters is expected";
    return why != NULL || rule->loose.data == NULL ? why : gate_path_check_loose(rule->loose);
}

static ost_result read_path(const reading *r, const ost_json *value, const char *member,
                            gate_rule *rule)
{
    ost_text path;
    if (!ost_json_text(value, &path) || path.len == 0 || path.len > PATH_MAX_LEN)
        return wrong_rule(r, rule->number, member, "must be a path of 1 to 1024 bytes");
    const char *why = judge_path(r, path, rule);
    if (why != NULL)
        return ost_error_set(r->error, OST_E_CONFIG, "sites[%zu].rules[%zu].%s is not accepted: %s",
                             r->site, rule->number, member, why);
    if (!rule->is_exact && path.len > 1 && text_ends(path, "/"))
        return wrong_rule(r, rule->number, member,
                          "ends with a slash: leave it out, for the path itself belongs to what is "
                          "below it");
    rule->path = text_of(ost_arena_copy(r->arena, path));
    return rule->path.data != NULL && rule->loose.data != NULL ? OST_OK : no_memory(r);
}

static ost_result read_place(const reading *r, const ost_json *value, gate_rule *rule)
{
    const ost_json *path = ost_json_get(value, "path"), *prefix = ost_json_get(value, "prefix");
    if ((path == NULL) == (prefix == NULL))
        return wrong_rule(r, rule->number, "", "needs one of \"path\" and \"prefix\"");
    rule->is_exact = path != NULL;
    return path != NULL ? read_path(r, path, "path", rule) : read_path(r, prefix, "prefix", rule);
}

static bool is_method(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!((c >= 'A' && c <= 'Z') || c == '-'))
            return false;
    }
    return text.len > 0 && text.len <= METHOD_MAX_LEN;
}

static ost_result read_methods(const reading *r, const ost_json *value, gate_rule *rule)
{
    size_t count = ost_json_count(value), at = 0;
    if (value == NULL)
        return OST_OK;
    if (!ost_json_is(value, OST_JSON_ARRAY) || count == 0 || count > GATE_METHODS_MAX)
        return wrong_rule(r, rule->number, "methods", "must be a list of 1 to 32 methods");
    const char **methods = ost_arena_alloc(r->arena, (count + 1) * sizeof *methods);
    if (methods == NULL)
        return no_memory(r);
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        ost_text text;
        if (!ost_json_text(one, &text) || !is_method(text))
            return wrong_rule(r, rule->number, "methods",
                              "has an entry that is no method in capital letters");
        methods[at] = ost_arena_copy(r->arena, text);
        if (methods[at++] == NULL)
            return no_memory(r);
    }
    rule->methods = methods;
    return OST_OK;
}

static ost_result read_switch(const reading *r, const ost_json *value, const char *member,
                              size_t number, bool *ret)
{
    const ost_json *given = ost_json_get(value, member);
    if (given != NULL && !ost_json_boolean(given, ret))
        return wrong_rule(r, number, member, "must be true or false");
    return OST_OK;
}

static ost_result read_policy(const reading *r, const ost_json *value, gate_rule *rule)
{
    ost_error why = {0};
    if (value == NULL)
        return OST_OK;
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return wrong_rule(r, rule->number, "policy", "must be an object");
    ost_result result = ost_policy_read(ost_json_source(value), r->arena, &rule->policy, &why);
    if (result == OST_E_MEMORY)
        return no_memory(r);
    if (result != OST_OK)
        return ost_error_set(r->error, OST_E_CONFIG, "sites[%zu].rules[%zu].policy: %s", r->site,
                             rule->number, why.detail);
    if (rule->policy->open)
        return wrong_rule(r, rule->number, "policy", "is open: say \"public\": true instead");
    return gate_site_tokens_narrow(r->of, r->arena, r->site, rule, r->error);
}

/* Nothing about who may come in is never "anyone". */
static ost_result read_access(const reading *r, const ost_json *value, gate_rule *rule)
{
    bool public = false, denied = false;
    ost_result result = read_switch(r, value, "public", rule->number, &public);
    if (result == OST_OK)
        result = read_switch(r, value, "deny", rule->number, &denied);
    if (result == OST_OK)
        result = read_switch(r, value, "login", rule->number, &rule->login);
    if (result == OST_OK)
        result = read_switch(r, value, "token", rule->number, &rule->token);
    if (result == OST_OK)
        result = read_policy(r, ost_json_get(value, "policy"), rule);
    if (result != OST_OK)
        return result;
    if (public + denied + (rule->policy != NULL) != 1)
        return wrong_rule(r, rule->number, "",
                          "needs one of \"policy\", \"public\": true and \"deny\": true");
    if (rule->policy == NULL && (rule->login || rule->token))
        return wrong_rule(r, rule->number, "", "has \"login\" or \"token\" and no \"policy\"");
    rule->access = public ? GATE_PUBLIC : denied ? GATE_DENIED : GATE_GUARDED;
    return OST_OK;
}

static ost_result check_members(const reading *r, const ost_json *value, const char *const *known,
                                const char *place)
{
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return ost_error_set(r->error, OST_E_CONFIG, "%s must be an object", place);
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        ost_text name = ost_json_name(one);
        if (!text_is_one_of(name, known))
            return ost_error_set(r->error, OST_E_CONFIG, "%s%s%.*s is unknown", place,
                                 place[0] != '\0' ? "." : "", (int)(name.len < 64 ? name.len : 64),
                                 name.data);
    }
    return OST_OK;
}

static ost_result read_rule(const reading *r, const ost_json *value, gate_rule *rule)
{
    static const char *const known[] = {"path",   "prefix", "methods", "public", "deny",
                                        "policy", "login",  "token",   NULL};
    char place[64];
    snprintf(place, sizeof place, "sites[%zu].rules[%zu]", r->site, rule->number);
    ost_result result = check_members(r, value, known, place);
    if (result == OST_OK)
        result = read_place(r, value, rule);
    if (result == OST_OK)
        result = read_methods(r, ost_json_get(value, "methods"), rule);
    return result == OST_OK ? read_access(r, value, rule) : result;
}

/* ---- one site ---- */

/* A rule that no request reaches was meant to be somewhere else. */
static ost_result check_order(const reading *r, const gate_rule *rules, size_t count)
{
    for (size_t later = 1; later < count; later++) {
        for (size_t earlier = 0; earlier < later; earlier++) {
            if (gate_rules_hides(&rules[earlier], &rules[later]))
                return ost_error_set(r->error, OST_E_CONFIG,
                                     "sites[%zu].rules[%zu] is never reached: rules[%zu] comes "
                                     "first",
                                     r->site, later, earlier);
        }
    }
    return OST_OK;
}

static ost_result read_rules(const reading *r, const ost_json *value, gate_site *site)
{
    size_t count = ost_json_count(value), at = 0;
    if (!ost_json_is(value, OST_JSON_ARRAY) || count > GATE_RULES_MAX)
        return ost_error_set(r->error, OST_E_CONFIG,
                             "sites[%zu].rules must be a list of at most %d rules", r->site,
                             GATE_RULES_MAX);
    gate_rule *rules = ost_arena_alloc(r->arena, (count + 1) * sizeof *rules);
    if (rules == NULL)
        return no_memory(r);
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one), at++) {
        rules[at].number = at;
        ost_result result = read_rule(r, one, &rules[at]);
        if (result != OST_OK)
            return result;
        site->reads_paths |= rules[at].is_exact || !text_is(rules[at].path, "/");
        site->reads_methods |= rules[at].methods != NULL;
    }
    site->rules = rules;
    site->rule_count = count;
    return check_order(r, rules, count);
}

static ost_result read_origin(const reading *r, const ost_json *value, gate_site *site)
{
    ost_text given, origin;
    if (!ost_json_text(value, &given) || origin_read(given, &origin) != OST_OK)
        return ost_error_set(r->error, OST_E_CONFIG,
                             "sites[%zu].origin must be an origin such as https://app.example.org, "
                             "in lower case and without a path",
                             r->site);
    site->origin = text_of(ost_arena_copy(r->arena, origin));
    site->authority =
        text_slice(site->origin, text_find(site->origin, '/', 0) + 2, site->origin.len);
    return site->origin.data != NULL ? OST_OK : no_memory(r);
}

/* Every host of the domain is sent the session. A public suffix is not told from a domain here:
 * browsers refuse such a cookie. */
static ost_result read_cookie_domain(const reading *r, const ost_json *value, gate_site *site)
{
    ost_text domain;
    if (value == NULL)
        return OST_OK;
    ost_text last = site->authority;
    for (size_t dot; (dot = text_find(last, '.', 0)) < last.len;)
        last = text_slice(last, dot + 1, last.len);
    bool address = last.len > 0 && (last.data[0] == '[' || ascii_is_digit(last.data[0]));
    const login_place place = {
        .base = site->origin,
        .domain = ost_json_text(value, &domain) ? domain : (ost_text){0},
    };
    if (address || place.domain.len == 0 || text_find(place.domain, '.', 0) == place.domain.len ||
        !login_place_is_good(&place))
        return ost_error_set(r->error, OST_E_CONFIG,
                             "sites[%zu].cookie_domain must be a domain of two labels or more and "
                             "at most %d bytes that the host of the origin belongs to, which must "
                             "be https",
                             r->site, LOGIN_DOMAIN_MAX);
    site->cookie_domain = text_of(ost_arena_copy(r->arena, place.domain));
    return site->cookie_domain.data != NULL ? OST_OK : no_memory(r);
}

static ost_result read_site(const reading *r, const ost_json *value, gate_site *site)
{
    static const char *const known[] = {"origin",   "cookie_domain", "client", "scope",
                                        "resource", "audiences",     "rules",  NULL};
    char place[32];
    snprintf(place, sizeof place, "sites[%zu]", r->site);
    ost_result result = check_members(r, value, known, place);
    if (result == OST_OK)
        result = read_origin(r, ost_json_get(value, "origin"), site);
    if (result == OST_OK)
        result = read_cookie_domain(r, ost_json_get(value, "cookie_domain"), site);
    if (result == OST_OK)
        result = gate_client_read(ost_json_get(value, "client"), r->arena, r->site, site, r->error);
    if (result == OST_OK)
        result = gate_site_tokens_read(value, r->arena, r->site, site, r->error);
    return result == OST_OK ? read_rules(r, ost_json_get(value, "rules"), site) : result;
}

/* One authority is of one site: "h:443" is that of https://h and of http://h:443. */
static bool is_there(const gate_rules *rules, const gate_site *site)
{
    const gate_rules alone = {.sites = site, .site_count = 1};
    bool found = gate_rules_site(rules, site->authority) != NULL;
    for (size_t i = 0; i < rules->site_count; i++)
        found |= gate_rules_site(&alone, rules->sites[i].authority) != NULL;
    return found;
}

static ost_result read_sites(reading *r, const ost_json *value, gate_rules *rules)
{
    size_t count = ost_json_count(value);
    if (!ost_json_is(value, OST_JSON_ARRAY) || count > GATE_SITES_MAX)
        return ost_error_set(r->error, OST_E_CONFIG, "sites must be a list of at most %d sites",
                             GATE_SITES_MAX);
    gate_site *sites = ost_arena_alloc(r->arena, (count + 1) * sizeof *sites);
    if (sites == NULL)
        return no_memory(r);
    rules->sites = sites;
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        gate_site *site = &sites[r->site];
        r->of = site;
        ost_result result = read_site(r, one, site);
        if (result != OST_OK)
            return result;
        if (is_there(rules, site))
            return ost_error_set(r->error, OST_E_CONFIG,
                                 "sites[%zu].origin: there is a site of that host and port already",
                                 r->site);
        result = gate_site_tokens_agree(rules, r->site, site, r->error);
        if (result == OST_OK)
            result = gate_client_agree(rules, r->site, site, r->error);
        if (result != OST_OK)
            return result;
        for (size_t i = 0; i < site->rule_count; i++)
            rules->logs_in |= site->rules[i].login;
        rules->site_count = ++r->site;
    }
    return OST_OK;
}

/* ---- all of it ---- */

ost_result gate_rules_read(ost_text json, ost_arena *arena, const gate_rules **ret_rules,
                           ost_error *error)
{
    static const char *const known[] = {"sites", "headers", NULL};
    reading r = {.arena = arena, .error = error};
    const ost_json *value;
    gate_rules *rules = ost_arena_alloc(arena, sizeof *rules);
    if (rules == NULL)
        return no_memory(&r);
    ost_error why = {0};
    ost_result result = json_file_read(json, NULL, arena, &value, &why);
    if (result == OST_E_MEMORY)
        return no_memory(&r);
    if (result != OST_OK)
        return ost_error_set(error, OST_E_CONFIG, "not JSON: %s",
                             why.detail[0] != '\0' ? why.detail : ost_result_sentence(result));
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_CONFIG, "the rules must be an object");
    result = check_members(&r, value, known, "");
    if (result == OST_OK)
        result = read_sites(&r, ost_json_get(value, "sites"), rules);
    if (result == OST_OK)
        result = gate_fields_read(ost_json_get(value, "headers"), arena, rules, error);
    if (result == OST_OK)
        *ret_rules = rules;
    return result;
}
