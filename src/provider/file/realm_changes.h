/* SPDX-License-Identifier: Apache-2.0 */
/* What an import changes in a realm that exists: objects by kind and name, and which of their
 * members; never their values, which may be secret. */
#ifndef REALM_CHANGES_H
#define REALM_CHANGES_H

#include <ostiary/json.h>

#include "provider/member/member.h"

typedef enum change_action { CHANGE_ADDED, CHANGE_OVERWRITTEN, CHANGE_REMOVED } change_action;
#define CHANGE_ACTIONS 3

typedef struct realm_change {
    struct realm_change *next;
    change_action action;
    const char *type; /* Keycloak's resource type: "CLIENT" */
    ost_text owner;   /* of a role: its client; empty: the realm's */
    ost_text name;
    const ost_text *members; /* that are overwritten */
    size_t member_count;
} realm_change;

#define CHANGES_KEPT 200 /* of a list that is not whole */

typedef struct realm_changes {
    ost_arena *arena; /* where everything lives */
    bool whole;       /* all are listed; else the first CHANGES_KEPT, and how many there are */
    size_t listed;
    realm_change *first, *last;
    size_t count[CHANGE_ACTIONS];
    bool failed; /* out of memory */
} realm_changes;

const char *change_action_name(change_action action); /* "ADDED" */

/* One object. NULL for `before`: added; for `after`: removed; both: its members are compared, and
 * nothing is noted when they are the same. */
void realm_changes_note(realm_changes *changes, const char *type, ost_text owner, ost_text name,
                        const ost_json *before, const ost_json *after);

/* A member of an object that `realm_changes_note` cannot see: the password of a user. */
void realm_changes_note_member(realm_changes *changes, change_action action, const char *type,
                               ost_text name, ost_text which);

/* Of everything in a realm's document. OST_E_MEMORY. */
OST_MUST_CHECK ost_result realm_changes_compare(realm_changes *changes, const ost_json *before,
                                                const ost_json *after);

/* As the results of Keycloak's partial import: "added", "overwritten", "removed" and "results" of
 * an object that is open. */
void realm_changes_write(const realm_changes *changes, ost_json_writer *writer);

#endif
