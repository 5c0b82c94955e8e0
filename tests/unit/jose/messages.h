/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted messages for the tests of attacks. Everything lives in one arena. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <ostiary/jose.h>

extern ost_arena *message_arena;

/* Group set-up and tear-down: of the arena. */
int message_start(void **state);
int message_end(void **state);

/* The text in base64url. */
ost_text message_part(const char *text);

/* header "." rest, with the header encoded: a token of five parts that say what they please. */
ost_text message_of(const char *header, const char *rest);

/* A good one, with A128GCM. */
ost_text message_encrypt(ost_text content, const ost_key *key, ost_alg alg, const char *cty);

/* By this key alone; `rules` may be NULL. */
ost_result message_decrypt(ost_text token, const ost_key *key, const ost_jwe_rules *rules);
ost_result message_decrypt_json(ost_text json, const ost_key *key);

#endif
