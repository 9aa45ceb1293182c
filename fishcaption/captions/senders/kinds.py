"""The entries of the senders in `captions.outlets.AUDIENCE_OUTLETS`: what the form says and asks for."""

from __future__ import annotations

from typing import Final

from fishcaption.captions.held_back import HELD_BACK
from fishcaption.captions.outlet_kind import Choice, OutletKind, OutletOption
from fishcaption.core.audience import Layout

_FOLDER: Final = "fishcaption.captions.senders"


def _link(label: str, help: str) -> OutletOption:
    return OutletOption("link", label, help, is_secret=True, is_required=True)


def _language(help: str, default: str) -> OutletOption:
    return OutletOption("language", "Language", help, default=default, is_required=True, longest=35)


SENDERS: Final[tuple[OutletKind, ...]] = (
    OutletKind(
        "zoom",
        "Zoom",
        "Captions in a Zoom meeting of yours, for everybody who switches them on.",
        f"{_FOLDER}.zoom",
        "Zoom",
        (
            _link("API token", "In the meeting: Captions, Set up manual captioner, Copy the API token."),
            _language("The language of the captions, such as en-US.", "en-US"),
            *HELD_BACK,
        ),
        layout=Layout(32, 2),
        can_revise=False,
        keeps_numbers=True,
    ),
    OutletKind(
        "teams",
        "Microsoft Teams",
        "Captions of a person (CART) in a Teams meeting.",
        f"{_FOLDER}.teams",
        "Teams",
        (
            _link("CART link", "The organiser finds it in the meeting options, under Provide CART captions."),
            _language("It must be the spoken language of the meeting, such as en-us.", "en-us"),
            *HELD_BACK,
        ),
        layout=Layout(100, 1),
        can_revise=False,
    ),
    OutletKind(
        "youtube",
        "YouTube Live",
        "Captions in a live stream on YouTube.",
        f"{_FOLDER}.youtube",
        "YouTube",
        (
            _link(
                "Caption ingestion URL",
                "In YouTube Studio: Stream settings, Closed captions, Post captions to URL.",
            ),
            *HELD_BACK,
        ),
        can_revise=False,
        keeps_numbers=True,
    ),
    OutletKind(
        "streamtext",
        "StreamText",
        "Text in a StreamText event, letter by letter, corrections included.",
        f"{_FOLDER}.streamtext",
        "StreamText",
        (
            _link("Address", "The address of your event that takes captions."),
            _language("The language of the captions, such as en-US.", "en-US"),
        ),
        mode="word",
        keeps_numbers=True,
    ),
    OutletKind(
        "vmix",
        "vMix",
        "The caption of the moment in a title of vMix.",
        f"{_FOLDER}.vmix",
        "VMix",
        (
            OutletOption(
                "address",
                "Address",
                "The address of vMix's Web Controller, on this computer or in your network.",
                default="http://127.0.0.1:8088",
                is_required=True,
            ),
            OutletOption(
                "input", "Input", "Number, name or GUID of the title.", is_required=True, longest=200
            ),
            OutletOption(
                "field",
                "Text field",
                "Its name in the title; in a GT title it ends in “.Text”.",
                default="Headline.Text",
                is_required=True,
                longest=200,
            ),
        ),
    ),
    OutletKind(
        "http",
        "Another server (HTTP)",
        "A request of your own for each caption, or for what is shown now.",
        f"{_FOLDER}.own_server",
        "own_server",
        (
            _link("Address", "It may have fields, such as {text}. They are escaped for an address."),
            OutletOption(
                "what",
                "Send",
                shape="choice",
                default="each",
                choices=(
                    Choice("each", "each caption once"),
                    Choice("newest", "what is shown now; empty at the end"),
                ),
            ),
            OutletOption(
                "method",
                "Method",
                shape="choice",
                default="POST",
                choices=tuple(Choice(name, name) for name in ("POST", "PUT", "PATCH", "GET")),
            ),
            OutletOption(
                "format",
                "Format of the body",
                "Fields are escaped for this format.",
                "choice",
                "json",
                choices=(
                    Choice("json", "JSON"),
                    Choice("xml", "XML"),
                    Choice("form", "form"),
                    Choice("plain", "plain text"),
                ),
            ),
            OutletOption(
                "body",
                "Body",
                "Fields: {text}, {line1} to {line3}, {speaker}, {language}, {number}, {time}, {secret}.",
                "lines",
                '{"text": "{text}"}',
            ),
            OutletOption("headers", "Headers", "One on each line: Name: value", "lines", is_secret=True),
            OutletOption("secret", "Secret", "For the field {secret}.", is_secret=True),
            *HELD_BACK,
        ),
        revises_if=("what", "newest"),
        keeps_numbers=True,
    ),
)
"""Meetings first, then streams, then programs."""
