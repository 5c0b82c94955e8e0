/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a PKCS#11 module: its functions, and a few sessions of each of its slots. */
#ifndef PKCS11_SESSION_H
#define PKCS11_SESSION_H

#include <p11-kit/pkcs11.h>

#include <ostiary/types.h>

typedef struct pkcs11_module pkcs11_module;

CK_FUNCTION_LIST *pkcs11_functions(pkcs11_module *module);

/* Whoever calls its functions, or what is below, is inside meanwhile. Any thread, not twice. */
void pkcs11_enter(pkcs11_module *module);
void pkcs11_leave(pkcs11_module *module);

/* Initializes the module anew, once nobody is inside: some see a device that was away only then.
 * Nothing happens if somebody did it within the last second, or since `generation` was read.
 * Objects have other handles afterwards. */
void pkcs11_restart(pkcs11_module *module, unsigned generation);
/* How often that was done. */
unsigned pkcs11_generation(const pkcs11_module *module);

/* A session of the slot, logged in, for the caller alone, which gives it back. Waits while others
 * have as many as there may be. Any thread. */
OST_MUST_CHECK CK_RV pkcs11_session_take(pkcs11_module *module, CK_SLOT_ID slot,
                                         CK_SESSION_HANDLE *ret_session);
/* `broken`: it is closed, and with it those of the slot that nobody has. */
void pkcs11_session_give(pkcs11_module *module, CK_SLOT_ID slot, CK_SESSION_HANDLE session,
                         bool broken);

/* Whether a signature was made, and if not, why. Any thread. */
void pkcs11_note(pkcs11_module *module, bool works, const char *why);

/* What a return value means, for people: "wrong PIN", "no such token" …, or "error 0x…" in `room`.
 */
const char *pkcs11_words(CK_RV value, char room[static 32]);

#endif
