/* SPDX-License-Identifier: Apache-2.0 */
/* The module through which a device is reached that holds private keys (PKCS#11 3.0). */
#ifndef PKCS11_MODULE_H
#define PKCS11_MODULE_H

#include <ostiary/types.h>

#include "http/log/log_sink.h"

typedef struct pkcs11_module pkcs11_module;

/* Loads the shared library `file` and initializes it. `pin` (copied) is what is logged in with at
 * its tokens; empty: nobody logs in. `log` (NULL: nothing) is told when signing begins to fail, and
 * when it works again; it outlives the module. */
OST_MUST_CHECK ost_result pkcs11_module_open(const char *file, ost_text pin, log_sink *log,
                                             pkcs11_module **ret_module, ost_error *error);
/* False: the last signature that was asked for could not be made. Any thread; NULL: true. */
bool pkcs11_module_works(const pkcs11_module *module);
/* After the last key. NULL is allowed. */
void pkcs11_module_free(pkcs11_module *module);

#endif
