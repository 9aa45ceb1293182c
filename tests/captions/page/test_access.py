"""Who is let in to what on the audience's page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.captions.page.access import (
    Keys,
    Kind,
    Refusal,
    Request,
    Room,
    Route,
    decide,
    is_loopback,
    is_own_host,
)
from fishcaption.captions.page.control import ACTIONS
from fishcaption.captions.page.options import (
    OPERATOR_KEY,
    READERS_KEY,
    PageOptions,
    completed,
    from_mapping,
    host_name,
    is_key,
)
from fishcaption.core.errors import InputError

READERS, OPERATOR = "r" * 22, "o" * 22
KEYS = Keys(READERS, OPERATOR, is_control_public=False, names=frozenset({"hall.example"}))
HERE = Request("GET", f"/c/{READERS}", "127.0.0.1:8737", None, "", "127.0.0.1")


def asked(request: Request, keys: Keys = KEYS) -> Kind | int:
    """What the request is for; else the status with which it is refused."""
    found = decide(request, keys, commands=ACTIONS)
    return found.status if isinstance(found, Refusal) else found.kind


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/c/{READERS}", Kind.PAGE),
        (f"/c/{READERS}/", Kind.PAGE),
        (f"/c/{READERS}?theme=yellow&size=2", Kind.PAGE),
        (f"/c/{READERS}/live", Kind.LIVE),
        (f"/c/{READERS}/history?after=3", Kind.HISTORY),
        (f"/o/{OPERATOR}", Kind.OPERATOR),
        (f"/o/{OPERATOR}/live", Kind.OPERATOR_LIVE),
        (f"/o/{OPERATOR}/state", Kind.STATE),
        (f"/o/{OPERATOR}/code.svg", Kind.CODE),
        (f"/o/{OPERATOR}/next", Kind.COMMAND),
        (f"/o/{OPERATOR}/jump?to=12", Kind.COMMAND),
        # a key for the one is none for the other
        (f"/c/{OPERATOR}", 403),
        (f"/o/{READERS}", 403),
        (f"/o/{READERS}/next", 403),
        (f"/c/{READERS}/next", 404),
        (f"/c/{READERS[:-1]}", 403),
        (f"/c/{READERS}r", 403),
        ("/c/", 404),
        ("/c//live", 403),
        ("/c", 404),
        ("/", 404),
        ("/favicon.ico", 404),
        (f"/c/{READERS}/live/more", 404),
        (f"/c/{READERS}/../o/{OPERATOR}", 404),
        (f"/c/{READERS}?" + "a" * 2000, 414),
        (f"/c/{READERS}/history?" + "&".join("abcdefghijklmnopqrstuvwxyz"), 400),
    ],
)
def test_each_path_needs_its_own_key(path: str, expected: Kind | int) -> None:
    assert asked(HERE._replace(path=path)) == expected


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1:8737", True),
        ("192.168.1.20:8737", True),
        ("[::1]:8737", True),
        ("localhost", True),
        ("LOCALHOST:8737", True),
        ("hall.example", True),
        ("Hall.Example.:443", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("hall.example.evil.example", False),
        ("hall.example@evil.example", False),
        ("hall.example:80:80", False),
        ("hall.example, evil.example", False),
        ("999.1.1.1", False),
        ("hall.example\r\nX: y", False),
        ("", False),
    ],
)
def test_another_sites_name_that_leads_here_is_refused(host: str, is_own: bool) -> None:
    assert is_own_host(host, KEYS.names) is is_own
    assert asked(HERE._replace(host=host)) == (Kind.PAGE if is_own else 403)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, Kind.LIVE),
        ("http://127.0.0.1:8737", Kind.LIVE),
        ("https://127.0.0.1:8737", Kind.LIVE),
        ("ftp://127.0.0.1:8737", 403),
        ("http://127.0.0.1", 403),
        ("http://evil.example", 403),
        ("http://127.0.0.1:8737.evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_a_page_of_another_site_is_refused_even_with_the_key(
    origin: str | None, expected: Kind | int
) -> None:
    request = HERE._replace(path=f"/c/{READERS}/live", origin=origin)
    assert asked(request) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("HEAD", f"/c/{READERS}", Kind.PAGE),
        ("POST", f"/c/{READERS}", 405),
        ("HEAD", f"/c/{READERS}/live", 405),
        ("POST", f"/o/{OPERATOR}/next", Kind.COMMAND),
        ("GET", f"/o/{OPERATOR}/next", Kind.COMMAND),
        ("HEAD", f"/o/{OPERATOR}/next", 405),
        ("DELETE", f"/o/{OPERATOR}/stop", 405),
        ("POST", f"/o/{OPERATOR}/state", 405),
    ],
)
def test_only_commands_are_posted(method: str, path: str, expected: Kind | int) -> None:
    assert asked(HERE._replace(method=method, path=path)) == expected


def test_what_a_browser_fetches_ahead_is_no_command() -> None:
    ahead = HERE._replace(path=f"/o/{OPERATOR}/next", is_prefetch=True)
    assert asked(ahead) == 403
    assert asked(ahead._replace(path=f"/o/{OPERATOR}/state")) == Kind.STATE


@pytest.mark.parametrize(
    ("authorization", "path", "expected"),
    [
        (f"Bearer {OPERATOR}", "/o/next", Kind.COMMAND),
        (f"bearer  {OPERATOR}", "/o/state", Kind.STATE),
        (f"Bearer {READERS}", "/o/next", 403),
        ("Bearer ", "/o/next", 403),
        ("", "/o/next", 403),
        (f"Basic {OPERATOR}", "/o/next", 403),
    ],
)
def test_a_control_surface_may_show_the_key_in_a_header(
    authorization: str, path: str, expected: Kind | int
) -> None:
    assert asked(HERE._replace(path=path, authorization=authorization)) == expected


@pytest.mark.parametrize(("is_public", "expected"), [(False, 403), (True, Kind.COMMAND)])
def test_the_network_controls_the_show_only_when_that_is_switched_on(
    is_public: bool, expected: Kind | int
) -> None:
    request = HERE._replace(path=f"/o/{OPERATOR}/next", peer="192.168.1.9", host="192.168.1.2:8737")
    assert asked(request, KEYS._replace(is_control_public=is_public)) == expected


@given(st.text(), st.text(), st.one_of(st.none(), st.text()), st.text(), st.text())
def test_nothing_that_is_sent_is_let_in_or_raises_without_the_key(
    method: str, path: str, origin: str | None, authorization: str, peer: str
) -> None:
    request = Request(method, path, "127.0.0.1", origin, authorization, peer)
    assert isinstance(decide(request, KEYS, commands=ACTIONS), Refusal)


def test_keys_are_in_no_text_about_them() -> None:
    assert READERS not in f"{KEYS!r} {KEYS!s}"
    assert OPERATOR not in f"{KEYS!r} {KEYS!s}"


def test_the_first_of_two_values_counts() -> None:
    route = decide(HERE._replace(path=f"/o/{OPERATOR}/jump?to=a%20b&to=c"), KEYS, commands=ACTIONS)
    assert route == Route(Kind.COMMAND, "jump", {"to": "a b"})


@pytest.mark.parametrize(
    ("peer", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("192.168.1.1", False), ("", False)],
)
def test_this_computer_is_known_by_its_address(peer: str, expected: bool) -> None:
    assert is_loopback(peer) is expected


def test_one_address_cannot_take_all_places() -> None:
    room = Room(5, 2)
    assert [room.enter("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert [room.enter("10.0.0.2") for _ in range(2)] == [True, True]
    assert [room.enter(f"10.0.0.{number}") for number in (3, 4)] == [True, False]
    room.leave("10.0.0.1")
    assert room.enter("10.0.0.4")
    assert len(room) == 5


def test_this_computers_programs_have_no_limit_but_that_for_all() -> None:
    room = Room(5, 2)
    assert [room.enter("127.0.0.1") for _ in range(6)] == [True] * 5 + [False]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"))))
def test_every_place_that_is_left_is_free_again(moves: list[tuple[bool, str]]) -> None:
    room = Room(4, 2)
    inside: list[str] = []
    for enters, peer in moves:
        if enters:
            assert room.enter(peer) is (len(inside) < 4 and inside.count(peer) < 2)
            if len(room) > len(inside):
                inside.append(peer)
        elif peer in inside:
            inside.remove(peer)
            room.leave(peer)
        assert len(room) == len(inside)


# -- options ----------------------------------------------------------------------------------------------


def test_secrets_that_are_kept_stay_and_missing_ones_are_made() -> None:
    made = completed({READERS_KEY: READERS, OPERATOR_KEY: "short"})
    assert made[READERS_KEY] == READERS
    assert is_key(made[OPERATOR_KEY])
    assert made[OPERATOR_KEY] != completed({})[OPERATOR_KEY]
    assert completed(made) == made


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, PageOptions()),
        ({"port": "9000", "network": "yes"}, PageOptions(port=9000, is_public=True)),
        ({"port": "80"}, PageOptions()),
        ({"port": "70000"}, PageOptions()),
        ({"port": "9" * 999}, PageOptions()),
        ({"port": "٩٩٩٩"}, PageOptions()),
        ({"control_network": "yes"}, PageOptions()),
        (
            {"network": "yes", "control_network": "yes"},
            PageOptions(is_public=True, is_control_public=True),
        ),
        (
            {"name": " Hall.Local ", "certificate": "a.pem", "certificate_key": "b.pem"},
            PageOptions(name="hall.local", certificate="a.pem", certificate_key="b.pem"),
        ),
        ({"port": "9000.0", "most_readers": "0"}, PageOptions(port=9000)),
        ({"most_readers": "10"}, PageOptions(8737, most_readers=10)),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_as_if_not_there(options: dict[str, str], expected: PageOptions) -> None:
    assert from_mapping(options) == expected


@given(st.dictionaries(st.sampled_from((*PageOptions._fields, "network", "control_network")), st.text()))
def test_any_options_are_taken(options: dict[str, str]) -> None:
    name = options.get("name", "")
    if name.strip() and not host_name(name):
        with pytest.raises(InputError, match="Name"):
            from_mapping(options)
        return
    made = from_mapping(options)
    assert 1024 <= made.port <= 65_535
    assert made.name == host_name(name)
