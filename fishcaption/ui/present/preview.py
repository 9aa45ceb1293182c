"""The preview: what the audience sees now, small, in the audience's own style."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QHideEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fishcaption.core.audience_style import AudienceStyle
from fishcaption.ui.present.audience_canvas import USUAL_SCREEN, AudienceCanvas
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.captions.audience import Audience
    from fishcaption.captions.display import Display
    from fishcaption.ui.ports import SettingsService

_SHARE = 0.28  # of the window's height is the picture at most
_LINES_BESIDE = 16  # of text, which the rest of the window needs: large text makes the picture smaller
_BACKDROP = "#3a3f46"  # stands for the slides below the captions


class Preview(QWidget):
    """Shows the display of the audience while it is in sight; that of a rehearsal, too."""

    def __init__(self, audience: Audience, settings: SettingsService) -> None:
        super().__init__()
        self._audience = audience
        self._style = settings.current.audience_style
        self._unsubscribe: Callable[[], None] | None = None  # while it is not in sight
        self._title = Label()
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        self.canvas = _Picture()
        self.canvas.set_style(self._style)
        slide = QPixmap(USUAL_SCREEN / 8)
        slide.fill(QColor(_BACKDROP))
        self.canvas.picture(USUAL_SCREEN, slide)
        self._end_style = settings.subscribe(lambda settings: settings.audience_style, self._on_style)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._title)
        column.addWidget(self.canvas)

    def show_state(self, *, is_rehearsal: bool) -> None:
        """Say in words what the picture does not show."""
        if is_rehearsal:
            words = self.tr("Rehearsal: the audience sees nothing of this")
        elif self._audience.is_black:
            words = self.tr("The audience sees: black")
        elif self._audience.is_frozen:
            words = self.tr("The audience sees: frozen")
        else:
            words = self.tr("The audience sees")
        self._title.setText(words)

    def leave(self) -> None:
        """Show nothing any more."""
        self._end()
        self._end_style()

    def _on_style(self, _before: AudienceStyle, style: AudienceStyle) -> None:
        self._style = style
        self.canvas.set_style(style)
        if self._unsubscribe is not None:
            self._end()
            self._begin()

    def _begin(self) -> None:
        self._unsubscribe = self._audience.subscribe(self._style.layout(), self._show, is_preview=True)

    def _end(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _show(self, display: Display) -> None:
        self.canvas.show_display(display)

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._unsubscribe is None:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._end()


class _Picture(AudienceCanvas):
    """As high as the screen would be at its width."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(90)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        high = width * USUAL_SCREEN.height() // USUAL_SCREEN.width()
        whole = self.window().height()
        left = whole - _LINES_BESIDE * self.fontMetrics().lineSpacing()
        return max(self.minimumHeight(), min(high, round(_SHARE * whole), left))

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))
