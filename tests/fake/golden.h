/*
 * golden.h - bytes that another program made, or that the reference gives, from
 * tests/golden/.  A file is hexadecimal; lines that begin with # say where it comes from.
 * `sed /^#/d FILE | xxd -r -p` gives the bytes; text2pcap and tshark read those.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H
#include "buf.h"
#include "span.h"

/* The bytes of tests/golden/<name>, in b (which is emptied first); ends the test if they cannot
 * be read.  Tests run from the top of the tree. */
struct span golden(struct buf *b, const char *name);

#endif
