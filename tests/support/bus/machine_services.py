# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand-ins for the system services from which Haulier learns the state of network and power."""

from gi.repository import Gio, GLib

from ..client.dbus_client import BUS, Bus


class PropertyService:
    """A D-Bus service that has only properties, and announces their changes."""

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


def network_manager(bus: Bus, metered: int = 4, state: int = 70) -> PropertyService:
    """`metered`: 1 yes, 2 no, 3 guess-yes, 4 guess-no. `state`: 20 disconnected, 70 connected (NetworkManager's D-Bus API)."""
    name = "org.freedesktop.NetworkManager"
    return PropertyService(bus, name, "/org/freedesktop/NetworkManager", name, Metered=GLib.Variant("u", metered),
                           State=GLib.Variant("u", state), Connectivity=GLib.Variant("u", 4))


def upower(bus: Bus, on_battery: bool) -> PropertyService:
    return PropertyService(bus, "org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower",
                           OnBattery=GLib.Variant("b", on_battery))


def power_profiles(bus: Bus, profile: str) -> PropertyService:
    name = "net.hadess.PowerProfiles"
    return PropertyService(bus, name, "/net/hadess/PowerProfiles", name, ActiveProfile=GLib.Variant("s", profile))
