/* list.h - doubly linked lists through a member; the head is a link that points to itself. */
#ifndef BASE_LIST_H
#define BASE_LIST_H
#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

/* The struct that has `member` at this link. */
#define LIST_ITEM(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/* An empty list; or a link that is in none. */
static inline void
list_init(struct list *head)
{
	head->next = head->prev = head;
}

/* Is there nothing in the list?  Or: is this link in none? */
static inline bool
list_empty(const struct list *head)
{
	return head->next == head;
}

/* The link, which is in no list, becomes the last of this one. */
static inline void
list_add_tail(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Taken out, it points to itself; taking it out again does nothing. */
static inline void
list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

#endif
