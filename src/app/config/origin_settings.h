/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that are origins: that of the API, and those whose pages may read it. */
#ifndef ORIGIN_SETTINGS_H
#define ORIGIN_SETTINGS_H

#include <ostiary/types.h>

#define CORS_ORIGINS_MAX 32

/* *url becomes what browsers send, in the arena; NULL stays so. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result base_url_read(ost_arena *arena, const char **url, ost_error *error);

/* The same for CORS_ORIGINS_MAX at most. A value may name several, with commas between them, since
 * a variable comes once; "*" is any. */
OST_MUST_CHECK ost_result cors_origins_read(ost_arena *arena, const char **origins, size_t *count,
                                            ost_error *error);

#endif
