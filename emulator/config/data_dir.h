/*
 * data_dir.h - where the files are that belong to the program and people may change: profiles
 * with their templates, and scenarios.
 *
 * In this order: the folder of --data (or of the environment's CX700_DATA), the program's own
 * folder, ../share/cx700farm from there.  Profiles that are in none of them are in the program
 * itself.
 */
#ifndef CONFIG_DATA_DIR_H
#define CONFIG_DATA_DIR_H
#include <stdbool.h>
#include <stddef.h>

enum { DATA_PATH_MAX = 4096 };

/* From here on DIR comes first, also for programs that this one starts.  0, or -errno: it is no
 * folder that can be read. */
int data_dir_set(const char *dir);

/* The first "DIR/KIND/NAME" that is a file: kind "profiles" or "scenarios".  false: there is
 * none. */
bool data_find(const char *kind, const char *name, char out[DATA_PATH_MAX]);

/* The files of a kind whose name ends so, folder by folder, each by its name; one of the same
 * name may come again from a later folder. */
typedef void data_name_fn(void *arg, const char *name);
void data_list(const char *kind, const char *end, data_name_fn *, void *arg);

#endif
