/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that somebody wrote by hand or was given as a file: policies, rules, key sets. Not for what
 * comes over the network or in tokens: of these nothing is repeated in errors. */
#ifndef JSON_FILE_H
#define JSON_FILE_H

#include <ostiary/json.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF" /* some editors put it before a file in UTF-8 */

/* The text behind a byte order mark, if it has one. */
ost_text text_behind_mark(ost_text text);

/* As ost_json_read, but a byte order mark is passed over, and errors tell more: column and path of
 * what is wrong ("in claims[1].equals"), or what the file is, when it is something else. */
OST_MUST_CHECK ost_result json_file_read(ost_text text, const ost_json_limits *limits,
                                         ost_arena *arena, const ost_json **ret_value,
                                         ost_error *error);

#endif
