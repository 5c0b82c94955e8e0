/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's names of the clients that every realm has, which stand as keys of its messages. */
#ifndef ACCOUNT_WORDS_H
#define ACCOUNT_WORDS_H

#include <ostiary/types.h>

/* The words of a key, or the text itself. */
ost_text account_words(ost_text text);

#endif
