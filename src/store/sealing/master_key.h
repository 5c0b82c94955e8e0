/* SPDX-License-Identifier: Apache-2.0 */
/* A master key: 32 random bytes, under which other secrets are sealed for the time that they lie on
 * a disk. XChaCha20-Poly1305 of libsodium, with a key of its own for every kind of secret and with
 * the place of the secret as associated data, so that none can be moved to another place. */
#ifndef MASTER_KEY_H
#define MASTER_KEY_H

#include <ostiary/types.h>

#define MASTER_KEY_BYTES 32
#define MASTER_KEY_ID 16   /* characters */
#define MASTER_KEYS_MAX 16 /* that a program holds at a time */

/* Made by master_keys_read; to be kept in memory of libsodium's, and wiped. */
typedef struct master_key {
    unsigned char secret[MASTER_KEY_BYTES];
    char id[MASTER_KEY_ID + 1]; /* tells it from others, and nothing about it */
} master_key;

/* Reads what a file, a variable or a command gives: a key on each line, as 64 hexadecimal digits or
 * in base64 (either alphabet, padded or not), or 32 raw bytes and nothing else. Empty lines and
 * those that start with '#' are passed over. The first one is to seal, the others open what was
 * sealed before. OST_E_KEY_FORMAT, OST_E_KEY_WEAK (all bytes are the same), OST_E_CEILING: too
 * many. The detail quotes nothing of a key. */
OST_MUST_CHECK ost_result master_keys_read(ost_text text, master_key ret_keys[MASTER_KEYS_MAX],
                                           size_t *ret_count, ost_error *error);

/* Where a secret lies. Two places are different when any of the three is. */
typedef enum sealed_kind { SEALED_KEY = 1, SEALED_REALM, SEALED_USER, SEALED_TOKEN } sealed_kind;
typedef struct sealed_place {
    sealed_kind kind;
    ost_text realm, name;
} sealed_place;

/* The id of the master key under which `text` is sealed; empty: it is not sealed. OST_E_FORMAT: it
 * looks sealed, and is not whole. */
OST_MUST_CHECK ost_result sealed_text_master(ost_text text, ost_text *ret_id);

/* "sealed.1.ID.BASE64URL" of the plain text, to be given to memory_free. */
OST_MUST_CHECK ost_result master_key_seal(const master_key *key, const sealed_place *place,
                                          ost_text plain, char **ret_sealed);

/* The plain text, in the arena. OST_E_DECRYPTION: another key, another place, or changed. */
OST_MUST_CHECK ost_result master_key_open(const master_key *key, const sealed_place *place,
                                          ost_text sealed, ost_arena *arena, ost_text *ret_plain);

#endif
