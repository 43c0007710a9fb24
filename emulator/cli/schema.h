/* schema.h - the JSON Schema of scenarios, from the tables that read them:
 * scenarios/schema.json.
 */
#ifndef CLI_SCHEMA_H
#define CLI_SCHEMA_H
#include "buf.h"

/*
 * Append the schema (draft 7), with a newline; a buffer out of memory says so itself.  What it
 * accepts is what a map of keys can say: that arrivals are enough for all phones, or that a
 * named link is there, only the reader knows.
 */
void schema_scenario(struct buf *out);

#endif
