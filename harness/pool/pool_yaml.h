/* pool_yaml.h - the pool file by which cx700farm finds this pool. */
#ifndef POOL_YAML_H
#define POOL_YAML_H
#include "buf.h"
#include "options.h"
#include "serve_zone.h"

/* Append it; nothing in it is secret, the password is named by its file.  home_port is the
 * other pool's, where hosts has one. */
void pool_yaml(const struct pool_options *, const struct serve_hosts *, uint16_t home_port,
    struct buf *to);

#endif
