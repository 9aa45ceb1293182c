"""Each sender against a service that is faithful in its faults: what arrives, and what the operator reads."""

from __future__ import annotations

import json
import logging
import time
import xml.etree.ElementTree as ET
from itertools import pairwise
from urllib.parse import parse_qs

import pytest

from fishcaption.captions.audience import Audience
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light
from fishcaption.captions.senders.sender import MOST_WAITING, Pace
from fishcaption.core.audience import Layout
from fishcaption.core.errors import InputError
from tests.captions.senders.peer import (
    TOKEN,
    Fault,
    Got,
    Reply,
    Service,
    StreamTextService,
    TeamsService,
    VMixService,
    YouTubeService,
    ZoomService,
    serving,
)
from tests.captions.senders.stage import QUICK, Numbers, cue, made, running
from tests.captions.test_held_back import NoAlarm, Silence

ZOOM = "/closedcaption?id=1&ns=x&expire=9&signature=" + TOKEN


# -- zoom ---------------------------------------------------------------------------------------------------


async def test_zoom_is_sent_lines_with_numbers_that_go_on_at_the_next_start() -> None:
    service, numbers = ZoomService(), Numbers()
    async with serving(service) as address:
        async with running("zoom", address + ZOOM, {"language": "de-DE"}, numbers=numbers) as sender:
            sender.show("Guten Morgen,", "liebe Nachbarn.")
            state = await sender.sent("Guten Morgen, liebe Nachbarn.")
            assert 0 <= state.lag_seconds < 1
            sender.show("Wie geht’s? 😀")
            await sender.sent("Wie geht’s? 😀")
        async with running("zoom", address + ZOOM, numbers=numbers) as sender:
            sender.show("Again.")
            await sender.sent("Again.")
    assert service.shown == ["Guten Morgen,\nliebe Nachbarn.\n", "Wie geht’s? 😀\n", "Again.\n"]
    first = service.got[0]
    assert first.query == {
        "id": "1",
        "ns": "x",
        "expire": "9",
        "signature": TOKEN,
        "seq": "1",
        "lang": "de-DE",
    }
    assert first.headers["content-type"] == "text/plain; charset=utf-8"
    assert not any(TOKEN in name for name in numbers)


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ([400, 400], "has not started the meeting"),
        ([405], "answer 405"),
        ([408], "answer 408"),
        ([500, 502, 503], "answer 500"),
        (["hang"], "does not answer"),
        (["cut"], "does not answer"),
        (["garbage"], "does not answer"),
        (["taken, then hang"], "does not answer"),
        (["taken, then cut"], "does not answer"),
    ],
)
async def test_zoom_is_asked_again_with_the_same_number_and_shows_nothing_twice(
    faults: list[Fault], words: str
) -> None:
    service = ZoomService()
    service.faults.extend(faults)
    async with serving(service) as address, running("zoom", address + ZOOM) as sender:
        sender.show("One.")
        sender.show("Two.")
        await sender.trouble(words)
        await sender.told_that(lambda state: state.light is Light.ON and state.last_line.endswith("Two."))
    assert "".join(service.shown) == "One.\nTwo.\n"
    numbers = [got.query["seq"] for got in service.got]
    assert numbers[: len(faults) + 1] == ["1"] * (len(faults) + 1)


async def test_zoom_tells_its_last_number_where_ours_is_wrong() -> None:
    """Another program has used the link before, or our file was lost: in front as behind."""
    for theirs, ours in ((41, 0), (3, 90)):
        service, numbers = ZoomService(), Numbers()
        service.last = theirs
        async with serving(service) as address:
            probe = made("zoom", address + ZOOM, numbers=numbers)
            numbers.set(probe.outlet._number_name, ours)  # type: ignore[attr-defined]  # of the sender
            async with running("zoom", address + ZOOM, numbers=numbers) as sender:
                sender.show("One.")
                await sender.sent("One.")
                sender.show("Two.")
                await sender.sent("Two.")
        if theirs < ours:
            assert service.shown == ["One.\n", "Two.\n"]


async def test_zoom_is_told_who_speaks_and_no_line_is_too_long_for_it() -> None:
    service = ZoomService()
    async with serving(service) as address, running("zoom", address + ZOOM) as sender:
        sender.show("A line of 32 columns, no more of", "it.", speaker="ANNA")
        await sender.sent("ANNA: A line of 32 columns, no more of it.")
        sender.show("Hello.", speaker="ANNA")
        await sender.sent("Hello.")
        sender.show("Hello.", speaker="BEN")
        await sender.sent("BEN: Hello.")
    assert service.shown == ["ANNA:\nA line of 32 columns, no more of\nit.\n", "Hello.\n", "BEN: Hello.\n"]


async def test_zoom_that_refuses_the_right_number_is_not_asked_again_for_it() -> None:
    service = ZoomService()
    service.faults.append(403)
    async with serving(service) as address, running("zoom", address + ZOOM) as sender:
        sender.show("One.")
        await sender.trouble("Copy the API token")
        sender.show("Two.")
        await sender.sent("Two.")
    assert service.shown == ["Two.\n"]


async def test_a_zoom_link_that_ended_is_told_and_what_was_said_meanwhile_is_not_sent_later() -> None:
    service = ZoomService()
    service.is_expired = True
    async with serving(service) as address, running("zoom", address + ZOOM) as sender:
        sender.show("One.")
        await sender.trouble("Copy the API token")
        service.is_expired = False
        sender.show("Two.")
        state = await sender.sent("Two.")
    assert "1 caption was not sent." in state.words
    assert service.shown == ["Two.\n"]


async def test_zoom_is_asked_at_most_once_a_second_and_loses_no_lag() -> None:
    """Captions that come faster are sent together, so that the last is no later than the first."""
    service = ZoomService()
    times: list[float] = []
    take = service.take

    def timed(request: Got) -> Reply:
        times.append(time.perf_counter())
        return take(request)

    service.take = timed  # type: ignore[method-assign]  # it is watched
    pace = QUICK._replace(gap_seconds=0.4)
    async with serving(service) as address, running("zoom", address + ZOOM, pace=pace) as sender:
        for number in range(12):
            sender.show(f"Line {number}.")
        state = await sender.told_that(lambda state: state.last_line.endswith("Line 11."))
    assert "".join(service.shown).split("\n")[:-1] == [f"Line {number}." for number in range(12)]
    assert min(after - before for before, after in pairwise(times)) > 0.25  # the first one connects, too
    assert len(times) <= 4
    assert state.lag_seconds < 2
    assert made("zoom", "http://x/").outlet.gap_seconds == 1.0  # type: ignore[attr-defined]  # of the sender


async def test_a_service_that_hangs_for_long_is_sent_only_what_is_not_too_old() -> None:
    now = 1000.0
    service = ZoomService()
    service.is_started = False
    async with serving(service) as address, running("zoom", address + ZOOM, clock=lambda: now) as sender:
        sender.show("An hour ago.", moment=now)
        await sender.trouble("has not started")
        sender.show("A while ago.", moment=now)
        now += 61.0
        await sender.told_that(lambda state: len(sender.told) > 1)
        service.is_started = True
        sender.show("Now.", moment=now)
        state = await sender.sent("Now.")
    assert service.shown == ["Now.\n"]
    assert "2 captions were not sent." in state.words


async def test_the_queue_is_bounded() -> None:
    service = ZoomService()
    service.is_started = False
    async with serving(service) as address, running("zoom", address + ZOOM) as sender:
        sender.show("First.")
        await sender.trouble("has not started")
        for number in range(MOST_WAITING + 50):
            sender.show(f"Line {number}.")
        service.is_started = True
        last = f"Line {MOST_WAITING + 49}."
        await sender.told_that(lambda state: state.last_line.endswith(last))
    shown = "".join(service.shown).split("\n")[:-1]
    assert shown == ["First.", *(f"Line {number}." for number in range(50, MOST_WAITING + 50))]
    assert any("50 captions were not sent." in state.words for state in sender.told)


# -- teams --------------------------------------------------------------------------------------------------

TEAMS = "/cartcaption?meetingid=1%2F2&token=" + TOKEN


async def test_teams_is_sent_lines_of_up_to_120_characters() -> None:
    service = TeamsService()
    long = " ".join(f"word{number}" for number in range(40))
    async with serving(service) as address, running("teams", address + TEAMS) as sender:
        sender.show("Good morning,", "everybody.", speaker="ANNA")
        await sender.sent("ANNA: Good morning, everybody.")
        sender.show(long)
        await sender.told_that(lambda state: state.last_line.endswith("word39"))
    assert service.shown[0] == "ANNA: Good morning, everybody."
    assert " ".join(service.shown[1:]) == long
    assert max(map(len, service.shown)) <= 120
    assert service.got[0].query["lang"] == "en-us"
    assert "meetingid=1%2F2" in service.got[0].target, "the link stays as it is"


@pytest.mark.parametrize("fault", [500, 503, 408])
async def test_teams_is_asked_again_where_it_took_nothing(fault: int) -> None:
    service = TeamsService()
    service.faults.append(fault)
    async with serving(service) as address, running("teams", address + TEAMS) as sender:
        sender.show("One.")
        await sender.trouble(f"answer {fault}")
        await sender.sent("One.")
    assert service.shown == ["One."]


@pytest.mark.parametrize("fault", ["hang", "cut", "taken, then hang"])
async def test_what_teams_may_have_taken_is_not_sent_twice(fault: Fault) -> None:
    service = TeamsService()
    service.faults.append(fault)
    async with serving(service) as address, running("teams", address + TEAMS) as sender:
        sender.show("One.")
        await sender.trouble("may be missing")
        sender.show("Two.")
        await sender.sent("Two.")
    assert service.shown == (["One.", "Two."] if fault == "taken, then hang" else ["Two."])


async def test_what_never_reached_teams_is_sent_as_soon_as_it_can_be() -> None:
    service = TeamsService()
    async with serving(service) as address:
        port = int(address.rpartition(":")[2])
    async with running("teams", address + TEAMS) as sender:
        sender.show("One.")
        await sender.trouble("cannot be reached")
        async with serving(service, port):
            await sender.sent("One.")
    assert service.shown == ["One."]


async def test_teams_says_what_is_wrong_and_it_is_shown_as_plain_text() -> None:
    service = TeamsService()
    service.faults.append(400)
    async with serving(service) as address, running("teams", address + TEAMS) as sender:
        sender.show("One.")
        state = await sender.trouble("did not take")
        assert state.words.endswith("It says: The meeting is [31mnot allowed to.")
        sender.show("Two.")
        await sender.sent("Two.")
    assert service.shown == ["Two."]


async def test_a_teams_meeting_that_has_not_started_is_waited_for_and_an_expired_link_is_told() -> None:
    service = TeamsService()
    service.state = "not started"
    async with serving(service) as address, running("teams", address + TEAMS) as sender:
        sender.show("One.")
        await sender.trouble("has not started")
        service.state = "started"
        await sender.sent("One.")
        service.state = "expired"
        sender.show("Two.")
        await sender.trouble("This Teams link has expired. Ask the organiser for a new one")


# -- youtube ------------------------------------------------------------------------------------------------

YOUTUBE = "/closedcaption?cid=" + TOKEN


async def test_youtube_is_sent_captions_with_the_times_at_which_they_were_heard() -> None:
    service = YouTubeService()
    async with serving(service) as address, running("youtube", address + YOUTUBE) as sender:
        sender.show("Hello <b>", "world.", moment=time.perf_counter() - 3.0)
        await sender.sent("Hello <b> world.")
        assert service.got[0].query == {"cid": TOKEN, "seq": "1"}
    ((age, text),) = service.shown
    assert age == pytest.approx(3.0, abs=0.5)
    assert text == "Hello ‹b›<br>world."


async def test_what_waited_for_youtube_is_sent_in_one_request_each_with_its_time() -> None:
    service = YouTubeService()
    service.faults.extend([500, "hang"])
    async with serving(service) as address, running("youtube", address + YOUTUBE) as sender:
        sender.show("One.")
        await sender.trouble("answer 500")
        for number, seconds in enumerate((9.0, 6.0, 3.0)):
            sender.show(f"Line {number}.", moment=time.perf_counter() - seconds)
        await sender.told_that(lambda state: state.last_line.endswith("Line 2."))
    assert [text for _, text in service.shown] == ["One.", "Line 0.", "Line 1.", "Line 2."]
    assert [round(age) for age, _ in service.shown[1:]] == [9, 6, 3]
    assert [got.query["seq"] for got in service.got] == ["1", "1", "1", "2"]


@pytest.mark.parametrize("skew", [3600.0, -45.0, 0.5])
@pytest.mark.parametrize("tells_time", [True, False])
async def test_a_clock_that_is_wrong_is_corrected_by_youtubes(skew: float, tells_time: bool) -> None:
    service = YouTubeService(skew)
    service.tells_time = tells_time
    async with serving(service) as address, running("youtube", address + YOUTUBE) as sender:
        sender.show("One.")
        await sender.sent("One.")
        sender.show("Two.")
        state = await sender.sent("Two.")
    age, text = service.shown[-1]
    assert text == "Two."
    assert abs(age) < 2.0
    assert ("clock of this computer" in state.words) == (abs(skew) > 2)


async def test_the_clock_of_the_machine_that_is_set_back_an_hour_moves_no_caption() -> None:
    wall = time.time()
    service = YouTubeService()
    async with (
        serving(service) as address,
        running("youtube", address + YOUTUBE, wall=lambda: wall) as sender,
    ):
        wall -= 3600.0
        sender.show("One.")
        state = await sender.sent("One.")
    assert abs(service.shown[0][0]) < 2.0
    assert state.words == "It works."


@pytest.mark.parametrize(("fault", "is_dropped"), [(400, True), (413, True), (429, False), (408, False)])
async def test_youtubes_refusals(fault: int, is_dropped: bool) -> None:
    service = YouTubeService()
    service.faults.append(fault)
    async with serving(service) as address, running("youtube", address + YOUTUBE) as sender:
        sender.show("One.")
        await sender.trouble("YouTube")
        sender.show("Two.")
        await sender.told_that(lambda state: state.last_line.endswith("Two."))
    assert [text for _, text in service.shown] == (["Two."] if is_dropped else ["One.", "Two."])


async def test_a_youtube_address_that_ended_is_told() -> None:
    service = YouTubeService()
    service.faults.append(403)
    async with serving(service) as address, running("youtube", address + YOUTUBE) as sender:
        sender.show("One.")
        await sender.trouble("Copy the caption ingestion URL")


# -- streamtext ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faults", [[], [500], ["taken, then hang"], ["hang", "taken, then cut", 503]])
async def test_streamtext_has_in_the_end_what_was_typed_with_its_corrections(faults: list[Fault]) -> None:
    service = StreamTextService()
    async with serving(service) as address, running("streamtext", address + "/in?event=x") as sender:
        typed = ("We met", "We meet", "We meet tomorow", "We meet", "We meet tomorrow at noon")
        for number, text in enumerate(typed):
            service.faults.extend(faults[number : number + 1])
            sender.outlet.show(Display(cue(1, text, is_settled=False)))
            await service.until(lambda: bool(service.got))
        sender.outlet.show(Display(cue(2, "or later.", is_settled=False, speaker="ANNA", text_id="2")))
        sender.outlet.show(Display())
        sender.outlet.show(Display(cue(3, "Good.", "Bye.", is_settled=False, speaker="ANNA", text_id="3")))
        wanted = "We meet tomorrow at noon\nANNA: or later. Good. Bye."
        await service.until(lambda: service.text == wanted)
        numbers = [int(got.query["seq"]) for got in service.got]
        assert numbers[0] == 1
        assert sorted(set(numbers)) == list(range(1, numbers[-1] + 1))


async def test_streamtext_has_every_typed_word_once_however_captions_change_and_are_cleared() -> None:
    service = StreamTextService()
    audience = Audience(Silence(), NoAlarm())
    async with serving(service) as address, running("streamtext", address + "/in") as sender:
        audience.subscribe(Layout(20, 1), sender.outlet.show)
        text = "We meet tomorrow at noon, or later in the day, at the old harbour."
        for end in range(1, len(text) + 1):
            audience.type_text(1, text[:end])
            if end % 20 == 0:
                audience.clear()
        await service.until(lambda: service.text == text)
        audience.type_text(1, "We meet tom")
        await service.until(lambda: service.text == "We meet tom")
        audience.type_text(1, text)
        audience.type_text(2, "Good.")
        audience.show_text("Once.")
        audience.show_text("Once.")
        await service.until(lambda: service.text == f"{text} Good. Once. Once.")


async def test_streamtext_is_sent_words_as_they_are_heard() -> None:
    service = StreamTextService()
    async with serving(service) as address, running("streamtext", address + "/in") as sender:
        whole = cue(1, "Hello brave world.")
        for heard in (1, 2, 3):
            sender.outlet.show(Display(whole._replace(heard=heard)))
            wanted = " ".join(["Hello", "brave", "world."][:heard])
            await service.until(lambda wanted=wanted: service.text == wanted)  # type: ignore[misc]  # a default


async def test_streamtext_is_sent_no_letter_that_was_deleted_while_it_waited() -> None:
    service = StreamTextService()
    service.faults.extend([500] * 3)
    async with serving(service) as address, running("streamtext", address + "/in") as sender:
        sender.outlet.show(Display(cue(1, "a", is_settled=False)))
        await sender.trouble("answer 500")
        for text in ("a wrong word", "a", "a wrong", "a right one"):
            sender.outlet.show(Display(cue(1, text, is_settled=False)))
        await service.until(lambda: service.text == "a right one")
    assert [got.text for got in service.got if got.query["seq"] == "2"] == [" right one"]


async def test_a_wrong_streamtext_address_is_told() -> None:
    service = StreamTextService()
    service.faults.append(404)
    async with serving(service) as address, running("streamtext", address + "/in") as sender:
        sender.show("One.")
        await sender.trouble("Copy the address of your event")


# -- vmix ---------------------------------------------------------------------------------------------------


async def test_vmix_shows_the_newest_and_is_emptied_at_the_end() -> None:
    service = VMixService()
    title = service.titles["Captions"]
    async with serving(service) as address:
        async with running("vmix", "", {"address": address, "input": "Captions"}) as sender:
            sender.show("Ä & B = <C>?", "100 % #1")
            await service.until(lambda: title["Headline.Text"] == "Ä & B = <C>?\n100 % #1")
            sender.show()
            await service.until(lambda: title["Headline.Text"] == "")
            sender.show("Last.")
            await service.until(lambda: title["Headline.Text"] == "Last.")
        assert title["Headline.Text"] == ""
        count = len(service.got)
        async with running("vmix", "", {"address": address, "input": "Captions"}) as sender:
            await sender.told_that(lambda state: True)
        assert len(service.got) == count, "nothing was shown, and nothing is emptied"


async def test_vmix_shows_word_by_word_by_choice() -> None:
    service = VMixService()
    title = service.titles["Captions"]
    options = {"input": "Captions"}
    async with (
        serving(service) as address,
        running("vmix", "", {"address": address, **options}, mode="word") as sender,
    ):
        sender.outlet.show(Display(cue(1, "Hello brave", "world.", heard=2)))
        await service.until(lambda: title["Headline.Text"] == "Hello brave")
        sender.outlet.show(Display(cue(1, "Hello brave", "world.")))
        await service.until(lambda: title["Headline.Text"] == "Hello brave\nworld.")


async def test_vmix_shows_lines_that_roll_up_by_choice() -> None:
    service = VMixService()
    title = service.titles["Captions"]
    options = {"input": "Captions"}
    async with (
        serving(service) as address,
        running("vmix", "", {"address": address, **options}, mode="roll-up") as sender,
    ):
        sender.outlet.show(Display(cue(1, "Hello brave", "world.")))
        sender.outlet.show(Display(cue(2, "Good morning.", heard=1)))
        await service.until(lambda: title["Headline.Text"] == "world.\nGood")


async def test_vmix_without_the_title_is_told_and_works_as_soon_as_it_is_there() -> None:
    service = VMixService()
    service.titles.clear()
    async with serving(service) as address:
        async with running("vmix", "", {"address": address, "input": "Captions"}) as sender:
            sender.show("One.")
            await sender.trouble("capitals matter")
            service.titles["Captions"] = {"Headline.Text": ""}
            await sender.sent("One.")
        assert service.titles["Captions"]["Headline.Text"] == ""


async def test_vmix_that_is_not_there_is_told_and_only_the_newest_is_sent_later() -> None:
    service = VMixService()
    async with serving(service) as address:
        port = int(address.rpartition(":")[2])
    async with running("vmix", "", {"address": address, "input": "Captions"}) as sender:
        sender.show("Old.")
        await sender.trouble("Start it")
        sender.show("New.")
        async with serving(service, port):
            await sender.sent("New.")
            sender.show()
            await service.until(lambda: len(service.got) == 2)
    assert [got.query["Value"] for got in service.got] == ["New.", ""]


# -- any other server ---------------------------------------------------------------------------------------

NASTY = "\"}]}'; <!-- & ]]> \\ %00 \x07 {secret} ${x} 😀"


@pytest.mark.parametrize("form", ["json", "xml", "form", "plain"])
async def test_whatever_a_caption_is_it_stays_one_value_in_the_body(form: str) -> None:
    bodies = {
        "json": '{"a": "{text}", "b": {"by": "{speaker}", "n": {number}}}',
        "xml": '<c by="{speaker}"><t>{text}</t></c>',
        "form": "t={text}&by={speaker}",
        "plain": "{speaker}|{text}",
    }
    service = Service()
    async with serving(service) as address:
        options = {"format": form, "body": bodies[form], "method": "PUT"}
        async with running("http", f"{address}/in", options, {"secret": TOKEN}) as sender:
            sender.show(NASTY, "line two", speaker='A"&<B')
            await service.until(lambda: bool(service.got))
    (got,) = service.got
    said = f"{NASTY}\nline two"
    match form:
        case "json":
            content = json.loads(got.text)
            assert content == {"a": said, "b": {"by": 'A"&<B', "n": 1}}
        case "xml":
            content = ET.fromstring(got.text)
            assert content.attrib["by"] == 'A"&<B'
            assert content[0].text == said.replace("\x07", "\ufffd")
        case "form":
            assert parse_qs(got.text) == {"t": [said], "by": ['A"&<B']}
        case "plain":
            assert got.text == f'A"&<B|{said}'
    assert TOKEN not in got.text, "a field in a caption is none"
    assert got.headers["content-type"].split(";")[0] in (
        "application/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "text/plain",
    )


async def test_fields_in_the_address_and_in_headers_are_escaped_there() -> None:
    service = Service()
    async with serving(service) as address:
        link = f"{address}/a%2Fb/{{line1}}?t={{text}}&k={{secret}}#{{text}}"
        secrets = {"secret": TOKEN + "&x=1", "headers": "Authorization: Bearer {secret}\nX-Text: {text}\n\n"}
        async with running("http", link, {"method": "GET"}, secrets) as sender:
            sender.show("a/b?c=d&e#f ..\r\nX-Evil: 1", "u")
            await service.until(lambda: bool(service.got))
    (got,) = service.got
    assert got.method == "GET"
    assert got.path.startswith("/a%2Fb/a%2Fb%3Fc%3Dd%26e%23f")
    assert got.query == {"t": "a/b?c=d&e#f ..\r\nX-Evil: 1\nu", "k": TOKEN + "&x=1"}
    assert got.headers["authorization"] == f"Bearer {TOKEN}&x=1"
    assert "x-evil" not in got.headers
    assert got.body == b""


async def test_what_is_shown_now_is_sent_and_emptied_at_the_end() -> None:
    service = Service()
    options = {"what": "newest", "format": "plain", "body": "[{text}]"}
    async with serving(service) as address, running("http", f"{address}/in", options) as sender:
        sender.show("Hello.")
        await sender.sent("Hello.")
    assert [got.text for got in service.got] == ["[Hello.]", "[]"]


@pytest.mark.parametrize(
    ("method", "fault", "again"),
    [
        ("POST", "taken, then hang", False),
        ("POST", 500, True),
        ("POST", 429, True),
        ("POST", 400, False),
        ("PUT", "taken, then hang", True),
        ("GET", "cut", True),
        ("POST", "endless", False),
    ],
)
async def test_a_caption_is_sent_again_where_it_cannot_be_there_twice(
    method: str, fault: Fault, again: bool
) -> None:
    service = Service()
    service.faults.append(fault)
    options = {"method": method, "body": "{text}", "format": "plain"}
    async with (
        serving(service) as address,
        running("http", f"{address}/in?t={{text}}", options) as sender,
    ):
        sender.show("One.")
        await service.until(lambda: bool(service.got))
        await sender.told_that(lambda state: state.light is not Light.WAITING)
        sender.show("Two.")
        await sender.told_that(lambda state: state.last_line.endswith("Two."))
    texts = [got.query["t"] for got in service.got]
    assert texts[:2] == (["One.", "One."] if again else ["One.", "Two."])
    assert texts[-1] == "Two."


async def test_an_answer_without_an_end_is_not_waited_for() -> None:
    service = Service()
    service.faults.append("endless")
    pace = QUICK._replace(timeout_seconds=30.0)
    async with serving(service) as address, running("http", f"{address}/in", pace=pace) as sender:
        sender.show("One.")
        await sender.sent("One.")


async def test_a_redirect_is_not_followed_and_told() -> None:
    elsewhere, service = Service(), Service()
    async with serving(elsewhere) as other, serving(service) as address:
        service.take = lambda request: Reply(307, headers={"Location": f"{other}/in"})  # type: ignore[method-assign]  # a redirect
        async with running("http", f"{address}/in") as sender:
            sender.show("One.")
            await sender.trouble("leads to another one, which is not followed")
    assert elsewhere.got == []


@pytest.mark.parametrize(
    ("kind", "link", "options", "secrets", "label"),
    [
        ("zoom", "", {}, {}, "API token"),
        ("zoom", "ftp://x/" + TOKEN, {}, {}, "API token"),
        ("zoom", "https://", {}, {}, "API token"),
        ("zoom", "https://x:99999/" + TOKEN, {}, {}, "API token"),
        ("teams", "https://x /" + TOKEN, {}, {}, "CART link"),
        ("youtube", "x/" + TOKEN, {}, {}, "Caption ingestion URL"),
        ("vmix", "", {"address": "127.0.0.1:8088"}, {}, "Address"),
        ("http", "https://{text}/" + TOKEN, {}, {}, "Address"),
        ("http", "https://x/{words}" + TOKEN, {}, {}, "Address"),
        ("http", "https://x/" + TOKEN, {"body": "{words}"}, {}, "Body"),
        ("http", "https://x/" + TOKEN, {}, {"headers": "no colon " + TOKEN}, "Headers"),
        ("http", "https://x/" + TOKEN, {}, {"headers": "Host: " + TOKEN}, "Headers"),
        ("http", "https://x/" + TOKEN, {}, {"headers": "X-Ü: 1"}, "Headers"),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_is_quoted(
    kind: str, link: str, options: dict[str, str], secrets: dict[str, str], label: str
) -> None:
    with pytest.raises(InputError, match=label) as raised:
        made(kind, link, options, secrets)
    assert TOKEN not in f"{raised.value} {raised.value.hint}"


async def test_no_log_has_the_address_or_a_word(caplog: pytest.LogCaptureFixture) -> None:
    service = Service()
    service.faults.extend([500, "cut", "hang", 400])
    caplog.set_level(logging.DEBUG)
    async with (
        serving(service) as address,
        running("http", f"{address}/in?k={TOKEN}&t={{text}}", {"method": "PUT"}) as sender,
    ):
        sender.show("Confidential.")
        await sender.trouble("answer 500")
        sender.show("Two.")
        await sender.told_that(lambda state: state.last_line.endswith("Two."))
    assert service.got
    assert TOKEN not in caplog.text
    assert "Confidential" not in caplog.text


# -- all of them --------------------------------------------------------------------------------------------

ALL = ("zoom", "teams", "youtube", "streamtext", "vmix", "http")


@pytest.mark.parametrize("kind", ALL)
async def test_one_that_hangs_delays_no_other_and_ends_at_once(kind: str) -> None:
    service, other = Service(), ZoomService()
    service.faults.extend(["hang"] * 5)
    pace = Pace(timeout_seconds=60.0)
    async with serving(service) as address, serving(other) as there:
        options = {"address": address, "input": "Captions"} if kind == "vmix" else {}
        async with (
            running(kind, f"{address}/x?signature={TOKEN}", options, pace=pace) as hanging,
            running("zoom", there + ZOOM) as sender,
        ):
            hanging.show("One.")
            await service.until(lambda: bool(service.got))
            for number in range(10):
                sender.show(f"Line {number}.")
                state = await sender.sent(f"Line {number}.")
                assert state.lag_seconds < 2.0
            service.faults.clear()  # what is emptied at the end is answered
            ended = time.perf_counter()
        assert time.perf_counter() - ended < 5.0


@pytest.mark.parametrize("kind", ALL)
async def test_only_one_request_is_in_flight(kind: str) -> None:
    """A caption that comes while another is being sent waits for its answer."""
    service = Service()
    service.faults.append("hang")
    async with serving(service) as address:
        options = {"address": address, "input": "Captions"} if kind == "vmix" else {}
        pace = QUICK._replace(timeout_seconds=0.2)
        async with running(kind, f"{address}/x", options, pace=pace) as sender:
            sender.show("One.")
            await service.until(lambda: len(service.got) == 1)
            began = time.perf_counter()
            sender.show("Two.")
            await service.until(lambda: len(service.got) == 2)
            assert time.perf_counter() - began > 0.1
