/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a library late; see lazy_library.h. */
#include "cli/lazy_library.h"

#include <dlfcn.h>
#include <stdio.h>

static void load(lazy_library *library)
{
    library->tried = true;
    library->handle = dlopen(library->name, RTLD_NOW | RTLD_LOCAL);
    if (library->handle == NULL)
        fprintf(stderr, "ostiary: %s: %s\n", library->without, dlerror());
}

void *lazy_function(lazy_library *library, const char *name)
{
    pthread_mutex_lock(&library->lock);
    if (!library->tried)
        load(library);
    void *handle = library->handle;
    pthread_mutex_unlock(&library->lock);
    return handle != NULL ? dlsym(handle, name) : NULL;
}
