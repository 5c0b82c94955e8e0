/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of which there is no more to say than what they are. */
#ifndef ERROR_SENTENCE_H
#define ERROR_SENTENCE_H

#include <ostiary/types.h>

/* Fills *error (may be NULL) with the sentence of `result`, unless that is OST_OK. Returns it. */
ost_result error_set_sentence(ost_error *error, ost_result result);

#endif
