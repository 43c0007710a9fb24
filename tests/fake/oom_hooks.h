/* oom_hooks.h - the libraries' own heaps, led to base/mem.h's count of allocations. */
#ifndef FAKE_OOM_HOOKS_H
#define FAKE_OOM_HOOKS_H

/* Before any of the libraries is used in this process, and once. */
void oom_hooks(void);

/* What the libraries have out. */
long oom_hooks_out(void);

#endif
