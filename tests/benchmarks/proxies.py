"""What stands between: nginx before the web processes, PgBouncer before PostgreSQL."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.machinery import ROOT, answers, await_ready, free_port
from tests.benchmarks.metering import Server
from tests.servers import start, temporary_folder, unprivileged

# What lets nginx run alone in a folder; the rest is what docs/scaling.md recommends, word for word.
AROUND = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
worker_rlimit_nofile 20000;
events {{ worker_connections 16000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""
PGBOUNCER = """\
[databases]
postgres = host={socket} port=5432 dbname=postgres user={user}
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 1000
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
"""


def find(program: str) -> str | None:
    """Where a program is, also where only root looks."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def site(port: int, ports: Sequence[int]) -> str:
    """The site of docs/scaling.md on another port, with these web processes."""
    [text] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/scaling.md").read_text(), re.S)
    servers = "".join(f"    server 127.0.0.1:{each} max_fails=0;\n" for each in ports)
    text = re.sub(r"(    server 127\.0\.0\.1:\d+ max_fails=0;\n)+", servers, text)
    return re.sub(r"listen [^;]+;", f"listen 127.0.0.1:{port} backlog=4096;", text)


def serve_through_nginx(ports: Sequence[int]) -> Server:
    """nginx before web servers on these ports."""
    folder, port = temporary_folder(), free_port()
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder, site=site(port, ports)))
    words = [find("nginx"), "-c", config, "-p", folder]
    process = start(words, folder / "out.log", cwd=folder)
    await_ready(lambda: answers(port), process, folder / "out.log")
    return Server(port, process.pid)


def start_pgbouncer(database_url: str, size: int = 20, user: str = "web") -> tuple[str, int]:
    """PgBouncer in transaction mode; the address that leads through it, and its process."""
    folder = temporary_folder()
    socket = parse_qs(urlsplit(database_url).query)["host"][0]
    config = folder / "pgbouncer.ini"
    config.write_text(PGBOUNCER.format(folder=folder, socket=socket, size=size, user=user))
    shown = _readable(folder, config)
    process = start([find("pgbouncer"), config], folder / "out.log", cwd=folder, **shown)
    await_ready((folder / ".s.PGSQL.6432").exists, process, folder / "out.log")
    return f"postgres://{user}@:6432/postgres?host={folder}", process.pid


def _readable(folder: Path, config: Path) -> dict[str, object]:
    """It does not run as root either."""
    who = unprivileged(folder)
    if who:
        shutil.chown(config, "nobody")
    return who
