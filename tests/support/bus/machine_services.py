# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand-ins for the system services from which Haulier learns the state of network and power."""

from gi.repository import Gio, GLib

from ..client.dbus_client import BUS, Bus


class PropertyObject:
    """A D-Bus object that has properties, whose changes it announces, and perhaps methods: functions that take the
    arguments and return the reply. `methods` is their XML."""

    def __init__(self, bus: Bus, path: str, interface: str, methods: str = "", answers=None, **properties: GLib.Variant):
        self.connection = bus.connection
        self.path = path
        self.interface = interface
        self.values = dict(properties)
        self.answers = answers or {}
        listed = "".join(f'<property name="{n}" type="{v.get_type_string()}" access="read"/>' for n, v in properties.items())
        node = Gio.DBusNodeInfo.new_for_xml(f'<node><interface name="{interface}">{listed}{methods}</interface></node>')
        self.connection.register_object(path, node.interfaces[0], self._call, self._get, None)

    def _call(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        reply = self.answers[method](*parameters.unpack())
        if reply is None:
            invocation.return_dbus_error(f"{self.interface}.UnknownDevice", "no such device")
        else:
            invocation.return_value(reply)

    def _get(self, _connection, _sender, _path, _interface, name):
        return self.values[name]

    def set(self, **properties: GLib.Variant) -> None:
        self.values.update(properties)
        body = GLib.Variant("(sa{sv}as)", (self.interface, properties, []))
        self.connection.emit_signal(None, self.path, "org.freedesktop.DBus.Properties", "PropertiesChanged", body)


class PropertyService(PropertyObject):
    """An object like that, and the well-known name under which it is found."""

    def __init__(self, bus: Bus, name: str, path: str, interface: str, **properties):
        super().__init__(bus, path, interface, **properties)
        bus.call(*BUS, "RequestName", "(su)", name, 0)


def network_manager(bus: Bus, metered: int = 4, state: int = 70) -> PropertyService:
    """`metered`: 1 yes, 2 no, 3 guess-yes, 4 guess-no. `state`: 20 disconnected, 70 connected (NetworkManager's D-Bus API)."""
    name = "org.freedesktop.NetworkManager"
    return PropertyService(bus, name, "/org/freedesktop/NetworkManager", name, Metered=GLib.Variant("u", metered),
                           State=GLib.Variant("u", state), Connectivity=GLib.Variant("u", 4))


DEVICE_METHODS = """
<method name="GetDevices"><arg type="ao" direction="out"/></method>
<method name="GetAllDevices"><arg type="ao" direction="out"/></method>
<method name="GetDeviceByIpIface"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
"""


def network_manager_with_devices(bus: Bus, devices: dict[str, int], state: int = 20, connectivity: int = 0) -> PropertyService:
    """A NetworkManager that knows these interfaces, each with its device state: 10 unmanaged, 30 disconnected, 100 activated."""
    name = "org.freedesktop.NetworkManager"
    paths = {}
    for number, (interface, device_state) in enumerate(devices.items(), 1):
        paths[interface] = f"/org/freedesktop/NetworkManager/Devices/{number}"
        PropertyObject(bus, paths[interface], name + ".Device", Interface=GLib.Variant("s", interface),
                       IpInterface=GLib.Variant("s", interface), State=GLib.Variant("u", device_state),
                       Managed=GLib.Variant("b", device_state > 10), DeviceType=GLib.Variant("u", 1))
    listed = GLib.Variant("ao", list(paths.values()))
    answers = {
        "GetDevices": lambda: GLib.Variant.new_tuple(listed),
        "GetAllDevices": lambda: GLib.Variant.new_tuple(listed),
        "GetDeviceByIpIface": lambda interface: GLib.Variant("(o)", (paths[interface],)) if interface in paths else None,
    }
    return PropertyService(bus, name, "/org/freedesktop/NetworkManager", name, methods=DEVICE_METHODS, answers=answers,
                           Metered=GLib.Variant("u", 4), State=GLib.Variant("u", state),
                           Connectivity=GLib.Variant("u", connectivity), Devices=listed, AllDevices=listed,
                           PrimaryConnection=GLib.Variant("o", "/"), ActiveConnections=GLib.Variant("ao", []))


def upower(bus: Bus, on_battery: bool) -> PropertyService:
    return PropertyService(bus, "org.freedesktop.UPower", "/org/freedesktop/UPower", "org.freedesktop.UPower",
                           OnBattery=GLib.Variant("b", on_battery))


def power_profiles(bus: Bus, profile: str) -> PropertyService:
    name = "net.hadess.PowerProfiles"
    return PropertyService(bus, name, "/net/hadess/PowerProfiles", name, ActiveProfile=GLib.Variant("s", profile))
