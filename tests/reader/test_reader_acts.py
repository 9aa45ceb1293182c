"""The engine under whatever is done to it: nothing hangs, nothing breaks, each end is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import ConnectionLost
from fishcaption.core.speech import Fate, State
from fishcaption.core.timing.flush_policy import Kind
from tests.reader.test_reader import Stage, ready

KINDS = (Kind.TYPED, Kind.SENTENCES, Kind.WORDS)


class Hands:
    """Everything that can be done, each with a number that says how."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.reader = stage.reader
        self.leave = stage.voice.leave = asyncio.Semaphore(0)
        self.numbers: list[int] = []
        self.live: list[int] = []

    def speak(self, many: int) -> None:
        self.numbers.append(self.reader.speak("One two three. " * (1 + many % 4), replace=many == 13))

    def speak_ready(self, many: int) -> None:
        self.numbers.append(self.reader.speak_ready("Ready made", ready(self.stage, "ready", "made")))

    def begin(self, many: int) -> None:
        self.live.append(self.reader.begin_live(KINDS[many % 3]))
        self.numbers.append(self.live[-1])

    def type_on(self, many: int) -> None:
        for number in self.live[-1:]:
            self.reader.live_text(number, self.reader.utterance(number).text + "word one. "[: many % 11])

    def edit(self, many: int) -> None:
        for number in self.live[-1:]:
            view = self.reader.utterance(number)
            text = view.text[: view.fixed_end + many] + " new " + view.text[-many:]
            self.reader.live_text(number, text)

    def finish(self, many: int) -> None:
        for number in self.live:
            self.reader.finish_live(number)

    def say_so_far(self, many: int) -> None:
        self.reader.say_so_far()

    def pause(self, many: int) -> None:
        self.reader.pause()

    def resume(self, many: int) -> None:
        self.reader.resume()

    def stop(self, many: int) -> None:
        self.reader.stop()

    def back(self, many: int) -> None:
        self.reader.back()

    def forward(self, many: int) -> None:
        self.reader.forward()

    def retry(self, many: int) -> None:
        self.reader.retry()

    def repeat(self, many: int) -> None:
        self.reader.repeat(1.0 + many / 10)

    def signal(self, many: int) -> None:
        self.reader.signal(ready(self.stage, "ring"))

    def move(self, many: int) -> None:
        waiting = self.reader.snapshot().waiting
        if waiting:
            self.reader.move(waiting[many % len(waiting)], many % 3)

    def skip(self, many: int) -> None:
        for number in self._in_line(many):
            self.reader.skip(number)

    def take_back(self, many: int) -> None:
        for number in self._in_line(many):
            text = self.reader.utterance(number).text
            assert text.endswith(self.reader.take_back(number))

    def skip_to_newest(self, many: int) -> None:
        self.reader.skip_to_newest()

    def clear_waiting(self, many: int) -> None:
        self.reader.clear_waiting()

    def fail(self, many: int) -> None:
        voice = self.stage.voice
        voice.fails[len(voice.pieces) + many % 3] = ConnectionLost("The voice cannot be reached.")

    def voice(self, many: int) -> None:
        for _ in range(many):
            self.leave.release()

    def hear(self, many: int) -> None:
        self.stage.ear.hear(many * 40)

    def _in_line(self, many: int) -> list[int]:
        snapshot = self.reader.snapshot()
        in_line = list(snapshot.waiting)
        if snapshot.current is not None and snapshot.current.fate in (Fate.WAITING, Fate.SPEAKING):
            in_line.insert(0, snapshot.current.id)
        return [in_line[many % len(in_line)]] if in_line else []


ACTS: tuple[Callable[[Hands, int], None], ...] = tuple(
    act for name, act in vars(Hands).items() if not name.startswith("_")
)
OFTEN = (Hands.speak, Hands.type_on, Hands.edit, Hands.hear, Hands.voice)


async def story(acts: list[tuple[Callable[[Hands, int], None], int]]) -> None:
    stage = Stage()
    stage.ear.lead = 30
    reader, hands = stage.reader, Hands(stage)
    told: list[int] = []
    reader.subscribe_ended(lambda view: told.append(view.id))
    task = asyncio.get_running_loop().create_task(reader.run())
    for act, many in acts:
        act(hands, many)
        snapshot = reader.snapshot()
        assert snapshot.behind_seconds >= snapshot.unheard_seconds - 1e-6
        await (stage.later(0.3) if many % 2 else stage.settle())
    reader.resume()
    hands.finish(0)
    hands.voice(4000)
    for _ in range(60):
        await stage.hear(30)
    for number in hands.numbers:
        view = reader.utterance(number)
        assert view.fate in (Fate.HEARD, Fate.CUT, Fate.FAILED), view
        assert view.error is None or isinstance(view.error, ConnectionLost), view
        assert 0 <= view.heard_end <= len(view.text)
    assert reader.snapshot().state in (State.IDLE, State.FAILED)
    assert reader.snapshot().waiting == ()
    assert len(told) == len(set(told)) <= len(hands.numbers)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled(), task.exception()


# each is a story: shrinking one takes minutes
@settings(deadline=None, max_examples=settings().max_examples * 3 // 5, phases=(Phase.generate,))
@given(st.lists(st.tuples(st.sampled_from(ACTS + OFTEN), st.integers(0, 20)), max_size=40))
def test_whatever_is_done_nothing_hangs_and_nothing_breaks(
    acts: list[tuple[Callable[[Hands, int], None], int]],
) -> None:
    asyncio.run(story(acts))
