"""Say of each scenario whether a JSON Schema accepts it: schema.py SCHEMA FILE...

Prints "yes FILE" or "no FILE: why" a line.  YAML's scalars are read as cx700farm reads them: only
true and false are truth values, only plain decimal numbers are numbers.
"""
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """Two kinds of scalars besides text."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key is there twice")
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node):
        return super().construct_scalar(node)


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^(0|-?[1-9][0-9]*)$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        checker = jsonschema.Draft7Validator(__import__("json").load(file))
    jsonschema.Draft7Validator.check_schema(checker.schema)
    for name in sys.argv[2:]:
        try:
            with open(name, encoding="utf-8") as file:
                wrong = jsonschema.exceptions.best_match(checker.iter_errors(yaml.load(file, Loader)))
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
            wrong = error
        print(f"yes {name}" if wrong is None else f"no {name}: {str(wrong).splitlines()[0]}")


main()
