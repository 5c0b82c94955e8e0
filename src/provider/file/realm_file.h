/* SPDX-License-Identifier: Apache-2.0 */
/* Files on disk that hold realms, as JSON. */
#ifndef REALM_FILE_H
#define REALM_FILE_H

#include <ostiary/json.h>

/* The values of one realm file: sizes that real ones stay far below. */
extern const ost_json_limits realm_file_limits;

/* Reads a file with its placeholders replaced; a byte order mark before it is passed over. In the
 * arena. The detail names the file. */
OST_MUST_CHECK ost_result realm_file_read(const char *path, ost_arena *arena,
                                          const ost_json **ret_document, ost_error *error);

/* The same for text that is at hand. */
OST_MUST_CHECK ost_result realm_file_parse(ost_text text, ost_arena *arena,
                                           const ost_json **ret_document, ost_error *error);

#endif
