/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that the signing process holds, and what it answers about them. */
#ifndef SIGNING_KEYS_H
#define SIGNING_KEYS_H

#include "provider/signing/signing_message.h"

#define SIGNING_KEYS_MAX 16384

typedef struct signing_keys signing_keys;

OST_MUST_CHECK signing_keys *signing_keys_new(void); /* NULL: out of memory */
void signing_keys_free(signing_keys *keys);

/* Answers one packet, request by request, with another of at most SIGNING_PACKET_MAX bytes. Any
 * thread. False: it is no packet that the provider writes, which is the end. */
OST_MUST_CHECK bool signing_keys_answer(signing_keys *keys, const unsigned char *packet, size_t len,
                                        unsigned char *ret_packet, size_t *ret_len);

#endif
