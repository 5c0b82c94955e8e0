/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a realm as a tree, for the admin REST API. */
#ifndef ADMIN_GROUP_H
#define ADMIN_GROUP_H

#include "provider/admin/admin_call.h"

typedef struct admin_group {
    const ost_json *document;
    ost_text id, name;
    const char *path; /* as it is shown: "/parent/child" */
    const char *key;  /* as users name it: a slash within a name is "~/" */
    const struct admin_group *parent, *first_child, *next;
    size_t children;
    unsigned depth; /* 1: at the top */
} admin_group;

typedef struct admin_groups {
    admin_group *list; /* parents before their children */
    size_t count;
} admin_groups;

/* The groups of the realm of the path, in the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result admin_groups_load(admin_call *admin, admin_groups *ret_groups);

/* NULL: there is none. */
const admin_group *admin_groups_find(const admin_groups *groups, ost_text id);
const admin_group *admin_groups_at(const admin_groups *groups, ost_text path); /* shown or named */

/* The group whose id is a parameter of the path; NULL: there is none, and the call is refused with
 * the words. */
const admin_group *admin_groups_of_path(admin_call *admin, const admin_groups *groups,
                                        size_t parameter, const char *words);

/* What of a group is written. */
enum {
    GROUP_BRIEF = 0,
    GROUP_WHOLE = 1 << 0,  /* attributes and roles too */
    GROUP_COUNT = 1 << 1,  /* how many are below it */
    GROUP_ACCESS = 1 << 2, /* what the administrator may do to it */
};
/* Writes a GroupRepresentation without subgroups; or leaves their array open, for more. */
void admin_group_put(const admin_call *admin, ost_json_writer *writer, const admin_group *group,
                     unsigned flags);
void admin_group_open(const admin_call *admin, ost_json_writer *writer, const admin_group *group,
                      unsigned flags);
void admin_group_close(ost_json_writer *writer);

/* A change of the tree. */
typedef struct group_edit {
    const admin_group *changed; /* gets another document; NULL: none */
    const ost_json *document;
    const admin_group *out; /* leaves its place; NULL: none */
    bool adds;              /* below `into` or (NULL) at the top comes `added`, or (NULL) `out` */
    const admin_group *into;
    const ost_json *added;
} group_edit;
/* The realm's document with the tree changed; every group gets its id and path. */
OST_MUST_CHECK ost_result admin_groups_edit(admin_call *admin, const admin_groups *groups,
                                            const group_edit *edit, const ost_json **ret_document);

#endif
