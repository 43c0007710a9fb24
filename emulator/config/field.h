/*
 * field.h - one table a file format: key, type, range, default, help.  The table
 * reads the file, and says what an unknown key could have been.
 */
#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "tree.h"

enum field_type {
	FIELD_TEXT, /* char[size], one line */
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_BOOL,
	FIELD_WORD,     /* enum, as int: one of words[] */
	FIELD_DURATION, /* uint64_t, microseconds */
	FIELD_MS,       /* uint32_t, milliseconds, written as a duration */
	FIELD_SECONDS,  /* uint32_t, seconds, written as a duration */
	FIELD_OFFSET,   /* int64_t, microseconds: a duration that may be negative */
	FIELD_SHARE,    /* double, 0 to 1, written as 20% */
	FIELD_SIZE,     /* uint64_t, bytes, written as 7MB */
	FIELD_RATE,     /* uint64_t, bytes a second, written as 64kB/s or 100Mbit/s */
	FIELD_PACE,     /* double, how often a second, written as 200/s, 30/m, 5/h */
	FIELD_PHONES,   /* struct phones: 10%, or 3,7-9, or [3, 7-9] */
	FIELD_SPREAD,   /* struct spread */
	FIELD_IP,       /* uint32_t, host byte order */
	FIELD_MAC,      /* uint8_t[6] */
	FIELD_MAP,      /* members by `sub`, in the same struct */
	FIELD_PART, /* no key: the keys of `sub` stand here too, in the struct at `offset` */
	FIELD_OWN   /* read by own() */
};

/*
 * What the node of a FIELD_OWN looks like: for the manual and the schema, which own() agrees
 * with.  Its scalars are like `pattern`, or one of `words`.
 */
enum field_form {
	FORM_VALUE,  /* a scalar; with `sub` also a map by it */
	FORM_LIST,   /* a list of maps by `sub` */
	FORM_MAP_OF, /* a map of keys like `pattern` (NULL: any), each value a map by `sub` */
	FORM_ONE_OF, /* a list of maps with exactly one key of `sub` */
	FORM_TEXTS,  /* a list of scalars; with `sub` of maps by it, or of its first key's value
			alone */
	FORM_SOME,   /* a scalar, or a list of them */
	FORM_MAP     /* a map by `sub` */
};

/* Where the values come from, and where an error is written. */
struct field_place {
	const char *file;
	struct config_error *error;
	bool keep; /* a key that is missing keeps what the struct holds: no defaults */
};

/* Reads a value of a kind of its own into the struct.  0, or -EINVAL with the error. */
typedef int field_own_fn(const struct field_place *, const struct node *, void *base);

/* One key of a map.  The value goes to base + offset; size is that of a FIELD_TEXT. */
struct field {
	const char *key;
	enum field_type type;
	size_t offset, size;
	uint64_t min, max; /* of numbers (ms, us, bytes); max 0 = the type's */
	const char *def;   /* taken when the key is missing; NULL: zero */
	bool required;
	const char *help;
	const char *const *words; /* FIELD_WORD, FIELD_OWN: ends in NULL */
	const struct field *sub;  /* FIELD_MAP, FIELD_PART; FIELD_OWN by its form */
	size_t n_sub;
	field_own_fn *own;
	enum field_form form; /* FIELD_OWN */
	/* What a scalar may look like where the type does not say it all: a regular expression
	 * that POSIX (extended) and JSON Schema understand alike. */
	const char *pattern;
	size_t mark_offset; /* where a struct mark keeps the value's place; 0 = nowhere */
};

/*
 * Fill the struct at base (zeroed) from a map.  0, or -EINVAL with the error.
 * Missing keys get their defaults, also those of maps that are missing whole.
 */
int fields_read(const struct field_place *, const struct node *map, const struct field *,
    size_t n, void *base);

/* Only the keys: one that the table lacks is a typing error, and never passed over.  0, or
 * -EINVAL with the error. */
int fields_known(
    const struct field_place *, const struct node *map, const struct field *, size_t n);

/*
 * A map with exactly one key of the table, as the items of a FORM_ONE_OF are; `what` is what to
 * call it in an error.  Its row goes to *out, its value to the struct at base.  0, or -EINVAL
 * with the error.
 */
int fields_read_one(const struct field_place *, const struct node *map, const struct field *,
    size_t n, const char *what, void *base, const struct field **out);

/* One value by one field's rule.  0, or -EINVAL with the error. */
int field_read(
    const struct field_place *, const struct node *, const struct field *, void *base);

/* An error at a node; always -EINVAL. */
int field_fail(const struct field_place *, const struct node *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a scalar of this field may look like, in the language of field.pattern: its own pattern
 * or its type's; NULL: any text, or a number, a word or a bool that the rest of the field
 * tells. */
const char *field_pattern(const struct field *);

/* The same of FIELD_SPREAD, for tables of those who read it themselves. */
#define FIELD_PATTERN_NUMBER "([0-9]+[.]?[0-9]*|[.][0-9]+)"
#define FIELD_PATTERN_SPAN FIELD_PATTERN_NUMBER "(ms|s|m|h)"
#define FIELD_PATTERN_SHARE "0*([0-9]{1,2}([.][0-9]*)?|100([.]0*)?|[.][0-9]+)%"
#define FIELD_PATTERN_SPREAD \
	"^ *" FIELD_PATTERN_SPAN " *((\xc2\xb1|[+]-) *" FIELD_PATTERN_SPAN " *)?$"

/* Append the manual of a table: one line a key with its default, deeper ones behind it.  A part
 * with a help of its own has just that for each key: it is explained elsewhere. */
void fields_help(const struct field *, size_t n, unsigned depth, struct buf *);

/* The text of a scalar; or NULL with an error that says what it must be instead. */
const char *field_scalar(const struct field_place *, const struct node *, const char *what);

#endif
