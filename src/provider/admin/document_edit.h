/* SPDX-License-Identifier: Apache-2.0 */
/* Changing members of a stored document: what "name=value" on a command line stands for. */
#ifndef DOCUMENT_EDIT_H
#define DOCUMENT_EDIT_H

#include <ostiary/json.h>

#include "base/json/json_share.h"

/* The object with `assignment` applied, in the arena. "name=value": the value is JSON, or else a
 * string; "attributes.NAME=value" sets an attribute; an empty value takes the member out.
 * OST_E_ARGUMENT with a sentence. */
OST_MUST_CHECK ost_result document_assign(const ost_json *object, ost_text assignment,
                                          ost_arena *arena, const ost_json **ret_object,
                                          ost_error *error);

/* The object with one member replaced, added, or (NULL) taken out. */
OST_MUST_CHECK ost_result document_put(const ost_json *object, ost_text name, const ost_json *value,
                                       ost_arena *arena, const ost_json **ret_object);

/* The same for several members of a large object, which is shared and not written and read once for
 * each; see json_share.h. */
OST_MUST_CHECK ost_result document_put_members(const ost_json *object,
                                               const json_share_member *members, size_t count,
                                               ost_arena *arena, const ost_json **ret_object);

/* document_put for a string, for true or false, and for a number. */
OST_MUST_CHECK ost_result document_put_text(const ost_json *object, const char *name,
                                            ost_text value, ost_arena *arena,
                                            const ost_json **ret_object);
OST_MUST_CHECK ost_result document_put_boolean(const ost_json *object, const char *name, bool value,
                                               ost_arena *arena, const ost_json **ret_object);
OST_MUST_CHECK ost_result document_put_integer(const ost_json *object, const char *name,
                                               int64_t value, ost_arena *arena,
                                               const ost_json **ret_object);

/* A client's document with a new secret: what said until when the one before counts goes with it.
 */
OST_MUST_CHECK ost_result document_put_secret(const ost_json *client, ost_text secret,
                                              ost_arena *arena, const ost_json **ret_client);

/* The array with one more value. */
OST_MUST_CHECK ost_result document_append(const ost_json *array, const ost_json *value,
                                          ost_arena *arena, const ost_json **ret_array);

/* The array with its value `old`, compared by where its text is, replaced, or (NULL) taken out. */
OST_MUST_CHECK ost_result document_replace(const ost_json *array, const ost_json *old,
                                           const ost_json *value, ost_arena *arena,
                                           const ost_json **ret_array);

/* An array of strings with more at its end, each that it does not have, once; and without them. */
OST_MUST_CHECK ost_result document_add_texts(const ost_json *array, const ost_text *values,
                                             size_t count, ost_arena *arena,
                                             const ost_json **ret_array);
OST_MUST_CHECK ost_result document_remove_texts(const ost_json *array, const ost_text *values,
                                                size_t count, ost_arena *arena,
                                                const ost_json **ret_array);

/* An array of strings with one more, once. */
OST_MUST_CHECK ost_result document_add_text(const ost_json *array, ost_text value, ost_arena *arena,
                                            const ost_json **ret_array);

/* The same without it. */
OST_MUST_CHECK ost_result document_remove_text(const ost_json *array, ost_text value,
                                               ost_arena *arena, const ost_json **ret_array);

#endif
