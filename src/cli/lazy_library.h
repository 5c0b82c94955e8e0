/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that the command loads when they are first called. A file for each library has
 * functions of the same names, which stand before the library's; what calls them knows nothing of
 * it. */
#ifndef LAZY_LIBRARY_H
#define LAZY_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>

typedef struct lazy_library {
    const char *name;    /* of the file, as the dynamic linker looks for it */
    const char *without; /* what cannot be done, for standard error: "nothing can be fetched" */
    pthread_mutex_t lock;
    bool tried;   /* guarded by the lock, */
    void *handle; /* as this; NULL: it cannot be loaded. It is never unloaded. */
} lazy_library;

/* A function of the library, which is loaded if it has not been; NULL without the library. Any
 * thread. */
void *lazy_function(lazy_library *library, const char *name);

/* A function that stands before the library's of that name. Without the library it returns
 * `failed`: what that does when it has no memory. */
#define LAZY_FORWARD(library, type, name, parameters, arguments, failed)                           \
    type name parameters                                                                           \
    {                                                                                              \
        type(*function) parameters = lazy_function((library), #name);                              \
        return function != NULL ? function arguments : (failed);                                   \
    }
#define LAZY_FORWARD_VOID(library, name, parameters, arguments)                                    \
    void name parameters                                                                           \
    {                                                                                              \
        void(*function) parameters = lazy_function((library), #name);                              \
        if (function != NULL)                                                                      \
            function arguments;                                                                    \
    }

#endif
