"""By which names a browser may reach what serves on every address."""

import socket

import pytest

from config.processes.address import own_names, routed_address


def test_a_loopback_address_has_the_names_of_this_machine_alone() -> None:
    assert own_names("127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]


@pytest.mark.skipif(not routed_address(), reason="this machine has no network")
def test_on_every_address_the_one_that_the_network_sees_is_a_name_too() -> None:
    with socket.socket() as server:
        server.bind((routed_address(), 0))  # it is an address of this machine
    assert routed_address() in own_names("0.0.0.0")
