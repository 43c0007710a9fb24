/*
 * ui_farm.h - a farm of 5,000 toys in a process of its own, with the live page on it: it goes
 * on for as long as a test looks.
 *
 * Of ten phones one fails in the row "login" (the fourth), one in "update" (the sixth), one
 * hangs there for ever, having lost a try (the eighth); the others stay.  The first thousand
 * are the group "branch", the others "campus".
 */
#ifndef FAKE_UI_FARM_H
#define FAKE_UI_FARM_H
#include <stdint.h>
#include <sys/types.h>

enum { UI_FARM_PHONES = 5000, UI_FARM_BRANCH = 1000 };

struct ui_farm {
	pid_t pid;
	int say; /* our end of a pipe to it */
	char url[64];
};

/* Returns when the page can be asked for. */
void ui_farm_start(struct ui_farm *);

/* Its run ends: "fail".  The page is still served. */
void ui_farm_end_run(struct ui_farm *);

/* It is no more; once more is fine. */
void ui_farm_stop(struct ui_farm *);

#endif
