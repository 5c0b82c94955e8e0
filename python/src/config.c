/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a guard, from the dicts that ostiary/verifier.py gathers: each member by its
 * name in <ostiary/guard.h>. Everything is copied, for after a fork it is used again. */
#include "config_member.h"
#include "core.h"

#include <stdlib.h>

struct guard_config {
    ost_arena *arena;
    ost_guard_config guard;
    ost_issuer *issuers;
};

/* Lists and keys without end are nobody's configuration. */
#define CONFIG_CEILING ((size_t)8 << 20)

const ost_guard_config *config_of(const guard_config *config)
{
    return &config->guard;
}

void config_free(guard_config *config)
{
    if (config == NULL)
        return;
    for (size_t k = 0; k < config->guard.issuer_count; k++)
        ost_key_unref(config->issuers[k].introspection.key);
    ost_keyset_unref(config->guard.decryption_keys);
    ost_arena_free(config->arena);
    free(config);
}

static bool read_issuers(guard_config *config, PyObject *issuers)
{
    Py_ssize_t count = PyList_Size(issuers);
    if (count < 0)
        return false;
    if (count > 0) {
        config->issuers = ost_arena_alloc(config->arena, (size_t)count * sizeof *config->issuers);
        if (config->issuers == NULL)
            return PyErr_NoMemory() != NULL;
    }
    config->guard.issuers = config->issuers;
    for (Py_ssize_t k = 0; k < count; k++) {
        config->guard.issuer_count++; /* what was read of it is given back, whatever comes */
        if (!config_read_issuer(PyList_GetItem(issuers, k), config->arena, &config->issuers[k]))
            return false;
    }
    return true;
}

guard_config *config_read(PyObject *issuers, PyObject *options)
{
    guard_config *config = calloc(1, sizeof *config);
    if (config == NULL || (config->arena = ost_arena_new(CONFIG_CEILING)) == NULL) {
        free(config);
        PyErr_NoMemory();
        return NULL;
    }
    if (!PyList_Check(issuers) || !PyDict_Check(options)) {
        PyErr_SetString(PyExc_TypeError, "issuers: must be a list of dict; options: a dict");
    } else if (read_issuers(config, issuers) &&
               config_read_guard(options, config->arena, &config->guard)) {
        return config;
    }
    config_free(config);
    return NULL;
}
