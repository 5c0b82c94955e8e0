/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as JSON, a line break, and the claims that it is held against. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "guard/claim_rule.h"
#include "guard/policy_check.h"

#define NOW 1700000000

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_list(const char *const *list)
{
    if (list == NULL)
        return;
    size_t count = 0;
    for (; list[count] != NULL; count++)
        check(list[count][0] != '\0' && strlen(list[count]) <= CLAIM_RULE_VALUE_MAX);
    check(count >= 1 && count <= 64);
}

static void check_policy(const ost_policy *p)
{
    const char *const *const lists[] = {p->scopes,          p->any_scopes,   p->realm_roles,
                                        p->any_realm_roles, p->client_roles, p->any_client_roles,
                                        p->clients,         p->audiences,    p->acr_values};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        check(!p->open || lists[i] == NULL);
        check_list(lists[i]);
    }
    check(p->sender <= OST_SENDER_MTLS && (p->algorithms & ~OST_ALGS_SIGNATURE) == 0);
    for (const ost_claim_rule *r = p->claims; r != NULL && r->claim != NULL; r++)
        check(r->value != NULL && r->test <= OST_CLAIM_MATCHES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 16384)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    ost_text rest = {(const char *)data, size}, json = {0};
    const ost_policy *policy = NULL;
    const ost_claims *claims;
    ost_error error = {0};
    (void)text_next(&rest, '\n', &json);
    ost_result result = ost_policy_read(json, arena, &policy, &error);
    check((result == OST_OK) == (policy != NULL));
    if (result != OST_OK) {
        check(error.code == result && error.detail[0] != '\0');
    } else {
        check_policy(policy);
        if (ost_claims_read(rest, arena, &claims, NULL) == OST_OK) {
            ost_error why = {0};
            result = policy_check(policy, claims, OST_ES256, NOW, 30, &why);
            check(why.code == result && (result == OST_OK) == (why.detail[0] == '\0'));
        }
    }
    ost_arena_free(arena);
    return 0;
}
