/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the rule of a request; see gate_rules.h. */
#include "gate/gate_rules.h"

#include <string.h>

#include "base/text.h"
#include "gate/gate_path.h"

static bool is_authority(const gate_site *site, ost_text authority)
{
    const char *port = text_starts(site->origin, "https://") ? ":443" : ":80";
    if (text_ends(authority, port) && !text_ends(site->authority, port))
        authority.len -= strlen(port);
    return text_equal(site->authority, authority);
}

const gate_site *gate_rules_site(const gate_rules *rules, ost_text authority)
{
    for (size_t i = 0; i < rules->site_count; i++) {
        if (is_authority(&rules->sites[i], authority))
            return &rules->sites[i];
    }
    return NULL;
}

/* A server that has GET has HEAD too (RFC 9110 §9.3.2). */
static bool has_method(const gate_rule *rule, ost_text method)
{
    if (rule->methods == NULL)
        return true;
    if (text_is(method, "HEAD") && text_is_one_of(OST_TEXT("GET"), rule->methods))
        return true;
    return text_is_one_of(method, rule->methods);
}

/* Whole segments: "/admin" has "/admin/users" below it, and not "/administration". */
static bool is_below(ost_text path, ost_text prefix)
{
    return path.len >= prefix.len && text_equal(text_slice(path, 0, prefix.len), prefix) &&
           (path.len == prefix.len || path.data[prefix.len] == '/');
}

static bool has_path(const gate_rule *rule, ost_text path)
{
    if (rule->is_exact)
        return text_equal(path, rule->path);
    return text_is(rule->path, "/") || is_below(path, rule->path);
}

static bool has_loose_path(const gate_rule *rule, ost_text loose)
{
    return rule->is_exact ? text_equal(loose, rule->loose) : is_below(loose, rule->loose);
}

const gate_rule *gate_rules_find(const gate_site *site, ost_text method, ost_text path,
                                 ost_arena *arena, const char **ret_why)
{
    const gate_rule *strict = NULL, *forgiving = NULL;
    ost_text loose = gate_path_loose(path, arena);
    *ret_why = "out of memory";
    if (loose.data == NULL)
        return NULL;
    *ret_why = gate_path_check_loose(loose);
    if (*ret_why != NULL)
        return NULL;
    for (size_t i = 0; i < site->rule_count && (strict == NULL || forgiving == NULL); i++) {
        const gate_rule *rule = &site->rules[i];
        if (!has_method(rule, method))
            continue;
        if (strict == NULL && has_path(rule, path))
            strict = rule;
        if (forgiving == NULL && has_loose_path(rule, loose))
            forgiving = rule;
    }
    *ret_why = strict == NULL ? "no rule is about it"
                              : "another rule is about it without regard to case, wide letters, a "
                                "slash at its end or an encoded '?'";
    return strict == forgiving ? strict : NULL;
}

static bool hides_methods(const gate_rule *earlier, const gate_rule *later)
{
    if (earlier->methods == NULL)
        return true;
    if (later->methods == NULL)
        return false;
    for (const char *const *method = later->methods; *method != NULL; method++) {
        if (!has_method(earlier, text_of(*method)))
            return false;
    }
    return true;
}

bool gate_rules_hides(const gate_rule *earlier, const gate_rule *later)
{
    if (earlier->is_exact && !later->is_exact)
        return false;
    return has_path(earlier, later->path) && hides_methods(earlier, later);
}
