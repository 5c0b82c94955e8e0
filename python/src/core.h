/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the extension share. Nothing of the library is used but its public headers, and
 * nothing of Python but the stable ABI of 3.9; the thread of a guard never enters the interpreter.
 */
#ifndef OSTIARY_PYTHON_CORE_H
#define OSTIARY_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <ostiary/guard.h>
#include <ostiary/jose.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Part of the stable ABI from 3.10 on, and understood by every interpreter since 3.7. */
#ifndef METH_FASTCALL
#define METH_FASTCALL 0x0080
#endif
typedef PyObject *(*fast_call)(PyObject *self, PyObject *const *args, Py_ssize_t count,
                               PyObject *names);
#define FAST_METHOD(function) ((PyCFunction)(void (*)(void))(function))

/* Memory for one call, and for one token with all that it says. */
#define ARENA_CEILING ((size_t)1 << 20)

/* The types, and the Python functions that make exceptions. One interpreter a process. */
typedef struct core_state {
    PyTypeObject *key, *keyset, *claims, *policy, *guard, *wait;
    PyObject *fail;   /* ostiary.errors.fail(code, detail) -> exception */
    PyObject *refuse; /* ostiary.errors.refuse(verifier, token, policy, code, …) -> exception */
} core_state;
extern core_state core;

/* ---- texts (text.c) ---- */

/* A str or bytes that Python owns, seen as bytes; `owner` is given back with text_release. */
typedef struct held_text {
    ost_text text;
    PyObject *owner;
} held_text;

/* `what` names the parameter in exceptions. False: an exception is set. */
bool text_hold(PyObject *object, const char *what, held_text *ret_held);
/* The same, where None leaves it empty, with NULL data. */
bool text_hold_optional(PyObject *object, const char *what, held_text *ret_held);
void text_release(held_text *held);
/* A str of UTF-8 text, bytes of any. NULL: an exception is set. */
PyObject *text_str(ost_text text);
PyObject *text_bytes(ost_text text);
/* A copy that ends with NUL, in the arena; refuses texts that hold one. NULL: an exception. */
char *text_string(PyObject *object, const char *what, ost_arena *arena);

/* ---- values (value.c) ---- */

/* What json.loads would make of it. NULL: an exception is set. */
PyObject *value_from_json(const ost_json *value);
/* The reverse, of dict, list, tuple, str, int, float, bool and None. False: an exception is set. */
bool value_write(ost_json_writer *writer, PyObject *value, const char *what, ost_arena *arena);
/* The text of a mapping, or of a str or bytes that is JSON already; in the arena. */
bool value_json(PyObject *object, const char *what, ost_arena *arena, ost_text *ret_text);

/* ---- algorithms (algorithm.c) ---- */

bool algorithm_of(PyObject *name, const char *what, ost_alg *ret_alg);
/* None: the zero set. */
bool algorithms_of(PyObject *names, const char *what, ost_algs *ret_algs);
bool encryption_of(PyObject *name, const char *what, ost_enc *ret_enc);
bool encryptions_of(PyObject *names, const char *what, ost_encs *ret_encs);

/* ---- errors (failure.c) ---- */

/* Sets the exception that belongs to the code. Always NULL. */
PyObject *failure_set(ost_result code, const char *detail);
PyObject *failure_of(const ost_error *error);
/* The parameter has more than so many bytes. */
PyObject *failure_ceiling(const char *what, size_t most);
PyObject *failure_type(const char *what, const char *wanted, PyObject *seen);
/* MemoryError. */
ost_arena *arena_take(size_t ceiling);

/* ---- arenas (arena_pool.c) ---- */

/* Arenas of ARENA_CEILING, kept for the next use by the thread that gives them back. */
ost_arena *arena_pool_take(void);
void arena_pool_give(ost_arena *arena);

/* ---- a guard and its process (keeper.c) ---- */

typedef struct guard_config guard_config;

/* A guard with all who use it. After fork(2) the child's is another: the parent's thread is not
 * there, and what it held locked stays so. */
typedef struct keeper {
    ost_guard *guard;
    atomic_size_t references;
    unsigned generation; /* of the process that made it */
} keeper;

bool keeper_init(void);
unsigned keeper_generation(void);
keeper *keeper_new(const guard_config *config, ost_error *error); /* without the GIL */
keeper *keeper_ref(keeper *kept);
void keeper_unref(keeper *kept); /* with the GIL or without; the last one ends the thread */

/* ---- configuration (config.c) ---- */

/* Reads what Verifier has gathered; everything is copied. NULL: an exception is set. */
guard_config *config_read(PyObject *issuers, PyObject *options);
const ost_guard_config *config_of(const guard_config *config);
void config_free(guard_config *config);

/* ---- objects ---- */

/* Takes the arena, and gains a reference to the keeper, which may be NULL. */
PyObject *claims_new(ost_arena *arena, const ost_claims *claims, keeper *kept, ost_text dpop_nonce);
PyObject *key_wrap(ost_key *key);                    /* takes the reference */
ost_key *key_of(PyObject *object, const char *what); /* borrowed */
/* A set: a KeySet, or a Key by itself. Gains a reference. */
ost_keyset *keyset_of(PyObject *object, const char *what);
/* None: a policy that asks for nothing. */
const ost_policy *policy_of(PyObject *object);
PyObject *wait_new(keeper *kept, const ost_verdict *verdict);

bool key_add_types(PyObject *module);
bool keyset_add_type(PyObject *module);
bool claims_add_type(PyObject *module);
bool policy_add_type(PyObject *module);
bool wait_add_type(PyObject *module);
bool guard_add_type(PyObject *module);
bool login_add_types(PyObject *module);
void guard_close_all(void);

/* Adds a type of the spec to the module. NULL: an exception is set. */
PyTypeObject *core_add_type(PyObject *module, PyType_Spec *spec);
/* The Py_tp_new of a type that Python cannot make objects of. */
PyObject *core_no_new(PyTypeObject *type, PyObject *arguments, PyObject *names);
/* Gives an object's memory back as its type wants it. */
void core_free(PyObject *self);

extern PyMethodDef jws_functions[], jwt_functions[], jwe_functions[], bytes_functions[];
extern PyMethodDef login_functions[];

#endif
