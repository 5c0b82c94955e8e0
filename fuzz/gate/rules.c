/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of rules. Rules that are read say who may come in, and no rule hides another.
 */
#include "gate/gate_rules.h"

#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_site(const gate_site *site, ost_arena *arena)
{
    for (size_t i = 0; i < site->rule_count; i++) {
        const gate_rule *rule = &site->rules[i];
        const char *why;
        if ((rule->access == GATE_GUARDED) != (rule->policy != NULL))
            abort();
        if (rule->policy != NULL && rule->policy->open)
            abort();
        ost_text method = rule->methods != NULL ? text_of(rule->methods[0]) : OST_TEXT("GET");
        const gate_rule *found = gate_rules_find(site, method, rule->path, arena, &why);
        if (found != NULL && found->number > rule->number)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(8 << 20);
    const gate_rules *rules = NULL;
    ost_error error = {0};
    ost_result result =
        gate_rules_read((ost_text){(const char *)data, size}, arena, &rules, &error);
    if ((result == OST_OK) != (rules != NULL) ||
        (result == OST_E_CONFIG && error.detail[0] == '\0'))
        abort();
    for (size_t i = 0; rules != NULL && i < rules->site_count; i++) {
        check_site(&rules->sites[i], arena);
        if (gate_rules_site(rules, rules->sites[i].authority) != &rules->sites[i])
            abort();
    }
    ost_arena_free(arena);
    return 0;
}
