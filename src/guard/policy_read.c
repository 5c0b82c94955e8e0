/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as JSON; see ost_policy_read in <ostiary/policy.h>. Strict: what is not understood might
 * have been a condition. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/json/json_file.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/claim_rule.h"

#define POLICY_MAX ((size_t)64 << 10)
#define LIST_MAX 64
#define AGE_MAX ((int64_t)1 << 31)

/* One policy on its way. */
typedef struct reading {
    ost_arena *arena;
    ost_policy *policy;
    ost_error *error;
} reading;

static ost_result wrong(const reading *r, const char *member, const char *what)
{
    return ost_error_set(r->error, OST_E_CONFIG, "the policy's \"%s\" %s", member, what);
}

static ost_result no_memory(const reading *r)
{
    return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
}

/* A text of 1 to CLAIM_RULE_VALUE_MAX bytes, as a string of its own. */
static ost_result read_string(const reading *r, const char *member, const ost_json *value,
                              const char **ret)
{
    ost_text text;
    if (!ost_json_text(value, &text) || text.len == 0 || text.len > CLAIM_RULE_VALUE_MAX)
        return wrong(r, member, "must be a text of 1 to 256 bytes");
    const char *copy = ost_arena_copy(r->arena, text);
    if (copy == NULL)
        return no_memory(r);
    *ret = copy;
    return OST_OK;
}

/* ---- lists ---- */

typedef struct list_member {
    const char *name;
    size_t offset;
    bool words; /* no entry may hold a space: it would never be found (RFC 6749 §3.3) */
    bool colon; /* "client:role" */
} list_member;

static const list_member lists[] = {
    {"scopes", offsetof(ost_policy, scopes), true, false},
    {"any_scopes", offsetof(ost_policy, any_scopes), true, false},
    {"realm_roles", offsetof(ost_policy, realm_roles), false, false},
    {"any_realm_roles", offsetof(ost_policy, any_realm_roles), false, false},
    {"client_roles", offsetof(ost_policy, client_roles), false, true},
    {"any_client_roles", offsetof(ost_policy, any_client_roles), false, true},
    {"clients", offsetof(ost_policy, clients), false, false},
    {"audiences", offsetof(ost_policy, audiences), false, false},
    {"acr_values", offsetof(ost_policy, acr_values), true, false},
};

static ost_result check_list(const reading *r, const char *member, const ost_json *value)
{
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return wrong(r, member, "must be a list");
    if (ost_json_count(value) == 0 || ost_json_count(value) > LIST_MAX)
        return wrong(r, member, "must have 1 to 64 entries");
    return OST_OK;
}

static ost_result read_list(const reading *r, const list_member *member, const ost_json *value)
{
    ost_result result = check_list(r, member->name, value);
    if (result != OST_OK)
        return result;
    const char **list = ost_arena_alloc(r->arena, (ost_json_count(value) + 1) * sizeof *list);
    if (list == NULL)
        return no_memory(r);
    size_t count = 0;
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        result = read_string(r, member->name, at, &list[count]);
        if (result != OST_OK)
            return result;
        if (member->words && strchr(list[count], ' ') != NULL)
            return wrong(r, member->name, "has an entry with a space");
        if (member->colon && strchr(list[count], ':') == NULL)
            return wrong(r, member->name, "has an entry that is not \"client:role\"");
        count++;
    }
    const char *const *done = list;
    memcpy((char *)r->policy + member->offset, &done, sizeof done);
    return OST_OK;
}

/* ---- claim rules ---- */

/* A text; where a claim may be something else, also a whole number, true or false. */
static ost_result read_value(const reading *r, const ost_json *value, bool text_only,
                             const char **ret)
{
    int64_t integer;
    bool truth;
    if (text_only || ost_json_is(value, OST_JSON_STRING))
        return read_string(r, "claims", value, ret);
    const char *copy = NULL;
    if (ost_json_integer(value, &integer))
        copy = ost_arena_format(r->arena, "%" PRId64, integer);
    else if (ost_json_boolean(value, &truth))
        copy = ost_arena_copy(r->arena, truth ? OST_TEXT("true") : OST_TEXT("false"));
    else
        return wrong(r, "claims", "compares with what is not text, a whole number, true or false");
    if (copy == NULL)
        return no_memory(r);
    *ret = copy;
    return OST_OK;
}

/* A pattern whose last character takes the meaning of nothing is a slip of the pen. */
static bool ends_in_backslash(const char *pattern)
{
    size_t count = 0, len = strlen(pattern);
    while (count < len && pattern[len - 1 - count] == '\\')
        count++;
    return count % 2 == 1;
}

static ost_result read_rule_member(const reading *r, const ost_json *member, ost_claim_rule *rule)
{
    static const char *const tests[] = {"equals", "contains", "matches"};
    if (text_is(ost_json_name(member), "claim"))
        return read_string(r, "claims", member, &rule->claim);
    for (unsigned i = 0; i < 3; i++) {
        if (!text_is(ost_json_name(member), tests[i]))
            continue;
        if (rule->value != NULL)
            return wrong(r, "claims", "has a rule with two comparisons");
        rule->test = (ost_claim_test)i;
        return read_value(r, member, rule->test == OST_CLAIM_MATCHES, &rule->value);
    }
    return ost_error_set(r->error, OST_E_CONFIG, "the policy's \"claims\" has a rule with \"%.*s\"",
                         SHOWN(ost_json_name(member), 60));
}

static ost_result read_rule(const reading *r, const ost_json *value, ost_claim_rule *rule)
{
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return wrong(r, "claims", "must be a list of objects");
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        ost_result result = read_rule_member(r, at, rule);
        if (result != OST_OK)
            return result;
    }
    if (rule->claim == NULL || rule->value == NULL)
        return wrong(r, "claims", "has a rule without a claim or without a comparison");
    if (text_count(text_of(rule->claim), rule->claim[0] == '/' ? '/' : '.') >
        CLAIM_RULE_STEPS - (rule->claim[0] != '/'))
        return wrong(r, "claims", "has a claim of more than 8 steps");
    if (rule->test == OST_CLAIM_MATCHES && ends_in_backslash(rule->value))
        return wrong(r, "claims", "has a form that ends in a backslash");
    return OST_OK;
}

static ost_result read_rules(const reading *r, const ost_json *value)
{
    size_t count = 0;
    ost_result result = check_list(r, "claims", value);
    if (result != OST_OK)
        return result;
    ost_claim_rule *rules = ost_arena_alloc(r->arena, (ost_json_count(value) + 1) * sizeof *rules);
    if (rules == NULL)
        return no_memory(r);
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        result = read_rule(r, at, &rules[count++]);
        if (result != OST_OK)
            return result;
    }
    r->policy->claims = rules;
    return OST_OK;
}

/* ---- the others ---- */

static ost_result read_algorithms(const reading *r, const ost_json *value)
{
    ost_result result = check_list(r, "algorithms", value);
    for (const ost_json *at = ost_json_first(value); result == OST_OK && at != NULL;
         at = ost_json_next(at)) {
        ost_text name;
        ost_alg alg = ost_json_text(at, &name) ? ost_alg_of(name) : OST_ALG_UNSET;
        if (alg == OST_ALG_UNSET || (OST_ALGS_SIGNATURE & OST_ALG_BIT(alg)) == 0)
            result = wrong(r, "algorithms", "names what is not a signature algorithm");
        else
            r->policy->algorithms |= OST_ALG_BIT(alg);
    }
    return result;
}

static ost_result read_sender(const reading *r, const ost_json *value)
{
    static const char *const names[] = {"any", "bound", "dpop", "mtls"};
    for (unsigned i = 0; i < 4; i++) {
        if (ost_json_equals(value, text_of(names[i]))) {
            r->policy->sender = (ost_sender)i;
            return OST_OK;
        }
    }
    return wrong(r, "sender", "must be \"any\", \"bound\", \"dpop\" or \"mtls\"");
}

static ost_result read_max_age(const reading *r, const ost_json *value)
{
    int64_t seconds;
    if (!ost_json_integer(value, &seconds) || seconds < 1 || seconds >= AGE_MAX)
        return wrong(r, "max_age", "must be a whole number of seconds, at least 1");
    r->policy->max_age = (unsigned)seconds;
    return OST_OK;
}

static ost_result read_open(const reading *r, const ost_json *value)
{
    return ost_json_boolean(value, &r->policy->open) ? OST_OK
                                                     : wrong(r, "open", "must be true or false");
}

static const struct {
    const char *name;
    ost_result (*read)(const reading *r, const ost_json *value);
} others[] = {
    {"claims", read_rules},  {"algorithms", read_algorithms},
    {"sender", read_sender}, {"max_age", read_max_age},
    {"open", read_open},
};

static ost_result refuse_member(const reading *r, ost_text name)
{
    const char *near = NULL;
    size_t least = 3; /* edits */
    for (size_t i = 0; i < ARRAY_LEN(lists) + ARRAY_LEN(others); i++) {
        const char *known =
            i < ARRAY_LEN(lists) ? lists[i].name : others[i - ARRAY_LEN(lists)].name;
        if (text_is_nearer(name, known, &least))
            near = known;
    }
    if (near == NULL)
        return ost_error_set(r->error, OST_E_CONFIG, "a policy has no \"%.*s\"", SHOWN(name, 60));
    return ost_error_set(r->error, OST_E_CONFIG, "a policy has no \"%.*s\"; did you mean \"%s\"?",
                         SHOWN(name, 60), near);
}

static ost_result read_member(const reading *r, const ost_json *value)
{
    ost_text name = ost_json_name(value);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (text_is(name, lists[i].name))
            return read_list(r, &lists[i], value);
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (text_is(name, others[i].name))
            return others[i].read(r, value);
    }
    return refuse_member(r, name);
}

ost_result ost_policy_read(ost_text json, ost_arena *arena, const ost_policy **ret_policy,
                           ost_error *error)
{
    static const ost_json_limits limits = {POLICY_MAX, 4, 4096};
    const ost_json *document;
    if (ret_policy == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the policy");
    ost_result result = json_file_read(json, &limits, arena, &document, error);
    if (result != OST_OK)
        return result;
    if (!ost_json_is(document, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_CONFIG, "a policy is one JSON object");
    const reading r = {arena, ost_arena_alloc(arena, sizeof(ost_policy)), error};
    if (r.policy == NULL)
        return no_memory(&r);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        result = read_member(&r, at);
        if (result != OST_OK)
            return result;
    }
    if (r.policy->open && ost_json_count(document) > 1)
        return wrong(&r, "open", "lets everybody in, whatever else it says");
    *ret_policy = r.policy;
    return OST_OK;
}
