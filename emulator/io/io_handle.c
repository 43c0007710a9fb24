/* io_handle.c - what all handles have in common: scope, owner, end; and alarms. */
#include <errno.h>

#include "io_priv.h"
#include "mem.h"

/* ---- scope and owner ---- */

/* In front of its scope; prev is the pointer that points here, so unlinking needs no search. */
static void
handle_link(struct io_handle *h, struct io_owner owner)
{
	h->owner = owner;
	h->next = owner.scope->first;
	h->prev = &owner.scope->first;
	if (h->next != NULL)
		h->next->prev = &h->next;
	owner.scope->first = h;
}

/* Twice is fine: an owner's close() and the end of lingering both come by here. */
static void
handle_unlink(struct io_handle *h)
{
	if (h->prev == NULL)
		return;
	*h->prev = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	h->next = NULL;
	h->prev = NULL;
}

struct io_world *
io_world_of(const struct io_handle *h)
{
	return h->phone->world;
}

/* While a handle is open, the loop has something to wait for. */
void
io_world_hold(struct io_world *w)
{
	if (w->n_handles++ == 0)
		uv_ref((uv_handle_t *)&w->poll);
}

void
io_world_let(struct io_world *w)
{
	if (--w->n_handles == 0)
		uv_unref((uv_handle_t *)&w->poll);
}

void *
io_handle_new(
    struct io_phone *phone, const struct io_type *type, struct io_owner owner, size_t size)
{
	struct io_handle *h = mem_new(size);

	if (h == NULL)
		return NULL;
	h->phone = phone;
	h->type = type;
	list_init(&h->woken);
	list_add_tail(&phone->handles, &h->of_phone);
	handle_link(h, owner);
	io_world_hold(phone->world);
	return h;
}

void
io_handle_free(struct io_handle *h)
{
	struct io_world *w = io_world_of(h);

	h->closed = true;
	handle_unlink(h);
	list_remove(&h->of_phone);
	list_remove(&h->woken);
	io_world_let(w);
	/* We may be inside its own event: the memory lasts until the turn ends. */
	io_bury(w, h);
}

/* The kind's close() may linger: the owner hears nothing more, the memory goes later. */
void
io_handle_close(struct io_handle *h)
{
	if (h->closed)
		return;
	h->closed = true;
	handle_unlink(h);
	h->type->close(h);
}

/* Also one that is closed and lingers: a power cut waits for nobody. */
void
io_handle_cut(struct io_handle *h)
{
	h->closed = true;
	handle_unlink(h);
	h->type->cut(h);
}

/* Who hears an event is decided when it is told: what waits goes to the new owner. */
void
io_handle_give(struct io_handle *h, struct io_owner owner)
{
	handle_unlink(h);
	handle_link(h, owner);
}

/* A handle that its owner has closed tells nothing, whatever its socket still does. */
bool
io_tell(struct io_handle *h, const struct io_event *ev)
{
	if (!h->closed)
		h->owner.fn(h->owner.arg, ev);
	return !h->closed;
}

/* ---- alarms ---- */

struct io_alarm {
	struct io_handle h;
	struct io_due due;
};

/* Taken from the heap already: the owner may set it again. */
static void
alarm_on_due(struct io_due *due)
{
	struct io_alarm *a = LIST_ITEM(due, struct io_alarm, due);

	io_tell(&a->h, &(struct io_event){ .kind = IO_ALARM, .h = &a->h });
}

static void
alarm_free(struct io_handle *h)
{
	struct io_alarm *a = (struct io_alarm *)h;

	io_due_done(io_world_of(h), &a->due);
	io_handle_free(h);
}

static const struct io_type alarm_type = { .close = alarm_free, .cut = alarm_free };

int
io_alarm_open(struct io *io, struct io_owner owner, struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	struct io_alarm *a = io_handle_new(phone, &alarm_type, owner, sizeof(*a));

	if (a == NULL)
		return -ENOMEM;
	if (io_due_init(phone->world, &a->due, alarm_on_due) < 0) {
		io_handle_free(&a->h);
		return -ENOMEM;
	}
	*out = &a->h;
	return 0;
}

/* Setting a place that was set moves it. */
void
io_alarm_set(struct io_handle *h, uint64_t after_us)
{
	struct io_alarm *a = (struct io_alarm *)h;

	io_due_set(io_world_of(h), &a->due, io_now_us() + after_us);
}
