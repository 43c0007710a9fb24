/* lab_rig.h - the lab of harness/lab as tests use it: its script, its servers' logs and its
 * namespaces. */
#ifndef FAKE_LAB_RIG_H
#define FAKE_LAB_RIG_H
#include <stdbool.h>

#include "buf.h"

/* May the lab be here, and is it there already?  Says why not. */
bool lab_possible(struct buf *why);
bool lab_is_up(void);

/* A shell's command, in this folder; its exit status.  What it says is appended. */
int lab_shell(const char *command, struct buf *said);

/* The same, which must succeed; NULL: nobody reads what it says. */
void lab_must(const char *command, struct buf *said);

/* lab.sh with these words. */
void lab_do(const char *words);

/* Lines of a server's log (below the lab's folder) that hold both texts. */
unsigned lab_lines(const char *log, const char *one, const char *other);

/* How many lines a command prints. */
unsigned lab_printed(const char *command);

#endif
