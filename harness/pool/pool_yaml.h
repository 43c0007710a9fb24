/* pool_yaml.h - the pool file by which cx700farm finds this pool. */
#ifndef POOL_YAML_H
#define POOL_YAML_H
#include "buf.h"
#include "options.h"

void pool_yaml(const struct pool_options *, struct buf *to);

#endif
