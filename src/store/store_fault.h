/* SPDX-License-Identifier: Apache-2.0 */
/* Why a store cannot be used. */
#ifndef STORE_FAULT_H
#define STORE_FAULT_H

typedef enum store_fault {
    STORE_WORKS,
    STORE_FULL,        /* the disk, or what this user may have of it */
    STORE_IO_ERROR,    /* the disk cannot be read or written */
    STORE_READ_ONLY,   /* the file, or what it stands on */
    STORE_LOCKED,      /* by another process, for longer than is waited */
    STORE_CANNOT_OPEN, /* no permission, or no descriptor left */
    STORE_DAMAGED,     /* what is read is not what was written */
    STORE_MOVED,       /* deleted, renamed or replaced: what is written would be lost */
    STORE_UNREACHABLE, /* the server is not there, or does not answer */
    STORE_FAULTS,
} store_fault;

/* One word, "disk-full"; never NULL. */
const char *store_fault_word(store_fault fault);
/* The same for people: "the disk is full". */
const char *store_fault_sentence(store_fault fault);

#endif
