# SPDX-License-Identifier: LGPL-2.1-or-later
"""The machine around Haulier as a test wants it: a network that can be lost, and the services that watch it."""

import ctypes
import os
import subprocess

from gi.repository import Gio, GLib

from .client import BUS, Bus

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
ADDRESS = "192.0.2.1"  # RFC 5737: of nobody


class Network:
    """A network namespace for this thread, and whatever it starts, with one interface and a default route that can be
    taken away. Needs root."""

    def __init__(self):
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if LIBC.unshare(CLONE_NEWNET) != 0:
            os.close(self._home)
            raise OSError(ctypes.get_errno(), "no network namespace")
        for command in ("link set lo up", "link add out type veth peer name wire", "link set wire up",
                        f"addr add {ADDRESS}/24 dev out", "link set out up"):
            self._ip(command)
        self.connect()

    @staticmethod
    def _ip(command: str) -> None:
        subprocess.run(["ip", *command.split()], check=True, timeout=20)

    def connect(self) -> None:
        self._ip("link set out up")
        self._ip("route replace default via 192.0.2.254")

    def disconnect(self) -> None:
        self._ip("route del default")
        self._ip("route del 192.0.2.0/24")

    def reconnect(self) -> None:
        self._ip("route add 192.0.2.0/24 dev out")
        self.connect()

    def leave(self) -> None:
        LIBC.setns(self._home, CLONE_NEWNET)
        os.close(self._home)


class FakeService:
    """A D-Bus service with nothing but properties that announce their changes."""

    def __init__(self, bus: Bus, name: str, path: str, interface: str, **properties: GLib.Variant):
        self.connection = bus.connection
        self.path = path
        self.interface = interface
        self.values = dict(properties)
        listed = "".join(f'<property name="{n}" type="{v.get_type_string()}" access="read"/>' for n, v in properties.items())
        node = Gio.DBusNodeInfo.new_for_xml(f'<node><interface name="{interface}">{listed}</interface></node>')
        self.connection.register_object(path, node.interfaces[0], None, self._get, None)
        bus.call(*BUS, "RequestName", "(su)", name, 0)

    def _get(self, _connection, _sender, _path, _interface, name):
        return self.values[name]

    def set(self, **properties: GLib.Variant) -> None:
        self.values.update(properties)
        body = GLib.Variant("(sa{sv}as)", (self.interface, properties, []))
        self.connection.emit_signal(None, self.path, "org.freedesktop.DBus.Properties", "PropertiesChanged", body)


def network_manager(bus: Bus, metered: int = 4, state: int = 70) -> FakeService:
    """Metered: 1 yes, 2 no, 3 guess-yes, 4 guess-no; state: 20 disconnected, 70 connected (NetworkManager's D-Bus API)."""
    name = "org.freedesktop.NetworkManager"
    return FakeService(bus, name, "/org/freedesktop/NetworkManager", name, Metered=GLib.Variant("u", metered),
                       State=GLib.Variant("u", state), Connectivity=GLib.Variant("u", 4))


def upower(bus: Bus, on_battery: bool) -> FakeService:
    return FakeService(bus, "org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower",
                       OnBattery=GLib.Variant("b", on_battery))


def power_profiles(bus: Bus, profile: str) -> FakeService:
    name = "net.hadess.PowerProfiles"
    return FakeService(bus, name, "/net/hadess/PowerProfiles", name, ActiveProfile=GLib.Variant("s", profile))
