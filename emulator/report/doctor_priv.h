/* doctor_priv.h - what the parts of the doctor share: a row's words. */
#ifndef REPORT_DOCTOR_PRIV_H
#define REPORT_DOCTOR_PRIV_H
#include "doctor.h"

enum { DOCTOR_ROW_MAX = 8 /* findings of one row */ };

/* A word of a row, "" when there is none. */
const char *doctor_word(json_t *row, const char *key);

/* How it ended, as enum doctor_when; 0: it has not. */
unsigned doctor_row_when(json_t *row);

/* Is this word one of "a|b|c", or is "*" among them? */
bool doctor_one_of(const char *words, const char *word);

#endif
