/* fuzz_tree.c - any bytes as a YAML file. */
#include "tree.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct config_error error;
	struct tree t;

	if (tree_parse((struct span){ p, n }, "fuzz.yaml", &t, &error) == 0)
		tree_free(&t);
	return 0;
}
