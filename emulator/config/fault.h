/*
 * fault.h - what goes wrong with a server, and when: `faults:`.
 *
 *   - {server: kdc, from: 20s, for: 10s, do: {delay: 300ms±100ms, drop: 20%}}
 *
 * Whoever plays the server plays the fault: here it is only data.  The tables in fault.c are
 * the format.
 */
#ifndef CONFIG_FAULT_H
#define CONFIG_FAULT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"
#include "spread.h"
#include "tree.h"

enum { FAULTS_MAX = 64, FAULT_SERVER_MAX = 16, FAULT_WORD_MAX = 16, FAULT_EVENT_MAX = 32 };

/* What is done.  All zero: nothing.  Chances are 0 to 1, drawn for each packet; on a stream for
 * each piece that travels. */
struct fault_deed {
	struct spread delay; /* added to each way */
	double drop, duplicate, reorder, corrupt;
	bool refuse;             /* no connection is taken; datagrams are answered by ICMP */
	bool reset;              /* connections are reset, those that are open too */
	uint64_t reset_after;    /* bytes of one reply, then a reset; 0: none */
	uint64_t truncate_after; /* bytes of one reply, then its clean end; 0: none */
	uint64_t bytes_per_s;    /* slow: no faster than this; 0: as ever */
	/*
	 * The server's own kind of refusal, 0: none.  dhcp 6 (NAK); dns an RCODE; ntp 1, the
	 * kiss code is the word; kdc the number of a KRB-ERROR; ldap a result code; others a
	 * status.
	 */
	int answer;
	char answer_word[FAULT_WORD_MAX]; /* the same as it was written: "nak", "RATE", "503" */
	uint32_t retry_after_s;           /* beside an answer of sip or HTTP; 0: not said */
	char sign_off[FAULT_EVENT_MAX];   /* sip: at `from` all users are signed off with this
					     event, "rejected"; "": nobody is */
};

struct fault {
	char server[FAULT_SERVER_MAX]; /* of servers.h: "kdc" */
	struct mark at;
	uint64_t from_us; /* since the run's beginning */
	uint64_t for_us;  /* 0: to the end of the run */
	struct fault_deed deed;
};

struct faults {
	struct fault fault[FAULTS_MAX];
	size_t n;
};

/* The keys of one fault, for the manual. */
enum { FAULT_FIELDS = 4 };
extern const struct field fault_fields[FAULT_FIELDS];

/* Read the list of `faults:` into a struct faults.  0, or -EINVAL with the error. */
int faults_read(const struct field_place *, const struct node *list, void *faults);

/* Does it hold at this time since the run's beginning? */
bool fault_holds(const struct fault *, uint64_t at_us);

#endif
