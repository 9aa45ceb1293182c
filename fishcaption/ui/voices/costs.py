"""The dialog of the costs: the credit that is left, and about what was spent from this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTreeWidget, QVBoxLayout

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.account_ports import CreditReport, SpendingReport, SpentRow
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import list_row, resize_by_text, text_button
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.state_words import credit_words, dollar_words

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_MOST_ROWS = 400


class CostsDialog(QDialog):
    """Shows credit and spending, and leads to the limits."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Costs at Fish Audio"))
        self._host = host
        self._is_gone = False
        self._credit = StatusLine()
        self._spent = Label()
        self._spent.setWordWrap(True)
        self._limits = Label(self._limit_words())
        self._limits.setWordWrap(True)
        about = Label(
            self.tr(
                "The service tells no usage. These amounts are counted here, from the text that was sent; "
                "they are about right. The service deducts up to a minute late."
            )
        )
        about.setWordWrap(True)
        self._table = QTreeWidget()
        self._table.setAccessibleName(self.tr("What was sent, by day"))
        self._table.setRootIsDecorated(False)
        self._table.setUniformRowHeights(True)
        self._table.setHeaderLabels(
            [self.tr("Day"), self.tr("Model"), self.tr("Key"), self.tr("Bytes"), self.tr("About")]
        )
        row = FlowRow()
        row.addWidget(text_button(self.tr("Ask for the credit again"), self._ask_credit))
        row.addWidget(text_button(self.tr("Limits…"), self._on_limits))
        row.addWidget(text_button(self.tr("Keys…"), self._on_keys))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._credit, self._spent, self._limits, FlowBox(row), self._table, about, buttons):
            column.addWidget(widget)
        resize_by_text(self, 58, 44)
        self._ask_credit()
        host.services.spending.report(self._on_report)

    def words(self) -> str:
        """Return what the dialog says about credit and spending."""
        return f"{self._credit.text()} {self._spent.text()} {self._limits.text()}"

    def rows(self) -> list[tuple[str, ...]]:
        """Return the words of the table's rows."""
        count = self._table.columnCount()
        items = (self._table.topLevelItem(row) for row in range(self._table.topLevelItemCount()))
        return [tuple(item.text(column) for column in range(count)) for item in items if item is not None]

    def _limit_words(self) -> str:
        settings = self._host.settings
        limits = []
        if settings.day_limit:
            limits.append(self.tr("{dollars} a day").format(dollars=dollar_words(settings.day_limit)))
        if settings.month_limit:
            limits.append(self.tr("{dollars} a month").format(dollars=dollar_words(settings.month_limit)))
        if not limits:
            return self.tr("You have set no limit.")
        words = {
            "ask": self.tr("Your limit: {limits}. When it is reached, you are asked."),
            "stop": self.tr("Your limit: {limits}. When it is reached, paid models do not speak."),
        }
        return words[settings.at_limit].format(limits=", ".join(limits))

    def _ask_credit(self) -> None:
        self._credit.tell(self.tr("Asking Fish Audio for the credit…"))
        self._host.services.account.credit(self._on_credit)

    def _on_credit(self, report: CreditReport | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(report, FishCaptionError):
            self._credit.tell(f"{report} {report.hint}".strip())
        else:
            self._credit.tell(credit_words(report, self.tr))

    def _on_report(self, report: SpendingReport | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(report, FishCaptionError):
            self._spent.setText(str(report))
            return
        self._spent.setText(
            self.tr("Spent from this computer, about: {today} today, {month} this month.").format(
                today=dollar_words(report.today), month=dollar_words(report.month)
            )
        )
        for row in report.rows[:_MOST_ROWS]:
            self._add(row)
        for column in range(self._table.columnCount()):
            self._table.resizeColumnToContents(column)

    def _add(self, row: SpentRow) -> None:
        day = QLocale().toString(
            QDate(row.day.year, row.day.month, row.day.day), QLocale.FormatType.ShortFormat
        )
        list_row(
            self._table,
            (day, ""),
            (row.model, ""),
            (row.key_name, self.tr("a key that was removed")),
            (f"{row.bytes:,}", ""),
            (dollar_words(row.dollars), ""),
        )

    def _on_limits(self) -> None:
        self.accept()
        self._host.commands.run("window.settings")

    def _on_keys(self) -> None:
        self.accept()
        self._host.commands.run("window.key")

    def done(self, result: int) -> None:
        self._is_gone = True
        super().done(result)


def open_costs(host: Host) -> None:
    """Open the dialog of the costs."""
    CostsDialog(host).open()
