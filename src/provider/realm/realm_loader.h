/* SPDX-License-Identifier: Apache-2.0 */
/* Reading typed members of a realm's document, with the path to what is wrong. The first error
 * sticks; after it every call answers as for "not there". */
#ifndef REALM_LOADER_H
#define REALM_LOADER_H

#include <ostiary/json.h>

typedef struct realm_loader {
    ost_arena *arena;
    ost_error *error;
    ost_result result;
    char path[160]; /* "clients[3]." */
    size_t path_len[8];
    size_t depth;
} realm_loader;

bool loader_failed(const realm_loader *loader);
void loader_fail(realm_loader *loader, const char *member, const char *what);

/* Into and out of one entry of an array member. */
void loader_enter(realm_loader *loader, const char *member, size_t index);
void loader_leave(realm_loader *loader);

/* NULL, or the fallback, when the member is absent or null; anything of another type fails. */
const char *loader_string(realm_loader *loader, const ost_json *object, const char *member);
const char *const *loader_strings(realm_loader *loader, const ost_json *object, const char *member);
/* Tags of languages (RFC 5646); what is of another form counts as not there. */
const char *loader_tag(realm_loader *loader, const ost_json *object, const char *member);
const char *const *loader_tags(realm_loader *loader, const ost_json *object, const char *member);
const ost_json *loader_array(realm_loader *loader, const ost_json *object, const char *member);
bool loader_boolean(realm_loader *loader, const ost_json *object, const char *member,
                    bool fallback);
int64_t loader_integer(realm_loader *loader, const ost_json *object, const char *member,
                       int64_t fallback);

/* Zeroed memory, never NULL unless failed; a copy, likewise. */
void *loader_alloc(realm_loader *loader, size_t size);
const char *loader_copy(realm_loader *loader, ost_text text);

#endif
