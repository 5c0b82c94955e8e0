/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a scenario again and again while one allocation after another fails: ours, those of the
 * cryptographic library, and those beyond an arena's ceiling. */
#ifndef FAILING_H
#define FAILING_H

#include <ostiary/jose.h>

/* OST_OK or why not, after having asserted that no output was touched. `material` is what the
 * scenario is about; the arena is the scenario's alone. */
typedef ost_result failing_scenario(const void *material, ost_arena *arena);

/* For a scenario that has come so far: nothing fails any more until it ends. */
void failing_spare(void);

/* Before anything else of the program. False: the library has allocated already. */
OST_MUST_CHECK bool failing_begin(void);

/* Each of ours, until one run passes untouched: OST_E_MEMORY, or OST_E_CRYPTO, from all others. */
void failing_ours(failing_scenario *scenario, const void *material);

/* The same with arenas of every size. */
void failing_arenas(failing_scenario *scenario, const void *material);

/* The same with the library's, which gets over some failures, and of which the scenario itself
 * judges the others. Nothing is left broken for good. */
void failing_librarys(failing_scenario *scenario, const void *material);

#endif
