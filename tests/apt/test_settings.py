# SPDX-License-Identifier: LGPL-2.1-or-later
"""What apt's configuration means for jobs: mirrors, passwords, proxies, TLS, and the changes of a job after an update."""

import pytest

apt_pkg = pytest.importorskip("apt_pkg")

URI = "http://deb.example.org/debian/pool/a.deb"


@pytest.fixture(autouse=True)
def configuration(monkeypatch):
    """apt's configuration; values below Acquire and APT::Haulier are removed at the end."""
    monkeypatch.delenv("no_proxy", raising=False)
    apt_pkg.config.clear("Acquire")
    yield apt_pkg.config
    apt_pkg.config.clear("Acquire")


def route(uri: str = URI, known=()):
    from routes import Routes
    return Routes(list(known)).route(uri)


def test_only_http_and_https_are_taken():
    from sources import Mirrors
    mirrors = Mirrors([])
    for uri in ("file:/srv/a.deb", "copy:/srv/a.deb", "tor+http://x/a.deb", "cdrom:/a.deb", "mirror+http://x/list/a.deb"):
        assert mirrors.expanded(uri, "amd64") == []
    assert mirrors.expanded(URI, "amd64") == [URI]


def test_a_list_of_mirrors_is_expanded_in_the_order_of_priorities(tmp_path):
    from sources import Mirrors
    listed = tmp_path / "mirrors.txt"
    listed.write_text("# comment\n\nhttp://last/debian/\nfile:/srv/mirror\tpriority:1\nhttp://second/debian\tpriority:2 type:deb\n"
                      "https://first/d/\tpriority:1 arch:amd64 arch:all\nhttp://index/\tpriority:1 type:index\n"
                      "http://other/\tpriority:1 arch:arm64\n")
    base = f"mirror+file:{listed}/"
    assert Mirrors(["http://x/", base]).expanded(base + "pool/a%2bb.deb", "all") == [
        "https://first/d/pool/a%2bb.deb", "http://second/debian/pool/a%2bb.deb", "http://last/debian/pool/a%2bb.deb"]


def test_a_missing_list_of_mirrors_leaves_the_file_to_apt(tmp_path):
    from sources import Mirrors
    base = f"mirror+file:{tmp_path}/none/"
    assert Mirrors([base]).expanded(base + "a.deb", "all") == []


AUTH = """machine example.org login apt password debian
machine http://plain.example.org/deb
  login "user"
  password p@ss:w/rd
machine ported.example.org:8443 login ported password x
machine nobody.example.org
"""


@pytest.mark.parametrize("uri, user", [
    ("https://example.org/debian", "apt"), ("https://example.org:444/debian", "apt"), ("http://example.org/debian", None),
    ("https://example.orga/debian", None), ("http://plain.example.org/debian/a.deb", '"user"'),
    ("https://plain.example.org/debian", None), ("http://plain.example.org/ubuntu", None),
    ("https://ported.example.org:8443/a", "ported"), ("https://ported.example.org/a", None), ("https://nobody.example.org/", None)])
def test_logins_are_found_as_apt_finds_them(uri, user):
    import logins
    found = logins.login_for(uri, logins.parse(AUTH))
    assert (found.user if found else None) == user


def test_a_login_becomes_part_of_the_uri():
    import logins
    known = logins.parse(AUTH)
    assert logins.with_login("http://plain.example.org/debian/a", known) == (
        "http://%22user%22:p%40ss%3Aw%2Frd@plain.example.org/debian/a")
    assert logins.with_login("https://me:mine@example.org/a", known) == "https://me:mine@example.org/a"


def test_files_of_logins_are_read_as_apt_reads_them(tmp_path):
    import logins
    (tmp_path / "auth.conf.d").mkdir()
    for name in ("b.conf", "a.conf", "ignored.bak", ".hidden.conf"):
        (tmp_path / "auth.conf.d" / name).write_text(f"machine {name} login u password p")
    found = logins.read(str(tmp_path / "none"), str(tmp_path / "auth.conf.d"))
    assert [login.machine for login in found] == ["a.conf", "b.conf"]


def test_without_settings_the_environment_of_haulier_decides():
    from routes import Route
    assert route() == Route()


@pytest.mark.parametrize("values, proxy", [
    ({"http::Proxy": "http://cache:3142/"}, "http://cache:3142"),
    ({"http::Proxy": "http://cache:3142/", "http::Proxy::deb.example.org": "DIRECT"}, ""),
    ({"http::Proxy": "DIRECT", "http::Proxy::deb.example.org": "socks5h://tor:9050"}, "socks5h://tor:9050"),
    ({"http::Proxy": "false"}, "left to apt"),
    ({"http::Proxy": "ftp://cache:21"}, "left to apt")])
def test_proxies(configuration, values, proxy):
    for name, value in values.items():
        configuration.set(f"Acquire::{name}", value)
    found = route()
    assert (found.proxy if found else "left to apt") == proxy


def test_what_is_set_for_http_holds_for_https_unless_it_has_its_own(configuration):
    configuration.set("Acquire::http::Proxy", "http://cache:1")
    assert route("https://x/a").proxy == "http://cache:1"
    configuration.set("Acquire::https::Proxy", "http://other:2")
    assert route("https://x/a").proxy == "http://other:2"
    assert route("http://x/a").proxy == "http://cache:1"


def test_no_proxy_of_the_environment(configuration, monkeypatch):
    configuration.set("Acquire::http::Proxy", "http://cache:1")
    monkeypatch.setenv("no_proxy", "localhost,.example.org")
    assert route().proxy == "" and route("http://else/a").proxy == "http://cache:1"


def test_the_login_of_a_proxy_is_in_its_uri_or_in_auth_conf(configuration):
    import logins
    configuration.set("Acquire::http::Proxy", "http://me:p%40ss@cache:3142")
    found = route()
    assert (found.proxy, found.proxy_user, found.proxy_password) == ("http://cache:3142", "me", "p@ss")
    configuration.set("Acquire::http::Proxy", "http://cache:3142")
    found = route(known=[logins.Login("http://cache", "apt", "secret")])
    assert (found.proxy, found.proxy_user, found.proxy_password) == ("http://cache:3142", "apt", "secret")


@pytest.mark.parametrize("says, proxy", [("echo http://found:1", "http://found:1"), ("echo DIRECT", ""), ("true", "http://all:1"),
                                         ("exit 3", "http://all:1"), ("echo; echo http://second:1", "http://all:1")])
def test_the_command_that_finds_proxies(configuration, tmp_path, says, proxy):
    command = tmp_path / "detect"
    command.write_text(f"#!/bin/sh\necho $1 >>{tmp_path}/asked\n{says}\n")
    command.chmod(0o755)
    configuration.set("Acquire::http::Proxy", "http://all:1")
    configuration.set("Acquire::http::Proxy-Auto-Detect", str(command))
    from routes import Routes
    routes = Routes([])
    assert [routes.route(URI).proxy for _ in range(3)] == [proxy] * 3
    assert (tmp_path / "asked").read_text().splitlines() == ["http://deb.example.org/"]


def test_a_command_that_is_missing_is_as_one_that_says_nothing(configuration):
    configuration.set("Acquire::http::Proxy-Auto-Detect", "/nonexistent")
    assert route().proxy is None


def test_settings_for_tls(configuration):
    configuration.set("Acquire::https::CAInfo", "/etc/ca.pem")
    configuration.set("Acquire::https::SslCert::deb.example.org", "/etc/cert.pem")
    uri = URI.replace("http:", "https:")
    assert (route(uri).authority, route(uri).certificate) == ("/etc/ca.pem", "/etc/cert.pem")
    assert (route().authority, route().certificate) == ("", "")
    configuration.set("Acquire::https::SslKey::deb.example.org", "/etc/key.pem")
    assert (route(uri).certificate, route(uri).key) == ("/etc/cert.pem", "/etc/key.pem")
    assert (route("https://other/a").certificate, route("https://other/a").key) == ("", "")


@pytest.mark.parametrize("name, value", [("Verify-Peer", "false"), ("Verify-Host::deb.example.org", "no"), ("CRLFile", "/x")])
def test_a_server_that_is_checked_in_another_way_is_left_to_apt(configuration, name, value):
    configuration.set(f"Acquire::https::{name}", value)
    assert route(URI.replace("http:", "https:")) is None
    assert route() is not None


def test_the_limit_is_in_kilobytes(configuration):
    configuration.set("Acquire::http::Dl-Limit", "42")
    assert route().bytes_per_second == 42 * 1024


def listed(name: str, checksum: str = "sha256:1", completed: bool = False, remote: str = "http://m/{}") -> dict:
    return {"LocalName": f"/staging/{name}", "Checksum": checksum, "Completed": completed, "RemoteName": remote.format(name)}


def wanted(name: str, checksum: str = "sha256:1"):
    from archives import Archive
    return Archive(name, 1, checksum, (f"http://m/{name}",))


def test_a_job_is_adapted_to_the_new_lists():
    from jobs import changes
    files = [(0, listed("kept")), (1, listed("old")), (2, listed("rebuilt")), (3, listed("moved", remote="http://old/{}")),
             (5, listed("staged", completed=True)), (6, listed("staged-and-old", completed=True))]
    found = changes([wanted("kept"), wanted("rebuilt", "sha256:2"), wanted("moved"), wanted("staged"), wanted("new")], files)
    assert found.remove == [1, 2] and found.move == [(3, "http://m/moved")] and found.kept == 2
    assert [archive.name for archive in found.add] == ["rebuilt", "new"]


def test_jobs_of_other_settings_have_other_keys_and_no_password_is_in_them():
    from jobs import key_of
    from routes import Route
    policies = {"Priority": "low"}
    keys = {key_of(Route(), policies), key_of(Route(proxy="http://a:1"), policies), key_of(Route(), {"Priority": "high"})}
    assert len(keys) == 3 and all(key.startswith("haulier-apt:") for key in keys)
    assert key_of(Route(proxy_password="a"), policies) == key_of(Route(proxy_password="b"), policies)


def test_jobs_of_earlier_versions_keep_their_keys():
    from jobs import key_of
    from routes import Route
    route = Route(proxy="http://a:1", authority="/ca.pem", certificate="/c.pem", bytes_per_second=1024)
    assert key_of(route, {"Priority": "low"}) == "haulier-apt:aed90a892a46dbaf"
    assert key_of(route._replace(key="/key.pem"), {"Priority": "low"}) != key_of(route, {"Priority": "low"})
