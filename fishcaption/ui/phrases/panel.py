"""The phrase panel: one click or one key speaks a phrase. It has a search and categories.

The most used phrases come first. They change places only when the user searches, chooses another category
or edits the phrases, never while the user is choosing one. A category has a name and a colour.

    panel = PhrasePanel(service, settings)
    panel.add_keys(window.commands)          # F1 to F12 and Ctrl+1 to Ctrl+9 as the user gave them
    panel.set_look(look)                     # now and when looks change
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.phrases.bank import Ahead, Bank, Phrase, Progress
from fishcaption.ui.commands import Action, Actions, Group
from fishcaption.ui.phrases.cards import PHRASE, CardGrid, CardPainter, PhraseModel, line, swatch_icon
from fishcaption.ui.widgets.controls import Choice, FlowRow, Tool, announce
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written
from fishcaption.ui.widgets.menus import open_at
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.feature_ports import PhraseService
    from fishcaption.ui.ports import SettingsService

_KEYS: Final = "phrases.say."


def color_words(color: str, tr: Callable[[str], str]) -> str:
    """Return the colour's name."""
    return {
        "": tr("No colour"),
        "blue": tr("Blue"),
        "green": tr("Green"),
        "teal": tr("Teal"),
        "purple": tr("Purple"),
        "pink": tr("Pink"),
        "red": tr("Red"),
        "orange": tr("Orange"),
        "yellow": tr("Yellow"),
        "grey": tr("Grey"),
    }[color]


class PhrasePanel(QWidget):
    """Search, categories and cards. It follows the bank until `leave`."""

    spoken = Signal(int)  # an utterance's number
    failed = Signal(object)  # a FishCaptionError
    into_text_asked = Signal(str)  # put this into the text being written
    edit_asked = Signal(str)  # open the phrase editor at this id; empty: at none
    left = Signal()  # give the text the focus
    show_asked = Signal()  # the panel gets the focus, but is hidden

    def __init__(
        self, service: PhraseService, settings: SettingsService, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Phrases"))
        self._service = service
        self._settings = settings
        self._look: Look | None = None
        self._commands: Actions | None = None
        self._keyed: tuple[tuple[str, str, str], ...] = ()
        self._category: str | None = None
        self._drawn: Bank | None = None
        self._draft = ""
        self._is_small = False
        self._said_state = Ahead.LOOKING
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._draw)
        self._unsubscribe = service.subscribe(self._soon.start)
        service.on_error = self.failed.emit
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._on_first)
        self._cards.clicked.connect(self._on_card)
        self._cards.customContextMenuRequested.connect(self._on_menu)
        self._choice.activated.connect(self._on_choice)
        self._edit.clicked.connect(self._on_edit)
        self._offer.clicked.connect(self._on_offer)
        self._draw()

    # -- what the window asks ----------------------------------------------------------------------

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        self._edit.dress(look)
        self._rows.set_look(look)
        self._cards.fit()
        self._show_categories()

    def add_keys(self, commands: Actions) -> None:
        """Add the panel's commands, and a command with its key for each phrase that has one."""
        self._commands = commands
        commands.changed.connect(self._on_commands)
        commands.add(
            Action("phrases.find", self.tr("Find a phrase"), self.take_focus, Group.PHRASES, ("Ctrl+K",)),
            Action("phrases.edit", self.tr("Edit the phrases"), self._on_edit, Group.PHRASES),
            Action(
                "phrases.forget_uses",
                self.tr("Reset how often each phrase was used"),
                self._on_forget_uses,
                Group.PHRASES,
            ),
        )
        self._show_keys()

    def follow(self, draft: str) -> None:
        """Show phrases like this draft first; with an empty draft, the most used ones."""
        wanted = draft.strip() if len(draft) < 60 else ""
        if wanted != self._draft:
            self._draft = wanted
            if not self._search.text():
                self._fill()

    def take_focus(self) -> None:
        """Give the search field the focus."""
        if not self.isVisible():
            self.show_asked.emit()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def speak(self, number: str) -> None:
        """Speak the phrase with this id."""
        try:
            self.spoken.emit(self._service.speak(number))
        except FishCaptionError as error:
            self.failed.emit(error)
        except KeyError:  # it was removed a moment ago
            return

    def set_small(self, is_small: bool) -> None:
        """Use less height."""
        self._is_small = is_small
        self._fit()

    def controls(self) -> list[QWidget]:
        """Return the controls in the order of the Tab key."""
        return [self._search, self._choice, self._edit, *self._category_buttons, self._cards, self._offer]

    def leave(self) -> None:
        """Stop following the bank: the panel goes away."""
        self._unsubscribe()
        self._service.on_error = None
        self._soon.stop()

    def shown(self) -> list[Phrase]:
        """Return the shown phrases, in order."""
        return self._model.phrases

    def told(self) -> str:
        """Return the words about how many phrases are ready."""
        return self._state.text()

    # -- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Find a phrase: words or first letters"))
        self._search.setAccessibleName(self.tr("Find a phrase"))
        self._search.installEventFilter(self)
        self._choice = Choice()
        self._choice.setAccessibleName(self.tr("Category"))
        self._choice.setMinimumContentsLength(8)
        self._edit = Tool(self.tr("Edit the phrases"), "pencil")
        head = QHBoxLayout()
        head.addWidget(self._search, 1)
        head.addWidget(self._choice)
        head.addWidget(self._edit)
        self._state = Label()
        self._state.setProperty("role", "hint")
        self._state.setWordWrap(True)
        self._offer = QPushButton()
        self._offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._offer.setAutoDefault(False)
        self._offer.hide()
        self._category_buttons: list[QPushButton] = []
        self._chips = QWidget()
        self._chips.setAccessibleName(self.tr("Categories"))
        self._chip_row = FlowRow(6)
        self._chips.setLayout(self._chip_row)
        self._model = PhraseModel(self.tr)
        self._cards = CardGrid()
        self._cards.setAccessibleName(self.tr("Phrases"))
        self._cards.setModel(self._model)
        self._rows = CardPainter(self._cards, self.tr)
        self._cards.setItemDelegate(self._rows)
        self._cards.chosen.connect(self._on_card)
        self._cards.typed.connect(self._on_typed)
        self._cards.left.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._chips)
        column.addWidget(self._cards, 1)
        column.addWidget(self._state)
        column.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignLeft)

    # -- drawing -----------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw what has changed in the service."""
        bank = self._service.bank()
        before, self._drawn = self._drawn, bank
        if bank is not before and _order_of(bank) != _order_of(before):
            if self._category is not None and bank.category(self._category) is None:
                self._category = None
            self._show_categories()
            self._fill()
            self._show_keys()
        self._model.set_ready(self._service.ready())
        self._show_progress()

    def _fill(self) -> None:
        """Show the phrases that match, best first."""
        bank = self._service.bank()
        query = self._search.text()
        found = bank.search(query, category=self._category)
        if not query.strip() and self._draft:
            like = bank.search(self._draft, category=self._category)
            ids = {phrase.id for phrase in like}
            found = (*like, *(phrase for phrase in found if phrase.id not in ids))
        self._model.show(list(found), bank, self._service.ready())
        self._cards.set_nothing(
            self.tr("No phrase matches.") if query.strip() else self.tr("There is no phrase here yet.")
        )
        if query and found:
            self._cards.setCurrentIndex(self._model.index(0, 0))
        self._cards.scrollToTop()

    def _categories(self) -> list[tuple[str | None, str]]:
        """Return (name, colour) of “All” (None) and of each category."""
        bank = self._service.bank()
        return [(None, ""), *((category.name, category.color) for category in bank.categories)]

    def _show_categories(self) -> None:
        while (item := self._chip_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._category_buttons.clear()
        names = self._categories()
        for name, color in names:
            words = self.tr("All") if name is None else name
            chip = QPushButton(words.replace("&", "&&"))
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.setAutoDefault(False)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setAccessibleName(self.tr("Category {name}").format(name=words))
            chip.setChecked(name == self._category)
            if self._look is not None and name is not None:
                side = self._look.icon_size()
                chip.setIcon(swatch_icon(color, self._look.colors, side, self.devicePixelRatioF()))
                chip.setIconSize(QSize(side, side))
            chip.clicked.connect(partial(self._on_category, name))
            self._chip_row.addWidget(chip)
            self._category_buttons.append(chip)
        self._show_choice(names)
        self._fit()
        for before, after in pairwise(self.controls()):
            QWidget.setTabOrder(before, after)

    def _show_choice(self, categories: list[tuple[str | None, str]]) -> None:
        """Show the categories as a list, for a narrow panel."""
        with QSignalBlocker(self._choice):
            self._choice.clear()
            for name, color in categories:
                words = self.tr("All") if name is None else name
                if self._look is not None and name is not None:
                    side = self._look.icon_size()
                    icon = swatch_icon(color, self._look.colors, side, self.devicePixelRatioF())
                    self._choice.addItem(icon, words, name)
                    self._choice.setIconSize(QSize(side, side))
                else:
                    self._choice.addItem(words, name)
                if name == self._category:
                    self._choice.setCurrentIndex(self._choice.count() - 1)

    def _fit(self) -> None:
        """Show categories as buttons if two lines are enough for them, else as a list."""
        has_some = len(self._category_buttons) > 1
        line_height = max((chip.sizeHint().height() for chip in self._category_buttons), default=0)
        is_wide = self._chip_row.heightForWidth(self.width()) <= 2 * line_height + 6
        self._chips.setVisible(has_some and is_wide and not self._is_small)
        self._choice.setVisible(has_some and not (is_wide and not self._is_small))

    def _show_progress(self) -> None:
        progress = self._service.progress()
        words = progress_words(progress, self.tr)
        self._state.setText(words)
        self._state.setToolTip(as_written(words))
        self._state.setVisible(bool(words))
        if progress.state is Ahead.ASKING:
            self._offer.setText(
                self.tr("Prepare them for about {price}").format(price=dollars(progress.price))
            )
        elif progress.state is Ahead.FAILED:
            self._offer.setText(self.tr("Try again"))
        self._offer.setVisible(progress.state in (Ahead.ASKING, Ahead.FAILED))
        if progress.state is not self._said_state:
            self._said_state = progress.state
            if progress.state in (Ahead.ASKING, Ahead.FAILED, Ahead.FULL):
                announce(self, words)

    def _show_keys(self) -> None:
        if self._commands is None:
            return
        keyed = tuple(
            (phrase.id, phrase.key, phrase.shown) for phrase in self._service.bank().phrases if phrase.key
        )
        if keyed == self._keyed:
            return
        self._keyed = keyed
        self._commands.replace(
            _KEYS,
            tuple(
                Action(
                    _KEYS + number,
                    self.tr("Say “{text}”").format(text=line(shown, 60)),
                    partial(self.speak, number),
                    Group.PHRASES,
                    (key,),
                    is_given=True,
                )
                for number, key, shown in keyed
            ),
        )

    # -- slots -------------------------------------------------------------------------------------

    def _on_commands(self) -> None:
        """Find the phrases whose keys the user gave to commands."""
        assert self._commands is not None
        lost = {}
        for number, key, _ in self._keyed:
            holder = self._commands.holder(key)
            if holder is not None and holder.id != _KEYS + number:
                lost[number] = holder.words
        self._model.set_lost(lost)

    def _on_card(self, index: QModelIndex) -> None:
        phrase = index.data(PHRASE)
        if isinstance(phrase, Phrase):
            self.speak(phrase.id)
            if self._search.text():
                self._search.clear()
                self.left.emit()

    def _on_first(self) -> None:
        if self._search.text().strip() and self._model.phrases:
            self._on_card(self._model.index(max(0, self._cards.currentIndex().row()), 0))

    def _on_typed(self, text: str) -> None:
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        self._search.setText(self._search.text() + text)

    def _on_choice(self) -> None:
        self._category = self._choice.currentData()
        for chip, (name, _) in zip(self._category_buttons, self._categories(), strict=True):
            chip.setChecked(name == self._category)
        self._fill()

    def _on_category(self, name: str | None, _is_checked: bool = False) -> None:
        self._category = name
        self._show_choice(self._categories())
        self._fill()

    def _on_edit(self) -> None:
        self.edit_asked.emit("")

    def _on_forget_uses(self) -> None:
        self._service.set_bank(self._service.bank().forget_uses())
        self._fill()

    def _on_offer(self) -> None:
        progress = self._service.progress()
        if progress.state is Ahead.ASKING:
            # up to the next cent: the user agrees to no more than was shown
            dollars = round(progress.price + 0.005, 2)
            self._settings.change(phrases_paid=progress.offer, phrases_paid_dollars=dollars)
        else:
            self._service.retry()

    def _on_menu(self, at: QPoint) -> None:
        phrase = self._cards.indexAt(at).data(PHRASE)
        if not isinstance(phrase, Phrase):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Say it")).triggered.connect(partial(self._on_say, phrase))
        menu.addAction(self.tr("Put it into the text")).triggered.connect(partial(self._on_into, phrase))
        menu.addAction(self.tr("Edit it…")).triggered.connect(partial(self._on_edit_one, phrase))
        open_at(menu, self._cards.viewport().mapToGlobal(at))

    def _on_say(self, phrase: Phrase, _is_checked: bool = False) -> None:
        self.speak(phrase.id)

    def _on_into(self, phrase: Phrase, _is_checked: bool = False) -> None:
        self.into_text_asked.emit(phrase.shown)

    def _on_edit_one(self, phrase: Phrase, _is_checked: bool = False) -> None:
        self.edit_asked.emit(phrase.id)

    # -- Qt ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, Down goes to the cards, and Esc ends the search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._search:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and self._model.phrases:
                self._cards.setFocus(Qt.FocusReason.OtherFocusReason)
                if not self._cards.currentIndex().isValid():
                    self._cards.setCurrentIndex(self._model.index(0, 0))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._search.clear()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)


def progress_words(progress: Progress, tr: Callable[[str], str]) -> str:
    """Return a sentence about how many phrases are ready; empty if there is nothing to say."""
    if not progress.total or progress.state is Ahead.LOOKING:
        return ""
    count = tr("{ready} of {total} phrases ready in this voice").format(
        ready=progress.ready, total=progress.total
    )
    match progress.state:
        case Ahead.READY if progress.ready == progress.total:
            return tr("All {total} phrases ready in this voice").format(total=progress.total)
        case Ahead.READY:
            return tr("{count}; this voice cannot say the others").format(count=count)
        case Ahead.FAILED if progress.error is not None:
            return f"{count}. {progress.error}"
        case Ahead.FULL:
            return tr("{count}; there is no room for more").format(count=count)
    return count


def dollars(price: float) -> str:
    """Return a price as the user agrees to it: in whole cents, rounded up."""
    return f"${max(0.01, round(price + 0.005, 2)):.2f}"


def _order_of(bank: Bank | None) -> tuple[Any, ...]:
    """Return the bank without the counts of uses: these alone change no place."""
    if bank is None:
        return ()
    fields = tuple((one.id, one.shown, one.said, one.category, one.color, one.key) for one in bank.phrases)
    return (bank.categories, fields)
