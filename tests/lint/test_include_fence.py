# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which module may include what (ARCHITECTURE.md). The compiler cannot check this, because system headers and all of src/
are visible to every target."""

import graphlib
import re

import pytest

from support.environment import SOURCE

SRC = SOURCE / "src"

# What each module may include besides its own headers and the standard library. A module may only use modules below it.
MODULES = {
    "daemon": {"base", "store", "notify", "daemon/common", "daemon/workers", "daemon/environment", "daemon/manager",
               "daemon/bus", "daemon/bus/sdbus", "libsystemd"},
    "daemon/bus": {"base", "job", "notify", "daemon/common", "daemon/manager", "daemon/bus/access", "daemon/bus/names",
                   "daemon/bus/sdbus", "adaptors", "libsystemd"},
    "daemon/manager": {"base", "job", "store", "notify", "daemon/common", "daemon/workers", "libsystemd"},
    "daemon/environment": {"base", "job", "daemon/bus/sdbus", "libsystemd", "libmnl"},
    "daemon/workers": {"base", "wire", "job", "notify", "process", "daemon/common", "libsystemd"},
    "daemon/bus/access": {"base", "job", "process", "daemon/common", "daemon/bus/names", "daemon/bus/sdbus", "libsystemd"},
    "daemon/bus/sdbus": {"base", "job", "daemon/common", "sdbus-c++", "libsystemd"},
    "daemon/bus/names": {"base", "job"},
    "daemon/common": {"base", "job"},
    "browser": {"base", "cli"},
    "apt": {"base", "libsystemd"},
    "cli": {"base", "proxies", "sdbus-c++", "libsystemd", "cli11", "curses", "expat", "json"},
    "desktop": {"base", "libsystemd"},
    "transfer": {"base", "wire", "process", "yield", "curl", "openssl", "libproxy", "libsystemd"},
    "session": {"base", "wire", "libsystemd"},
    "process": {"base"},
    "notify": {"base", "job"},
    "store": {"base", "job", "sqlite"},
    "yield": {"base"},
    "job": {"base"},
    "wire": {"base", "protobuf"},
    "base": {"libsystemd"},
}
# What only these files of a module may include.
ONLY_IN = {
    "transfer/main": {"session"},
    "daemon/notifier_host": {"job"},
    "daemon/workers/systemd_client": {"daemon/bus/sdbus"},
    "daemon/workers/worker_message_encoder": {"daemon/bus/names"},
}
# Decisions are functions of values: of "base", they see nothing that acts or waits.
WITHIN_BASE = {"job": {"base/clock.hpp", "base/environment_proxies.hpp", "base/host.hpp", "base/limits.hpp",
                       "base/proxy_list.hpp", "base/result.hpp", "base/text.hpp"},
               "yield": {"base/clock.hpp"}}
FOR_ALL = {"fmt"}

LIBRARIES = [
    (r"systemd/.*", "libsystemd"), (r"sqlite3\.h", "sqlite"), (r"curl/.*", "curl"), (r"openssl/.*", "openssl"),
    (r"proxy\.h", "libproxy"), (r"google/protobuf/.*", "protobuf"), (r".*\.pb\.h", "wire"), (r"sdbus-c\+\+/.*", "sdbus-c++"),
    (r".*_adaptor\.hpp", "adaptors"), (r".*_proxy\.hpp", "proxies"), (r"libmnl/.*", "libmnl"), (r"CLI/.*", "cli11"),
    (r"nlohmann/.*", "json"), (r"expat\.h", "expat"), (r"curses\.h", "curses"), (r"fmt/.*", "fmt"),
]
# Headers of the kernel and the C library.
SYSTEM = re.compile(r"(sys|linux|netinet|arpa|net)/.*\.h|(unistd|fcntl|errno|poll|signal|pwd|grp|getopt|termios|dirent|"
                    r"syslog|sysexits|spawn|sched|limits|time|stdlib|malloc|ifaddrs|string|strings|stdio|utime|netdb|libintl|langinfo)\.h")
# Modules without input, output and system calls.
PURE = {"job", "notify", "daemon/bus/names", "yield"}
STANDARD = re.compile(r"[a-z_0-9]+")


def sources():
    return sorted(path for path in SRC.rglob("*") if path.suffix in (".cpp", ".hpp", ".h"))


def name(path) -> str:
    return path.relative_to(SRC).with_suffix("").as_posix()


def module_of(header: str) -> str:
    """The innermost module whose directory contains this file; empty if there is none."""
    return max((module for module in MODULES if header.startswith(module + "/")), key=len, default="")


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
            yield number, match[1]


def origin(header: str) -> str:
    """The module or library of a header; "std", "system" or "unknown" otherwise."""
    for pattern, library in LIBRARIES:
        if re.fullmatch(pattern, header):
            return library
    if SYSTEM.fullmatch(header):
        return "system"
    return module_of(header) or ("std" if STANDARD.fullmatch(header) else "unknown")


def verdict(file: str, header: str) -> str:
    """Why `file` (without suffix) may not include `header`, or an empty string."""
    module, where = module_of(file), origin(header)
    if where in (module, "std") or where in FOR_ALL or where in ONLY_IN.get(file, ()):
        return ""
    if where == "system":
        return f"'{module}' makes no system calls" if module in PURE else ""
    if where not in MODULES[module]:
        return f"'{module}' may not use '{where}'"
    if where == "base" and header not in WITHIN_BASE.get(module, {header}):
        return f"'{module}' may not use {header}"
    return ""


def test_every_file_includes_only_what_its_module_may():
    outside = [name(path) for path in sources() if not module_of(name(path))]
    assert not outside, f"in no module: {outside}"
    faults = [f"{path.relative_to(SOURCE)}:{line}: {header}: {why}"
              for path in sources() for line, header in includes(path) if (why := verdict(name(path), header))]
    assert not faults, "\n".join(faults)


def test_no_permission_is_left_over():
    """The table is what there is, not what there was."""
    unused = {(module, other) for module, others in MODULES.items() for other in others if other in MODULES}
    unused |= {(file, other) for file, others in ONLY_IN.items() for other in others}
    for path in sources():
        for _line, header in includes(path):
            unused -= {(module_of(name(path)), origin(header)), (name(path), origin(header))}
    assert not sorted(unused)


def test_every_arrow_points_down_the_table():
    """So there is no circle either, also not inside the daemon."""
    order = list(MODULES)
    arrows = [(module, other) for module, others in MODULES.items() for other in others if other in MODULES]
    arrows += [(module_of(file), other) for file, others in ONLY_IN.items() for other in others]
    assert not [(module, other) for module, other in arrows if order.index(module) >= order.index(other)]


def test_files_do_not_include_each_other_in_a_circle():
    ours = {path.relative_to(SRC).as_posix(): path for path in sources()}
    graph = {file: {header for _line, header in includes(path)} & ours.keys() for file, path in ours.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def test_the_table_in_the_documentation_is_this_one():
    section = (SOURCE / "ARCHITECTURE.md").read_text().split("\n## Modules\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")]
    documented = {module.strip("`"): set(others.split(", ")) for module, _content, others in rows}
    expected = {module: {f"`{other}`" if other in MODULES else other for other in others} for module, others in MODULES.items()}
    for file, others in ONLY_IN.items():
        module, name_in_module = file.rsplit("/", 1)
        expected[module] |= {f"`{other}` (in `{name_in_module}`)" for other in others}
    assert list(documented) == list(expected)
    assert documented == expected


@pytest.mark.parametrize("file, header", [
    ("job/decide", "sqlite3.h"), ("job/decide", "unistd.h"), ("job/decide", "systemd/sd-event.h"), ("job/decide", "base/event.hpp"),
    ("store/store", "sdbus-c++/sdbus-c++.h"), ("notify/notifier", "store/store.hpp"), ("base/log", "job/types.hpp"),
    ("transfer/worker", "job/types.hpp"), ("transfer/worker", "sqlite3.h"), ("transfer/worker", "session/bus_socket.hpp"),
    ("session/bus_socket", "sdbus-c++/sdbus-c++.h"), ("session/bus_socket", "transfer/worker.hpp"),
    ("cli/main", "daemon/manager/manager.hpp"), ("desktop/agent", "cli/bus.hpp"), ("desktop/agent", "sdbus-c++/sdbus-c++.h"),
    ("cli/main", "boost/any.hpp"),
    ("daemon/process", "sqlite3.h"), ("daemon/process", "curl/curl.h"), ("daemon/process", "sdbus-c++/sdbus-c++.h"),
    ("daemon/process", "transfer/fetch.hpp"), ("daemon/process", "daemon/bus/access/access.hpp"),
    ("daemon/manager/manager", "daemon/bus/service.hpp"), ("daemon/manager/manager", "daemon/environment/environment.hpp"),
    ("daemon/manager/manager", "daemon/process.hpp"), ("daemon/manager/manager", "worker.pb.h"),
    ("daemon/workers/worker_pool", "daemon/manager/manager.hpp"), ("daemon/workers/worker_pool", "daemon/bus/sdbus/compat.hpp"),
    ("daemon/environment/environment", "daemon/manager/manager.hpp"), ("daemon/environment/environment", "daemon/bus/service.hpp"),
    ("daemon/bus/access/access", "daemon/manager/manager.hpp"), ("daemon/bus/sdbus/connection", "daemon/bus/access/access.hpp"),
])
def test_the_fence_stops(file, header):
    assert verdict(file, header)


@pytest.mark.parametrize("file, header", [
    ("job/decide", "vector"), ("job/decide", "job/state.hpp"), ("job/decide", "fmt/core.h"), ("transfer/request", "curl/curl.h"),
    ("store/store", "sqlite3.h"), ("transfer/worker", "worker.pb.h"), ("transfer/main", "session/bus_socket.hpp"),
    ("daemon/process", "daemon/bus/service.hpp"), ("daemon/manager/manager", "store/store.hpp"),
    ("daemon/workers/systemd_client", "daemon/bus/sdbus/compat.hpp"), ("base/event", "unistd.h"),
])
def test_the_fence_lets_pass(file, header):
    assert not verdict(file, header)


# Functions of a library can be called without including its header oneself.
SYMBOLS = {
    "sqlite3_": ["store"],
    "curl_": ["transfer"],
    "sdbus::": ["daemon/bus", "daemon/environment", "daemon/workers/systemd_client", "cli"],
    "sd_bus_": ["daemon/bus", "daemon/environment", "daemon/workers/systemd_client", "session", "apt", "cli", "desktop"],
}


def test_libraries_are_used_only_where_they_belong():
    faults = []
    for path in sources():
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(), flags=re.S)
        faults += [f"{path.relative_to(SOURCE)}: {symbol}" for symbol, places in SYMBOLS.items()
                   if symbol in code and not any((name(path) + "/").startswith(place + "/") for place in places)]
    assert not faults, "\n".join(faults)


def test_the_library_for_clients_has_nothing_of_the_daemon():
    """It is a D-Bus client like any other."""
    allowed = re.compile(r"haulier(-\w+)?\.h|callback-interface\.h|gio/g(io|unixfdlist)\.h|glib\.h|string\.h|unistd\.h")
    faults = [f"{path.name}:{line}: {header}" for path in sorted((SOURCE / "libhaulier").glob("*.[ch]"))
              for line, header in includes(path) if not allowed.fullmatch(header)]
    assert not faults
