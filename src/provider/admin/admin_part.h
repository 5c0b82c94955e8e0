/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a realm's document that have operations of their own: found by id or name, stored back,
 * and the refusals that all of them share. */
#ifndef ADMIN_PART_H
#define ADMIN_PART_H

#include "provider/admin/admin_call.h"

struct member_kind; /* member.h */

/* True when the body is of the type; otherwise the call is refused. */
bool admin_body_is(admin_call *admin, ost_json_type type);
/* True when the body is an object of the kind, or a list of such: its members then are known
 * (unknown_member.h) and have the types that they ought to have (scalar.h). */
bool admin_body_of(admin_call *admin, const struct member_kind *kind);
bool admin_bodies_of(admin_call *admin, const struct member_kind *kind);
/* The same of an object with other members than those of its kind, separated by '|'. */
bool admin_body_has_only(admin_call *admin, const char *representation, const char *names);
/* The same of the objects in a list within it (NULL: there is none). */
bool admin_list_has_only(admin_call *admin, const ost_json *list, const char *representation,
                         const char *names);
/* False: the call is refused with the words of a member that is not known. NULL: none is. */
bool admin_members_are_known(admin_call *admin, const char *words);

/* Stores the realm with another document; or with one member of it replaced or (NULL) taken out. A
 * document that cannot be is refused: look at the call's status. */
OST_MUST_CHECK ost_result admin_store(admin_call *admin, const ost_json *document);
OST_MUST_CHECK ost_result admin_store_member(admin_call *admin, const char *name,
                                             const ost_json *value);

/* A text member; empty when it is absent or no text. */
ost_text part_text(const ost_json *object, const char *member);

/* The id of a part of `owner`: its own, or what its name makes where a realm file gave it none.
 * Empty: out of memory. */
ost_text part_id(ost_text owner, const ost_json *part, ost_arena *arena);
/* The same of a part that has other words for them: `own`, or what `name` makes. */
ost_text part_id_or(ost_text owner, ost_text own, ost_text name, ost_arena *arena);
/* The part with that id. */
const ost_json *part_with_id(ost_text owner, const ost_json *list, ost_text id, ost_arena *arena);

/* The client or client scope that the path names: whose mappers and role scope are asked for. */
typedef struct admin_owner {
    const realm_client *client; /* NULL: a client scope */
    const ost_json *document;
    ost_text id, name; /* client ID, or the scope's name */
} admin_owner;
/* False: there is none, and the call is refused. */
bool admin_owner_find(admin_call *admin, admin_owner *ret_owner);
/* "/realms/…/clients/ID", for Location. NULL: out of memory. */
const char *admin_owner_path(admin_call *admin, const admin_owner *owner);
OST_MUST_CHECK ost_result admin_owner_store(admin_call *admin, const admin_owner *owner,
                                            const ost_json *document);

/* A client scope by id; NULL: there is none, and the call is refused with the sentence. */
const ost_json *admin_scope_find(admin_call *admin, ost_text id, const char *sentence);

/* Writes a member that is an object, empty when `object` is none, without those of its members that
 * say nothing: null, empty texts, empty lists. Keycloak keeps no such settings, and some of its
 * clients cannot read them. `is_secret` (may be NULL) names members that are masked. */
void admin_put_settings(ost_json_writer *writer, const char *name, const ost_json *object,
                        bool (*is_secret)(ost_text name));

/* Writes a mapper of `owner` as an element or member. */
void admin_put_mapper(const admin_call *admin, ost_json_writer *writer, ost_text owner,
                      const ost_json *mapper);

#endif
