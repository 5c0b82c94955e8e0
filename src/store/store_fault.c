/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what a store may suffer from; see store_fault.h. */
#include "store/store_fault.h"

static const struct {
    const char *word, *sentence;
} faults[STORE_FAULTS] = {
    [STORE_WORKS] = {"none", "it works"},
    [STORE_FULL] = {"disk-full", "the disk is full"},
    [STORE_IO_ERROR] = {"io-error", "the disk cannot be read or written"},
    [STORE_READ_ONLY] = {"read-only", "the file is read-only"},
    [STORE_LOCKED] = {"locked", "another process holds it locked"},
    [STORE_CANNOT_OPEN] = {"cannot-open", "the file cannot be opened"},
    [STORE_DAMAGED] = {"damaged", "the file is damaged; restore a backup"},
    [STORE_MOVED] = {"moved", "the file was deleted, moved or replaced; put it back, or restart"},
    [STORE_UNREACHABLE] = {"unreachable", "the database server cannot be reached"},
};

const char *store_fault_word(store_fault fault)
{
    return faults[fault].word;
}

const char *store_fault_sentence(store_fault fault)
{
    return faults[fault].sentence;
}
