# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clocks that are wrong at boot, services that manage nothing, and machines whose only way out is a proxy."""

import ctypes
import os

import pytest
from gi.repository import GLib

from support.bus.machine_services import network_manager_with_devices
from support.client.checks import assert_file
from support.client.haulierctl import DONE, Ctl, Result
from support.content import body
from support.network_namespace import ADDRESS
from support.servers.response_script import Script

DATA = body(100_000)


def create(stack, url, name="f", **options):
    return stack.manager.create(files=[(url, stack.downloads / name)], **({"MinimumRetryDelay": 5, "Resume": True} | options))


# ---- 4: the clock is wrong at boot ----

SOON = 8  # seconds until a certificate is valid; the first request must come before that

def tls_server(stack, authority, name, **validity):
    server = stack.fault_server(authority=authority)
    server.add("/f", DATA)
    server.use_certificate(*authority.issue(name, **validity))
    return server


def test_field_04_not_yet_valid_waits_for_the_clock(tls_stack, authority):
    """A certificate that is not yet valid is a matter of the clock: the job waits, says so, and is transferred without a verb
    when the date has come."""
    tls_stack.start()
    server = tls_server(tls_stack, authority, "soon", begins=SOON)
    job = create(tls_stack, server.url("/f"))
    job.wait_state("transient-error", unless=("error", "transferred"))
    context, name, _code, sentence, _ = job.get("Error")
    assert (context, name) == ("transport", "tls-certificate") and "clock" in sentence
    job.wait_state("transferred", seconds=40)
    job.complete()
    assert_file(tls_stack.downloads / "f", DATA)


def test_field_04_sibling_years_too_early(tls_stack, authority):
    """A machine that starts with a date in the past waits for its clock, and does not ask the server all the time."""
    server = tls_server(tls_stack, authority, "later", begins=10 * 365 * 86400, ends=11 * 365 * 86400)
    job = create(tls_stack, server.url("/f"), NoProgressTimeout=1209600)
    job.wait_state("transient-error", unless=("error", "transferred"))
    assert job.get("WaitReason")[0] == "clock"
    assert "clock" in Ctl(tls_stack)("show", job.id).out
    server.use_certificate(authority.server_certificate, authority.server_key)
    job.resume()
    job.wait_state("transferred")


def test_field_04_sibling_an_upload_waits_as_well(tls_stack, authority):
    """The same for what is sent."""
    tls_stack.start()
    server = tls_server(tls_stack, authority, "soon-too", begins=SOON)
    server.rule = lambda request: Script(status=405 if request.method == "OPTIONS" else 201)
    (tls_stack.downloads / "source").write_bytes(DATA)
    job = tls_stack.manager.create(job_type="upload", files=[(server.url("/f"), tls_stack.downloads / "source")], Resume=True,
                                   MinimumRetryDelay=5)
    job.wait_state("transient-error", unless=("error", "transferred"))
    job.wait_state("transferred", seconds=40)


def clock_is_synchronised() -> bool:
    """What the kernel says: adjtimex(2) returns TIME_ERROR (5) while the clock is not synchronised."""
    return ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(256)) != 5


def test_field_04_expired_with_a_good_clock_is_fatal(tls_stack, authority):
    """An expired certificate is fatal if the clock is right, and waits for the clock if that is not synchronised."""
    server = tls_server(tls_stack, authority, "old", begins=-2 * 86400, ends=-86400)
    job = create(tls_stack, server.url("/f"))
    if clock_is_synchronised():
        job.wait_state("error", unless=("transient-error", "transferred"))
    else:
        job.wait_state("transient-error", unless=("error", "transferred"))
        assert "clock" in job.get("Error")[3]
    assert job.get("Error")[1] == "tls-certificate"


def test_field_04_counter_check_other_faults_of_certificates_are_fatal(tls_stack, authority):
    """A certificate for another name has nothing to do with the clock."""
    server = tls_server(tls_stack, authority, "other", hosts="DNS:other.example")
    job = create(tls_stack, server.url("/f"))
    job.wait_state("error", unless=("transient-error", "transferred"))
    assert job.get("Error")[1] == "tls-certificate"


# ---- 5: NetworkManager is there, but manages nothing ----

UNMANAGED, UNAVAILABLE, DISCONNECTED = 10, 20, 30


def outside(stack):
    """A server that is not on loopback."""
    server = stack.fault_server(host=ADDRESS)
    server.add("/f", DATA)
    return server


DEVICES = {"a unmanaged": {"out": UNMANAGED}, "sibling no device": {}, "sibling lo only": {"lo": UNMANAGED},
           "sibling another device is managed": {"out": UNMANAGED, "wlan0": UNAVAILABLE}}


@pytest.mark.parametrize("devices", DEVICES.values(), ids=DEVICES.keys())
def test_field_05_networkmanager_manages_nothing(network, stack, devices):
    """A NetworkManager that says `disconnected` but does not manage the device of the route is not believed: online."""
    network_manager_with_devices(stack.client, devices)
    server = outside(stack)
    stack.start()
    job = create(stack, server.url("/f"))
    job.wait_state("transferred", unless=("error",))
    assert stack.manager.property("Network") == "online"


@pytest.mark.parametrize("state", [10, 20, 30, 40])
def test_field_05_sibling_other_states(network, stack, state):
    """The same for `asleep`, `disconnecting` and `connecting`."""
    network_manager_with_devices(stack.client, {"out": UNMANAGED}, state=state)
    create(stack, outside(stack).url("/f")).wait_state("transferred", unless=("error",))


def test_field_05_counter_check_a_managed_device_is_believed(network, stack):
    """A NetworkManager that manages the device of the route is believed when it says `disconnected`, and when it is back."""
    manager = network_manager_with_devices(stack.client, {"out": DISCONNECTED})
    stack.client.wait(lambda: stack.manager.property("Network") == "offline", "offline")
    job = create(stack, outside(stack).url("/f"))
    job.wait_property("WaitReason", lambda reason: reason == ("network", 0))
    manager.set(State=GLib.Variant("u", 70))
    job.wait_state("transferred")


def test_field_05_counter_check_without_a_route_nothing_is_online(network, stack):
    """Where NetworkManager manages nothing and there is no route, the machine is offline."""
    network_manager_with_devices(stack.client, {"out": UNMANAGED})
    network.disconnect()
    job = create(stack, f"http://{ADDRESS}/f")
    job.wait_state("transient-error")
    assert job.get("Error")[1] == "network-lost" and job.get("WaitReason") == ("network", 0)


# ---- 22: no network but a proxy on this machine ----

FAR = "http://files.example/f"


@pytest.fixture
def alone(network):
    """A network in which there is only loopback."""
    network.disconnect()


def proxy_of(stack, host="127.0.0.1"):
    """A proxy that is also every server."""
    proxy = stack.fault_server(host=host)
    proxy.add(FAR, DATA)
    return proxy


LISTS = {"a": "http://127.0.0.1:{}", "sibling no scheme": "127.0.0.1:{}", "sibling localhost": "http://localhost:{}",
         "sibling 127.1.2.3": "http://127.1.2.3:{}", "sibling for http": "http=127.0.0.1:{}"}


@pytest.mark.parametrize("proxies", LISTS.values(), ids=LISTS.keys())
def test_field_22a_a_proxy_on_loopback_needs_no_network(alone, stack, proxies):
    """A job whose route is a proxy on loopback runs without a network."""
    proxy = proxy_of(stack, "0.0.0.0" if "127.1" in proxies else "127.0.0.1")
    job = create(stack, FAR, ProxyMode="override", ProxyList=proxies.format(proxy.port))
    job.wait_state("transferred", unless=("error", "transient-error"))
    assert proxy.requests[0].path == FAR


def test_field_22_sibling_a_proxy_on_ipv6_loopback(alone, stack):
    """[::1] is loopback too."""
    proxy = proxy_of(stack, "::1")
    job = create(stack, FAR, ProxyMode="override", ProxyList=proxy.url(""))
    job.wait_state("transferred", unless=("error", "transient-error"))


def test_field_22b_names_below_localhost_need_no_network(alone, stack):
    """*.localhost is this machine, without a proxy."""
    server = stack.fault_server()
    server.add("/f", DATA)
    for number, name in enumerate(("app.localhost", "a.b.localhost", "APP.LOCALHOST", "localhost.")):
        job = create(stack, f"http://{name}:{server.port}/f", name=str(number))
        job.wait_state("transferred", unless=("error", "transient-error"))


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
def test_field_22_sibling_the_proxy_of_the_environment(alone, field, name):
    """The environment's proxy counts like one that the job names."""
    proxy = field().fault_server()
    proxy.add(FAR, DATA)
    stack = field(env={name: proxy.url("")})
    create(stack, FAR).wait_state("transferred", unless=("error", "transient-error"))


def test_field_22_counter_check_a_proxy_elsewhere_needs_a_network(alone, stack):
    """A proxy that is not on loopback needs a network, and so does a host that bypasses the proxy."""
    far = create(stack, FAR, ProxyMode="override", ProxyList=f"http://{ADDRESS}:3128")
    bypassed = create(stack, FAR, "g", ProxyMode="override", ProxyList="http://127.0.0.1:9", ProxyBypass="files.example")
    for job in (far, bypassed):
        job.wait_state("transient-error")
        assert job.get("Error")[1] == "network-lost"


# ---- 23: the proxy is in the shell's environment ----

def get_with(stack, url=FAR, words=(), text=True, **env):
    return Ctl(stack).begin("get", url, "f", *words, env=stack.env | env, text=text)


def sees_or_says(stack, proxy, process) -> str:
    """Waits until the proxy is asked, or the command says that the daemon does not see it."""
    os.set_blocking(process.stderr.fileno(), False)
    said = []

    def either():
        said.append(process.stderr.read() or b"")
        if b"proxy" in b"".join(said).lower():
            return "said"
        return "asked" if proxy.requests else None
    try:
        return stack.client.wait(either, "a request to the proxy, or a hint")
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


VARIABLES = ["http_proxy", "all_proxy", "ALL_PROXY"]


@pytest.mark.parametrize("variable", VARIABLES)
def test_field_23_the_proxy_of_the_shell_is_used_or_spoken_of(field, variable):
    """`haulierctl get` passes the proxy of its environment on, or says that the daemon does not see it."""
    stack = field(Network={"Watch": "no"})
    proxy = proxy_of(stack)
    sees_or_says(stack, proxy, get_with(stack, text=False, **{variable: proxy.url("")}))


@pytest.mark.parametrize("command", ["add", "upload"])
def test_field_23_sibling_other_commands(field, command):
    """The same for `upload`, and for `add --start`."""
    stack = field(Network={"Watch": "no"})
    proxy = proxy_of(stack)
    (stack.downloads / "source").write_bytes(DATA)
    words = ["upload", "source", FAR] if command == "upload" else ["add", "--start", FAR, "f"]
    sees_or_says(stack, proxy, Ctl(stack).begin(*words, text=False, env=stack.env | {"http_proxy": proxy.url("")}))


def test_field_23_counter_check_no_proxy(field):
    """Hosts of no_proxy are asked directly."""
    stack = field(Network={"Watch": "no"})
    server, proxy = stack.fault_server(), proxy_of(stack)
    server.add("/f", DATA)
    process = get_with(stack, server.url("/f"), http_proxy=proxy.url(""), no_proxy="127.0.0.1,localhost")
    assert Result(process).code == DONE
    assert proxy.requests == [] and len(server.requests) == 1


def test_field_23_counter_check_what_the_user_says_wins(field):
    """ProxyMode=none is obeyed."""
    stack = field(Network={"Watch": "no"})
    server, proxy = stack.fault_server(), proxy_of(stack)
    server.add("/f", DATA)
    process = get_with(stack, server.url("/f"), ("--set", "ProxyMode=none"), http_proxy=proxy.url(""))
    assert Result(process).code == DONE
    assert proxy.requests == [] and len(server.requests) == 1
