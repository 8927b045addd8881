"""Who may import whom. The rules are data; a planted violation shows that they can fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("accounts", "questions", "exam")
ALLOWED_APPS = {
    "accounts": {"accounts"},
    "questions": {"accounts", "questions"},
    "exam": {"accounts", "questions", "exam"},
}
PURE = ("exam/engine", "questions/formats", "questions/lint", "questions/stocktake.py")
FORBIDDEN_IN_PURE = ("django", "celery", "time", "random", "secrets", "requests", "config")
CLOCKS = {"now", "utcnow", "today", "perf_counter", "monotonic"}
# Each layer may use those before it, and itself.
LAYERS = (
    ("engine", "formats", "lint", "rendering", "exhibits", "highlights", "stocktake"),
    ("fields", "prepared"),
    ("models",),
    ("selectors",),
    ("services",),
    ("forms",),
    (
        *("charts", "templatetags", "access", "lockout", "adapter", "middleware", "backends"),
        "sessions",
        *("views", "tasks", "management", "urls", "measurement_urls"),
    ),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imports(source: str, package: str = "") -> Iterator[tuple[str, int]]:
    """Each imported module's dotted name, relative ones resolved, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], base]).strip(".")
            yield base, node.lineno
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def violations(path: str, source: str) -> list[str]:
    """What a file of the project imports although it must not."""
    parts = Path(path).with_suffix("").parts
    package = ".".join(parts[:-1])
    found = []
    for name, line in imports(source, package):
        found += [f"{path}:{line} {reason}" for reason in _reasons(path, parts, name)]
    if path.startswith(PURE):
        found += [f"{path}:{line} reads the clock" for line in _clock_reads(source)]
    return sorted(set(found))


def _reasons(path: str, parts: tuple[str, ...], name: str) -> Iterator[str]:
    head, *rest = name.split(".")
    if path.startswith(PURE) and head in FORBIDDEN_IN_PURE:
        yield f"the pure core imports {head}"
    if head not in APPS:
        return
    if head not in ALLOWED_APPS[parts[0]]:
        yield f"{parts[0]} imports {head}"
    own, other = _layer(parts[1:]), _layer(tuple(rest))
    if own is not None and other is not None and other > own:
        yield f"{parts[1]} imports {rest[0]}, a later layer"


def _layer(parts: tuple[str, ...]) -> int | None:
    return RANK.get(parts[0]) if parts else None


def _clock_reads(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield node.lineno


def files() -> list[Path]:
    return [
        file
        for app in APPS
        for file in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in file.parts
    ]


def test_every_import_goes_the_allowed_way() -> None:
    found = [
        violation
        for file in files()
        for violation in violations(file.relative_to(ROOT).as_posix(), file.read_text())
    ]
    assert found == []


def test_every_module_has_a_place_in_the_layers() -> None:
    known = {*RANK, "apps", "demo_urls", "migrations", "__init__"}
    unknown = {
        file.relative_to(ROOT).parts[:2]
        for file in files()
        if file.relative_to(ROOT).with_suffix("").parts[1] not in known
    }
    assert unknown == set()


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("exam/engine/x.py", "import django.db", "the pure core imports django"),
        ("exam/engine/x.py", "from datetime import datetime\ndatetime.now()", "reads the clock"),
        ("questions/lint/x.py", "import random", "the pure core imports random"),
        ("accounts/models.py", "from exam.models import Attempt", "accounts imports exam"),
        ("questions/models.py", "from exam import models", "questions imports exam"),
        ("exam/selectors/x.py", "from exam.services import attempts", "a later layer"),
        ("exam/models.py", "from .views import sitting", "a later layer"),
    ],
)
def test_a_planted_violation_is_found(path: str, source: str, expected: str) -> None:
    assert any(violation.endswith(expected) for violation in violations(path, source))


def test_what_is_allowed_is_not_reported() -> None:
    source = "from exam.services import attempts\nfrom accounts.models import User"
    assert violations("exam/views/x.py", source) == []


def reached_from(*starts: str) -> set[str]:
    """Every file of the project that loading these modules loads."""
    waiting, known = list(starts), set(starts)
    while waiting:
        path = ROOT / waiting.pop()
        package = ".".join(path.relative_to(ROOT).parts[:-1])
        for name, _line in imports(path.read_text(), package):
            stem = name.replace(".", "/")
            for found in (f"{stem}.py", f"{stem}/__init__.py"):
                if name.split(".")[0] in APPS and (ROOT / found).exists() and found not in known:
                    known.add(found)
                    waiting.append(found)
    return known


def test_only_workers_load_the_exact_solver() -> None:
    solver = "exam/engine/forms/exact.py"
    assert solver not in reached_from("exam/urls.py", "exam/measurement_urls.py")
    assert solver in reached_from("exam/tasks/long.py")


def test_no_drawer_for_odds_and_ends() -> None:
    names = {file.stem for file in files()} | {file.parent.name for file in files()}
    assert not names & {"common", "utils", "helpers", "core", "misc"}


def test_no_signals_and_no_random_order() -> None:
    for file in files():
        text = file.read_text()
        assert "django.dispatch" not in text, file
        assert 'order_by("?")' not in text, file
