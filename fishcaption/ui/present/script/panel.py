"""The left side of Present: the script with what is done with it, and what to do where there is none."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from fishcaption.core.script.model import Script
from fishcaption.ui.audience_ports import ShowView
from fishcaption.ui.commands import Actions, spelled
from fishcaption.ui.present.script.cue_list import ScriptList
from fishcaption.ui.present.script.model import ScriptModel
from fishcaption.ui.present.script.prepare_row import PrepareRow
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, Tool, command_button
from fishcaption.ui.widgets.dialog_parts import scrolled
from fishcaption.ui.widgets.fields import LineField, pasted_text
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.longtext import showable
from fishcaption.ui.widgets.menus import open_at
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.core.script.model import ScriptCue
    from fishcaption.ui.audience_ports import RecentScripts, ScriptService

_MOST_NAME = 60  # code points of a file's name in the list of recent ones
_MOST_FOLDER = 40  # and of the end of its folder's


class ScriptPanel(QWidget):
    """Shows the script, finds cues, and takes texts and files that are dropped."""

    file_dropped = Signal(object)  # a Path
    text_dropped = Signal(str)
    noticed = Signal(str)

    def __init__(self, script: ScriptService, commands: Actions) -> None:
        super().__init__()
        self._service = script
        self.model = ScriptModel(script.check)
        self.cues = ScriptList(self.model, commands)
        self._followed: int | None = None
        self._fitted: Script | None = None  # the script that is shown
        self.prepare = PrepareRow(script)
        self._name = Label()
        self._name.setProperty("role", "title")
        self._open = command_button(self.tr("Open…"))
        self._recent = command_button(self.tr("Recent…"))
        self._write = command_button(self.tr("Write"))
        self._paste = command_button(self.tr("Paste"))
        self._find = command_button(self.tr("Find"))
        self._speakers = command_button(self.tr("Speakers…"))
        self._buttons = (
            (self._open, "text.open"),
            (self._recent, "show.recent"),
            (self._write, "show.insert"),
            (self._paste, "show.paste"),
            (self._find, "show.find"),
            (self._speakers, "show.speakers"),
        )
        for button, command in self._buttons:
            button.clicked.connect(partial(commands.run_if_there, command))
        self.search = _SearchRow()
        self._told = Label()  # digits that were typed
        self._told.hide()
        self._pages = QStackedWidget()
        self._empty = _Invitation()
        self._pages.addWidget(scrolled(self._empty))
        self._pages.addWidget(self.cues)
        self._lay_out()
        self.setAcceptDrops(True)
        self.search.asked.connect(self._on_search)
        self.search.left.connect(self._on_search_left)
        self.cues.number_typed.connect(self._on_digits)

    def _lay_out(self) -> None:
        row = FlowRow()
        for button, _ in self._buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FlowBox(row))
        column.addWidget(self._name)
        column.addWidget(self.search)
        column.addWidget(self._pages, 1)
        column.addWidget(self._told)
        column.addWidget(self.prepare)

    # -- what its owner calls

    def show_view(self, view: ShowView) -> None:
        """Show the script and where it is."""
        self.model.show(view)
        has_cues = bool(view.script.cues)
        had_focus = self.cues.hasFocus() or self._empty.hasFocus()
        self._pages.setCurrentIndex(1 if has_cues else 0)
        self.prepare.show_view(view)
        self.prepare.setVisible(has_cues)
        if had_focus and not has_cues:
            self._empty.setFocus()
        elif had_focus and not self.cues.is_editing():
            self.cues.setFocus()
        if view.script is not self._fitted:  # what costs time in a long script, once for each
            self._fitted = view.script
            self.cues.fit_columns()
            self._speakers.setVisible(bool(view.script.speakers()))
        self._find.setEnabled(has_cues)
        self._name.setText(self._title(view))
        if view.following != self._followed:
            self._followed = view.following
            self.cues.follow(view.following if view.following is not None else view.current)

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self.cues.set_look(look)
        self.search.set_look(look)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys in the tool tips as they are now."""
        for button, command in self._buttons:
            if command in commands:
                button.setToolTip(as_written(commands.told(command)))
        self._empty.tell_keys(commands)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key: the script first."""
        return (
            self.cues, self._empty, *self.search.controls(), *(button for button, _ in self._buttons),
            *self.prepare.controls(),
        )  # fmt: skip

    def open_recent(self, recent: RecentScripts) -> None:
        """Open the menu of the scripts that were opened before; a chosen one comes as a dropped file does."""
        paths = recent.paths()
        if not paths:
            self.noticed.emit(self.tr("No script was opened yet."))
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for path in paths:
            name = showable(path.name)[:_MOST_NAME]
            folder = showable(str(path.parent))[-_MOST_FOLDER:]
            entry = menu.addAction(f"{name}  ({folder})".replace("&", "&&"))
            entry.setToolTip(as_written(showable(str(path))))
            entry.triggered.connect(partial(self._on_recent, path))
        menu.addSeparator()
        menu.addAction(self.tr("Clear this list")).triggered.connect(lambda: recent.clear())
        open_at(menu, self._recent.mapToGlobal(QPoint(0, self._recent.height())))
        menu.setActiveAction(menu.actions()[0])

    def focus(self) -> None:
        """Give the focus to the script, or to what is said where there is none."""
        page = self.cues if self._pages.currentWidget() is self.cues else self._empty
        page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- inside

    def _on_recent(self, path: Path, _is_checked: bool = False) -> None:
        self.file_dropped.emit(path)

    def _title(self, view: ShowView) -> str:
        count = len(view.script.cues)
        if not count:
            return ""
        words = self.tr("{count} cue") if count == 1 else self.tr("{count} cues")
        name = showable(view.script.name) or self.tr("Script")
        return f"{name} · {words.format(count=count)}"

    def _on_digits(self, digits: str) -> None:
        self._told.setVisible(bool(digits))
        self._told.setText(self.tr("Go to cue {number}: press Enter.").format(number=digits))

    def _on_search(self, wanted: str) -> None:
        found: ScriptCue | None = self._service.find(wanted)
        row = self.model.row_of(found.id) if found is not None else None
        if row is None:
            self.noticed.emit(self.tr("“{words}” was not found.").format(words=wanted))
            return
        self.search.hide()
        self.cues.choose(row)
        self.cues.setFocus()
        self.noticed.emit(self.tr("Cue {number}. Enter makes it the next one.").format(number=row + 1))

    def _on_search_left(self) -> None:
        self.search.hide()
        self.focus()

    # -- Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if files:
            self.file_dropped.emit(Path(files[0]))
        else:
            self.text_dropped.emit(pasted_text(event.mimeData()))


class _SearchRow(QWidget):
    """The field for a number or words. Enter looks for them, Esc closes it."""

    asked = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.field = _SearchField()
        self.field.setPlaceholderText(self.tr("Number or words of a cue; the audience sees nothing of it"))
        self.field.setAccessibleName(self.tr("Find a cue"))
        self._close = Tool(self.tr("Close the search"), "x")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field, 1)
        row.addWidget(self._close)
        self.field.returnPressed.connect(self._on_return)
        self.field.left.connect(self.left)
        self._close.clicked.connect(self.left)
        self.hide()

    def begin(self) -> None:
        """Show the field, ready to be written in."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def set_look(self, look: Look) -> None:
        """Draw in these colours."""
        self._close.dress(look)

    def controls(self) -> tuple[QWidget, ...]:
        """In the order of the Tab key."""
        return (self.field, self._close)

    def _on_return(self) -> None:
        if wanted := self.field.text().strip():
            self.asked.emit(wanted)


class _SearchField(LineField):
    """Leaves with Esc."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        # Stop had its turn before: what was spoken is silent already
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Invitation(Label):
    """The three acts that bring captions to an audience, where there is no script yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setMargin(16)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("role", "invitation")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def tell_keys(self, commands: Actions) -> None:
        """Name the keys as they are now."""
        opening = commands.spelled("text.open")
        keys = commands.keys("show.next") if "show.next" in commands else ()
        following = spelled(keys[0]) if keys else ""
        words = self.tr(
            "Captions for your audience in three acts:\n\n"
            "1.  Open a text ({open}). Or drop a file here, paste a text, write one.\n\n"
            "2.  Choose the screen: “Screen…” under Outlets.\n\n"
            "3.  Press Next ({next}). The first cue is spoken, and the audience sees it."
        )
        self.setText(words.format(open=opening, next=following))
