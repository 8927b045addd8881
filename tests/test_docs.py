"""The documents keep up with the code: settings, commands, links. Each check is shown to fail."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SKIPPED = {"node_modules", "var", "staticfiles"}
NOT_COMMANDS = {"-h", "--help"}  # other spellings of `./dev help`


def read(name: str) -> str:
    """A file's text; one that is missing documents nothing."""
    file = ROOT / name
    return file.read_text() if file.is_file() else ""


# ---------------------------------------------------------------- what the code has
def settings_variables(source: str) -> set[str]:
    """Names read by env("NAME"), env.bool("NAME"), os.environ["NAME"], os.environ.get("NAME")."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and _reads(node.func):
            found |= _text(node.args[0])
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found |= _text(node.slice)
    return found


def _reads(function: ast.expr) -> bool:
    name = ast.unparse(function)
    return name in ("env", "os.getenv", "os.environ.get") or name.startswith("env.")


def _text(node: ast.expr) -> set[str]:
    is_name = isinstance(node, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(node.value))
    return {node.value} if is_name else set()


def compose_variables(text: str) -> set[str]:
    """Names in ${NAME}, ${NAME:-default} and $NAME; `$$` is the container's own."""
    return set(re.findall(r"(?<!\$)\$\{?([A-Z][A-Z0-9_]*)", text))


def dev_commands(source: str) -> set[str]:
    """The keys of COMMANDS in ./dev."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS":
            return set(ast.literal_eval(_keys(node.value))) - NOT_COMMANDS
    return set()


def _keys(node: ast.expr) -> ast.List:
    assert isinstance(node, ast.Dict)
    return ast.List([key for key in node.keys if key is not None])


def management_commands(root: Path) -> set[str]:
    files = root.glob("*/management/commands/*.py")
    return {file.stem for file in files if not file.stem.startswith("_")}


# ---------------------------------------------------------------- what the documents have
def documented_variables(text: str, heading: str = "") -> set[str]:
    """Names in the first column of tables, of one chapter or of all."""
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] if heading else text
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", part, re.MULTILINE))


def documented_commands(text: str, prefix: str) -> set[str]:
    return set(re.findall(rf"`{re.escape(prefix)} ([a-z_]+)", text))


def example_variables(text: str) -> set[str]:
    """Names set in .env.example, also in lines that are commented out."""
    return set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


# ---------------------------------------------------------------- links
def dead_links(file: Path) -> list[str]:
    """Relative links and pictures of a Markdown file that lead nowhere."""
    text = re.sub(r"^```.*?^```|`[^`\n]+`", "", file.read_text(), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(<?([^)\s>]+)", text) + re.findall(
        r'(?:src|srcset|href)="([^"]+)"', text
    )
    return [link for link in found if not re.match(r"[a-z]+:", link) and not _leads(file, link)]


def _leads(file: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = file.parent / path if path else file
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text())


def anchors(text: str) -> set[str]:
    """What the headings are called in links: lower case, hyphens for spaces, no other signs."""
    titles = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def missing_paths(root: Path, text: str) -> list[str]:
    """Source files and folders that are named and are not there; `*` stands for part of a name."""
    folders = {each.name for each in root.iterdir() if each.is_dir()} - SKIPPED
    named = re.findall(r"`([a-z]+)(/[\w./*-]*)`", text)
    found = [(top + rest).rstrip("/") for top, rest in named if top in folders]
    return [path for path in found if not any(root.glob(path))]


def markdown_files() -> Iterator[Path]:
    for file in sorted(ROOT.rglob("*.md")):
        parts = file.relative_to(ROOT).parts
        if not any(part in SKIPPED or part.startswith(".") for part in parts):
            yield file


# ---------------------------------------------------------------- the tests
OPERATIONS = "docs/operations.md"


def test_every_environment_variable_is_documented() -> None:
    wanted = settings_variables(read("config/settings.py") + read("config/safety.py"))
    wanted |= compose_variables(read("docker-compose.yml"))
    assert wanted - documented_variables(read(OPERATIONS)) == set()


def test_every_documented_setting_is_read_somewhere() -> None:
    known = settings_variables(read("config/settings.py") + read("config/safety.py"))
    known |= compose_variables(read("docker-compose.yml"))
    assert documented_variables(read(OPERATIONS), "Environment variables") - known == set()


def test_every_documented_setting_stands_in_the_example() -> None:
    documented = documented_variables(read(OPERATIONS), "Environment variables")
    assert documented
    assert documented - example_variables(read(".env.example")) == set()


def test_every_management_command_is_documented() -> None:
    text = read(OPERATIONS)
    assert management_commands(ROOT) - documented_commands(text, "./dev manage") == set()


def test_every_dev_command_is_documented() -> None:
    commands = dev_commands(read("dev"))
    assert {"up", "test"} <= commands
    assert commands - documented_commands(read(OPERATIONS), "./dev") == set()


def test_no_link_in_a_document_is_dead() -> None:
    assert {file.name: dead for file in markdown_files() if (dead := dead_links(file))} == {}


def test_every_path_that_a_document_names_is_there() -> None:
    found = {file.name: missing_paths(ROOT, file.read_text()) for file in markdown_files()}
    assert {name: paths for name, paths in found.items() if paths} == {}


# ---------------------------------------------------------------- the checks can fail
def test_each_way_of_reading_a_setting_is_seen() -> None:
    source = (
        'A = env("ONE")\nB = env.bool("TWO", default=False)\nC = os.environ["THREE"]\n'
        'D = os.environ.get("FOUR")\nE = other("FIVE")\nF = env.email_url_config(url)'
    )
    assert settings_variables(source) == {"ONE", "TWO", "THREE", "FOUR"}


def test_each_way_of_using_a_variable_in_compose_is_seen() -> None:
    assert compose_variables("${ONE} ${TWO:-x} $THREE $$FOUR $${FIVE}") == {"ONE", "TWO", "THREE"}


def test_a_variable_that_is_only_mentioned_is_not_documented() -> None:
    text = "\n## First\n| `ONE` | x |\nSee `TWO`.\n## Second\n| `THREE` | y |\n"
    assert documented_variables(text) == {"ONE", "THREE"}
    assert documented_variables(text, "First") == {"ONE"}


def test_an_example_without_a_variable_is_found() -> None:
    assert example_variables("ONE=1\n#TWO=2\n# THREE=3\n# about FOUR = 4") == {
        *("ONE", "TWO", "THREE")
    }


def test_a_new_command_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "exam" / "management" / "commands"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "forgotten.py").touch()
    assert management_commands(tmp_path) == {"forgotten"}
    assert documented_commands("`./dev manage prepare --demo`", "./dev manage") == {"prepare"}


def test_a_new_dev_command_is_found() -> None:
    assert dev_commands('COMMANDS = {"new": f, "-h": g}') == {"new"}
    assert documented_commands("`./dev up`, ./dev new", "./dev") == {"up"}


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# What is it?\n")
    page = tmp_path / "a.md"
    page.write_text(
        "# Top\n[good](b.md) [good](b.md#what-is-it) [good](#top) [far](https://example.org)\n"
        '`[code](c.md)` ![dead](c.png) [dead](b.md#gone) <img src="d.svg">\n'
    )
    assert dead_links(page) == ["c.png", "b.md#gone", "d.svg"]


def test_a_path_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "exam" / "services").mkdir(parents=True)
    (tmp_path / "exam" / "urls.py").touch()
    text = "`exam/urls.py` `exam/services/` `exam/*.py` `exam/gone.py` `other/gone.py` exam/said.py"
    assert missing_paths(tmp_path, text) == ["exam/gone.py"]
