"""vMix: the caption of the moment in a title, through the program's web controller."""

from __future__ import annotations

from fishcaption.captions.senders.sender import Job, Judged, StateSender, Verdict
from fishcaption.captions.senders.web import Answer, Failure, Request, checked_url, with_query

_NOT_THERE = "vMix does not answer. Start it, switch on its Web Controller, and check the address here."
_NO_INPUT = (
    "vMix has no such input or text field. Check both names; capitals matter, and a GT title's field ends in"
    " “.Text”."
)


class VMix(StateSender):
    """Sets the text of a title, always the newest, and empties it at the end."""

    @property
    def address(self) -> str:
        """The address of the web controller."""
        return checked_url(self._config.options.get("address", ""), "Address").rstrip("/") + "/"

    def text_request(self, job: Job) -> Request:
        """Return the request that sets the text."""
        options = self._config.options
        field = {
            "Function": "SetText",
            "Input": options.get("input", ""),
            "SelectedName": options.get("field", ""),
            "Value": job.text,
        }
        return Request("GET", with_query(f"{self.address}API/", field))

    def judge(self, answer: Answer | Failure) -> Judged:
        """An input that there is not is answered by 500, or by a sentence; it may be made at any time."""
        if isinstance(answer, Failure):
            return Judged(Verdict.AGAIN, _NOT_THERE)
        match answer.status:
            case status if 200 <= status < 300:
                return Judged(Verdict.SENT)
            case 401 | 403:
                return Judged(
                    Verdict.REFUSED, "vMix asks for a password. Switch it off in its Web Controller."
                )
            case 500:
                return Judged(Verdict.REFUSED, _NO_INPUT)
        return Judged(
            Verdict.REFUSED, f"This is not vMix's Web Controller (answer {answer.status}). Check the address."
        )
