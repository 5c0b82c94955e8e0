/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's client profiles (named lists of executors) and client policies (conditions, and the
 * profiles that hold for clients that meet them), as documents: what is well-formed. Those that are
 * enabled are enforced by policy_set.h. */
#ifndef CLIENT_POLICY_H
#define CLIENT_POLICY_H

#include <ostiary/json.h>

typedef enum policy_fault {
    POLICY_GOOD,
    POLICY_SHAPE, /* a member of another type, one that is not known, or a list of more than 200 */
    PROFILE_NAMELESS,
    PROFILE_GLOBAL, /* the name of one of the global profiles, which nobody changes */
    PROFILE_TWICE,
    PROFILE_EXECUTOR, /* not known, or its configuration is none */
    POLICY_NAMELESS,
    POLICY_TWICE,
    POLICY_CONDITION,
    POLICY_MODE,
    POLICY_PROFILE, /* names a profile that is not there */
} policy_fault;

/* Keycloak's sentence; NULL: good. */
const char *policy_fault_words(policy_fault fault);

/* The array of global profiles, the same for every realm. In the arena. */
OST_MUST_CHECK ost_result policy_global_profiles(ost_arena *arena, const ost_json **ret_list);

/* A realm's "clientProfiles", {"profiles": […]}; "globalProfiles" beside them is overlooked.
 * NULL: none, which is good. */
policy_fault client_profiles_check(const ost_json *profiles, const ost_json *global);

/* A realm's "clientPolicies", {"policies": […]}, whose profiles are among `profiles` (as above) or
 * the global ones. */
policy_fault client_policies_check(const ost_json *policies, const ost_json *profiles,
                                   const ost_json *global);

/* Both members of a realm's document. OST_E_FORMAT with the member and the sentence. */
OST_MUST_CHECK ost_result policy_document_check(const ost_json *document, ost_arena *arena,
                                                ost_error *error);

/* Write them as they are stored and shown: known members alone, defaults filled in; each profile of
 * a policy once. Objects, of which the first is left open for "globalProfiles". */
void client_profiles_open(ost_json_writer *writer, const ost_json *profiles);
void client_policies_put(ost_json_writer *writer, const ost_json *policies);

#endif
