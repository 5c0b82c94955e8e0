/* SPDX-License-Identifier: Apache-2.0 */
/* What both serializations of a JWE are written with. */
#ifndef JWE_WRITE_H
#define JWE_WRITE_H

#include "jose/jwe/cek.h"

#define JWE_CONTENT_MAX ((size_t)512 * 1024) /* bytes of content in a JSON serialization */

/* Looks at what is asked for before anything is made: OST_E_ARGUMENT, OST_E_ALGORITHM,
 * OST_E_KEY_USE, OST_E_CEILING. */
OST_MUST_CHECK ost_result jwe_write_check(const ost_recipient *recipients, size_t count,
                                          ost_enc enc, const ost_jwe_options *options,
                                          ost_error *error);

/* The members of a header that are of the content, and those of one recipient. OST_E_CRYPTO: the
 * ephemeral key could not be written. */
void jwe_write_content_members(ost_json_writer *writer, ost_enc enc,
                               const ost_jwe_options *options);
OST_MUST_CHECK ost_result jwe_write_recipient_members(ost_json_writer *writer,
                                                      const ost_recipient *recipient,
                                                      const sealed_cek *sealed,
                                                      const ost_jwe_options *options);

#endif
