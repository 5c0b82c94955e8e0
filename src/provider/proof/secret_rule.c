/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's secret is good for; see secret_rule.h. */
#include "provider/proof/secret_rule.h"

#include "base/text.h"
#include "provider/proof/attribute.h"

#define LATEST ((uint64_t)1 << 40)
#define PASSED 1 /* long ago, and not 0 */

/* 0 is never, as for Keycloak. */
static int64_t load_end(const ost_json *client)
{
    const ost_json *given = ost_json_get(ost_json_get(client, "attributes"), SECRET_ENDS);
    ost_text text = attribute_text(client, SECRET_ENDS);
    uint64_t seconds;
    if (text.len == 0)
        return given == NULL || ost_json_is(given, OST_JSON_NULL) ||
                       ost_json_is(given, OST_JSON_STRING)
                   ? 0
                   : PASSED;
    return text_to_unsigned(text, LATEST, &seconds) ? (int64_t)seconds : PASSED;
}

secret_rule secret_rule_load(const ost_json *client)
{
    ost_text method = attribute_text(client, SECRET_METHOD);
    uint64_t before_ends = 0;
    if (!text_to_unsigned(attribute_text(client, SECRET_BEFORE_ENDS), LATEST, &before_ends))
        before_ends = 0;
    return (secret_rule){
        .ends = load_end(client),
        .method = method,
        .no_basic = method.len > 0 && !text_is(method, "client_secret_basic"),
        .no_post = method.len > 0 && !text_is(method, "client_secret_post"),
        .before = attribute_text(client, SECRET_BEFORE),
        .before_ends = (int64_t)before_ends,
    };
}

bool secret_rule_allows(const secret_rule *rule, secret_way way)
{
    return way == SECRET_BASIC ? !rule->no_basic : way != SECRET_POST || !rule->no_post;
}

bool secret_rule_holds(const secret_rule *rule, int64_t now)
{
    return rule->ends == 0 || now <= rule->ends;
}

bool secret_rule_holds_before(const secret_rule *rule, int64_t now)
{
    return rule->before.len > 0 && now <= rule->before_ends;
}
