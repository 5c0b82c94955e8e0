/* SPDX-License-Identifier: Apache-2.0 */
/* Which tokens count at a site, and what its logins ask the provider for. */
#ifndef GATE_SITE_TOKENS_H
#define GATE_SITE_TOKENS_H

#include "gate/gate_rules.h"

/* Reads "scope", "resource" and "audiences" of the site's object. In the arena. OST_E_CONFIG with a
 * sentence that names the place; OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_site_tokens_read(const ost_json *value, ost_arena *arena,
                                                size_t number, gate_site *site, ost_error *error);

/* Has the policy of a rule ask for the site's audiences. Of one that names audiences itself nobody
 * could tell which were meant: OST_E_CONFIG; OST_E_MEMORY. */
OST_MUST_CHECK ost_result gate_site_tokens_narrow(const gate_site *site, ost_arena *arena,
                                                  size_t number, gate_rule *rule, ost_error *error);

/* Once its rules are read: that it has logins if it says what they ask for, and that the sites
 * before it which it shares its sessions with ask for the same, for a session has the tokens of one
 * login. OST_E_CONFIG. */
OST_MUST_CHECK ost_result gate_site_tokens_agree(const gate_rules *rules, size_t number,
                                                 const gate_site *site, ost_error *error);

#endif
