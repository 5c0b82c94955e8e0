/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the library's configuration structs, read from a dict by tables. */
#ifndef OSTIARY_PYTHON_CONFIG_MEMBER_H
#define OSTIARY_PYTHON_CONFIG_MEMBER_H

#include "core.h"

/* What a member is, in C and in Python. */
typedef enum member_kind {
    MEMBER_STRING,  /* const char *: str */
    MEMBER_STRINGS, /* const char *const *, and size_t behind it: str, or several */
    MEMBER_BYTES,   /* ost_text: str or bytes */
    MEMBER_FLAG,    /* bool */
    MEMBER_NUMBER,  /* unsigned: int, 1 or more, for 0 is the default */
    MEMBER_SIZE,    /* size_t, likewise */
    MEMBER_ALGS,    /* ost_algs: names */
    MEMBER_ENCS,    /* ost_encs: names */
    MEMBER_ALG,     /* ost_alg: a name */
    MEMBER_AUTH,    /* ost_client_auth: its name in the metadata of RFC 8414 */
    MEMBER_KEY,     /* ost_key *: Key */
    MEMBER_KEYSET,  /* ost_keyset *: KeySet or Key */
} member_kind;

typedef struct member {
    const char *name;
    member_kind kind;
    size_t at;      /* its offset in the struct */
    size_t counted; /* of the number, for MEMBER_STRINGS */
} member;

/* Reads every entry of the dict; None is left out. False: an exception is set that names it, also
 * for one that no member has. Keys gain a reference. */
bool members_read(PyObject *dict, const member *members, size_t count, ost_arena *arena,
                  void *into);

bool config_read_issuer(PyObject *dict, ost_arena *arena, ost_issuer *into);
bool config_read_guard(PyObject *dict, ost_arena *arena, ost_guard_config *into);

#endif
