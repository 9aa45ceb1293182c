"""Subscribers: who is told, in which order, and when no more."""

from __future__ import annotations

from fishcaption.core.subscribers import Subscribers


def test_everybody_is_told_in_order_until_they_leave() -> None:
    told: list[tuple[str, int]] = []
    subscribers: Subscribers[int] = Subscribers()
    subscribers.add(lambda number: told.append(("one", number)))
    leave = subscribers.add(lambda number: told.append(("two", number)))
    subscribers.tell(1)
    leave()
    subscribers.tell(2)
    assert told == [("one", 1), ("two", 1), ("one", 2)]
    assert len(subscribers) == 1


def test_who_leaves_while_all_are_told_takes_nobody_with_them() -> None:
    """And who comes meanwhile is told of the next change."""
    told: list[str] = []
    subscribers: Subscribers[[]] = Subscribers()

    def first() -> None:
        told.append("first")
        leave()
        subscribers.add(lambda: told.append("third"))

    leave = subscribers.add(first)
    subscribers.add(lambda: told.append("second"))
    subscribers.tell()
    assert told == ["first", "second"]
    subscribers.tell()
    assert told == ["first", "second", "second", "third"]
