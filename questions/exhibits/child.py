"""The child process: Vega-Lite on standard input, SVG on standard output, a line each."""

import contextlib
import json
import resource
import sys

import vl_convert

MEGABYTE = 1 << 20
# Reserved address space is huge and harmless; what is counted is memory for data.
LIMITS = {
    resource.RLIMIT_DATA: 1200 * MEGABYTE,
    resource.RLIMIT_CPU: 120,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 0,
}


def main() -> None:
    """Draw until the input ends."""
    for limit, value in LIMITS.items():
        # A system that knows no such limit still has the parent's time limit.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    config = json.loads(sys.stdin.readline())
    for line in sys.stdin:
        print(json.dumps(_drawn(json.loads(line), config)), flush=True)


def _drawn(chart: dict[str, object], config: dict[str, object]) -> dict[str, str]:
    try:
        return {"svg": vl_convert.vegalite_to_svg(chart, config=config, allowed_base_urls=[])}
    except ValueError as error:
        return {"error": _first_sentence(str(error))}


def _first_sentence(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    useful = next((line for line in lines if "rror:" in line), lines[0] if lines else "")
    return useful[:200]


if __name__ == "__main__":
    main()
