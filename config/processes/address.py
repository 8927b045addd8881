"""The address to serve on: is it free, who can reach it, and by which names."""

import errno
import ipaddress
import socket
from contextlib import suppress

from config.processes.embedded import NotPossible

NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def parse_bind(bind: str) -> tuple[str, int]:
    """The host and the port of HOST:PORT, or of a port alone."""
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise NotPossible(f"{bind} is not an address: --bind wants HOST:PORT, like 127.0.0.1:8001.")
    return host.strip("[]") or "127.0.0.1", int(port)


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the address: proof that it is free, and the port when 0 asked for any.

    It never listens, and the web server may bind the same address beside it.
    """
    reservation = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reservation.bind((host, port))
    except OSError as error:
        reservation.close()
        raise NotPossible(cannot_bind(host, port, error)) from error
    return reservation


def cannot_bind(host: str, port: int, error: OSError) -> str:
    """Why the address cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use. "
            f"Choose another one: ./dev up --bind {bracketed(host)}:{port + 1}"
        )
    return (
        f"Cutscore cannot serve on {bracketed(host)}:{port} ({error.strerror}). "
        "Choose another address: ./dev up --bind 127.0.0.1:8001"
    )


def bracketed(host: str) -> str:
    """The host as it stands in a web address."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def own_names(host: str) -> list[str]:
    """What a browser may call this machine; the Host line of every request is held to it."""
    names = list(NAMES_OF_THIS_MACHINE)
    if host in EVERYWHERE:
        names += [socket.gethostname(), *own_addresses()]
    elif bracketed(host) not in names:
        names.append(bracketed(host))
    return names


def own_addresses() -> list[str]:
    """This machine's addresses, as far as they can be told without asking anyone."""
    found = {routed_address()}
    with suppress(OSError):
        entries = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        found |= {bracketed(str(entry[4][0]).partition("%")[0]) for entry in entries}
    return sorted(found - {""})


def routed_address() -> str:
    """The address others in the network see; empty without a network.

    Many systems map their own name to 127.0.1.1 alone. Connecting a datagram socket sends nothing.
    """
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return ""
