"""`python -m questions.formats.interchange FILE`: what is in a foreign file, and what is not."""

import argparse
import json
import sys
from pathlib import Path

from .found import Unreadable
from .reading import read_found
from .report import as_dict, as_text

CANNOT_BE_READ = 2


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 0 if the file could be read, else 2."""
    options = _parser().parse_args(arguments)
    try:
        found = read_found(options.file.name, options.file.read_bytes())
    except (Unreadable, OSError) as problem:
        error = str(problem) if isinstance(problem, Unreadable) else "The file cannot be opened."
        if options.json:
            print(json.dumps(as_dict(None, error), ensure_ascii=False, indent=2))
        else:
            print(error, file=sys.stderr)
        return CANNOT_BE_READ
    if options.json:
        print(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(found)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m questions.formats.interchange")
    parser.description = "Say which questions a file of another program holds; nothing is stored."
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
