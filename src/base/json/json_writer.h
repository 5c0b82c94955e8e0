/* SPDX-License-Identifier: Apache-2.0 */
/* Values that are made by writing them: members of others and new ones, read as one value. */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include <ostiary/json.h>

/* What the writer has written, as a value: finishes the document and reads it, within `limits` (may
 * be NULL; of ost_json_read), in the writer's arena. Errors: those of ost_json_writer_finish and of
 * ost_json_read; *error (may be NULL) is filled. */
OST_MUST_CHECK ost_result json_writer_read(ost_json_writer *writer, const ost_json_limits *limits,
                                           const ost_json **ret_value, ost_error *error);

/* Room for a document of that many bytes, which then is not moved while it grows. */
void json_writer_expect(ost_json_writer *writer, size_t len);
/* How many bytes have been written. */
size_t json_writer_len(const ost_json_writer *writer);

#endif
