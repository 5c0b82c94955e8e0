/* SPDX-License-Identifier: Apache-2.0 */
/* Everything in the store that lies sealed under the master key. */
#ifndef SECRET_KINDS_H
#define SECRET_KINDS_H

#include "store/reseal/reseal_walk.h"

extern const secret_kind key_secrets;
extern const secret_kind realm_secrets;
/* Few users have any: one walk through all. */
extern const secret_kind user_secrets;
/* Kept tokens of identity providers. One that cannot be opened, as nobody has its key any more,
 * goes: its user's next login there brings another. */
extern const secret_kind token_secrets;

#endif
