"""The panels as slides: text stays text, pictures only for charts, speaker notes below."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, Final

from anonymiser.presenting.charts import ACCENT, GREY, INK, as_png
from anonymiser.presenting.deck import Card, Chart, Deck, Panel, Table
from anonymiser.presenting.fitting import balanced, column_widths, lines_of, size_that_fits, without_orphans
from anonymiser.presenting.scrub import scrubbed

__all__ = ["slides"]

_WIDE, _HIGH = 13.333, 7.5
_LEFT, _RIGHT = 0.8, 12.533
_ROOM: Final = _RIGHT - _LEFT
_TOP, _FOOT = 2.2, 6.7
"""Inches between which the content stands."""
_FONT: Final = "Arial"
_PALE, _LINE, _WHITE = "#f1f4f6", "#cfd8dd", "#ffffff"
_GAP: Final = 0.35
_DOTS: Final = 62
"""Dots of a chart to the inch, before it is drawn finer: its letters are then as large as those beside it."""
_MANY: Final = 5
"""Columns of a table that needs room."""
_STYLE: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}style"


def slides(deck: Deck) -> bytes:
    """The presentation as PPTX, with neutral metadata: no author, no minute, no thumbnail."""
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    show.slide_width, show.slide_height = Inches(_WIDE), Inches(_HIGH)
    layout = show.slide_layouts[5]  # a title and nothing else
    for number, panel in enumerate(deck.panels, start=1):
        page = show.slides.add_slide(layout)
        _Page(page, deck, number).draw(panel)
    buffer = io.BytesIO()
    show.save(buffer)
    return scrubbed(buffer.getvalue(), deck.title)


class _Page:
    """One slide under the pen; all measures are inches."""

    def __init__(self, page: Any, deck: Deck, number: int) -> None:
        self.page, self.deck, self.number = page, deck, number

    def draw(self, panel: Panel) -> None:
        """Draw a panel."""
        self._frame(panel)
        self._title(panel.message)
        top = _TOP
        if panel.cards:
            self._cards(panel.cards, _FOOT - 1.45)
        bottom = _FOOT - 1.45 - _GAP if panel.cards else _FOOT
        beside = panel.table or panel.chart
        if panel.points and beside is not None:
            share = 0.36 if panel.table is None or len(panel.table.head) >= _MANY else 0.4
            self._points(panel, (_LEFT, top, share * _ROOM - _GAP, bottom - top))
            self._beside(panel, (_LEFT + share * _ROOM, top, (1 - share) * _ROOM, bottom - top))
        elif beside is not None:
            self._beside(panel, (_LEFT, top, _ROOM, bottom - top))
        else:
            self._points(panel, (_LEFT, top, _ROOM, bottom - top))
        self.page.notes_slide.notes_text_frame.text = panel.notes

    def _beside(self, panel: Panel, box: tuple[float, float, float, float]) -> None:
        if panel.table is not None:
            self._table(panel.table, box)
        elif panel.chart is not None:
            self._chart(panel.chart, box)

    def _frame(self, panel: Panel) -> None:
        for place, size in enumerate((0.2, 0.15, 0.105, 0.07)):
            self._shape("OVAL", (_RIGHT - 0.2 - 0.29 * place - size / 2, 0.68 - size / 2, size, size), ACCENT)
        self._text((_LEFT, 0.5, 8.0, 0.36), [panel.name.upper()], 14, ACCENT, bold=True)
        self._shape("RECTANGLE", (_LEFT, 6.98, _ROOM, 0.012), _LINE)
        self._text((_LEFT, 7.03, 9.0, 0.3), [f"{self.deck.title} · for {self.deck.recipient}"], 11, GREY)
        pages = f"{self.number} / {len(self.deck.panels)}"
        self._text((_RIGHT - 1.5, 7.03, 1.5, 0.3), [pages], 11, GREY, right=True)

    def _title(self, message: str) -> None:
        from pptx.enum.text import MSO_ANCHOR
        from pptx.util import Inches

        title = self.page.shapes.title
        title.left, title.top = Inches(_LEFT), Inches(0.92)
        title.width, title.height = Inches(_ROOM), Inches(1.2)
        size = size_that_fits((message,), (_ROOM, 1.15), (30, 28, 26, 24, 22, 20), bold=True)
        frame = title.text_frame
        self._flat(frame)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        self._write(frame.paragraphs[0], balanced(message, size, _ROOM), size, INK, bold=True)

    def _points(self, panel: Panel, box: tuple[float, float, float, float]) -> None:
        """Paragraphs with hanging bullets or numbers, at the largest size that fits."""
        from pptx.oxml import parse_xml
        from pptx.util import Inches, Pt

        gap = 13.0
        texts = tuple(without_orphans(point) for point in panel.points)
        size = size_that_fits(texts, (box[2] - 0.5, box[3]), (24, 22, 20, 18, 17, 16, 15, 14), gap=gap)
        frame = self.page.shapes.add_textbox(*(Inches(x) for x in box)).text_frame
        self._flat(frame)
        space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        sign = '<a:buAutoNum {0} type="arabicPlain"/>' if panel.numbered else '<a:buChar {0} char="•"/>'
        for place, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            self._write(paragraph, text, size, INK)
            paragraph.space_after = Pt(gap)
            properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no name for bullets
            properties.set("marL", str(Inches(0.36)))
            properties.set("indent", str(-Inches(0.36)))
            colour = f'<a:buClr {space}><a:srgbClr val="{ACCENT[1:]}"/></a:buClr>'
            for part in (colour, f'<a:buFont {space} typeface="{_FONT}"/>', sign.format(space)):
                properties.append(parse_xml(part))

    def _cards(self, cards: tuple[Card, ...], top: float) -> None:
        gap = 0.3
        width = (_ROOM - gap * (len(cards) - 1)) / len(cards)
        for place, card in enumerate(cards):
            left = _LEFT + place * (width + gap)
            self._shape("RECTANGLE", (left, top, width, 1.45), _PALE)
            self._shape("RECTANGLE", (left, top, 0.07, 1.45), ACCENT)
            size = size_that_fits((card.value,), (width - 0.5, 0.7), (34, 30, 26, 22, 18), bold=True)
            self._text((left + 0.3, top + 0.17, width - 0.45, 0.7), [card.value], size, ACCENT, bold=True)
            self._text((left + 0.3, top + 0.87, width - 0.45, 0.4), [card.label], 16, INK)

    def _table(self, table: Table, box: tuple[float, float, float, float]) -> None:
        from pptx.util import Inches

        left, top, width, height = box
        room = height - (0.45 if table.note else 0.0)
        table, size = self._sized(table, width, room)
        heights = self._heights(table, width, size)
        total = sum(heights)
        spare = max(0.0, min(0.16, (room - total) / len(heights)))
        heights = [high + spare for high in heights]
        frame = self.page.shapes.add_table(
            len(table.rows) + 1, len(table.head), Inches(left), Inches(top), Inches(width), Inches(sum(heights))
        )
        grid = frame.table
        frame._element.graphic.graphicData.tbl.tblPr.remove_all("a:tableStyleId")  # noqa: SLF001 - lines of our own
        grid.horz_banding = grid.first_row = False
        for column, share in zip(grid.columns, table.widths, strict=True):
            column.width = Inches(share * width)
        for row, (cells, high) in enumerate(zip((table.head, *table.rows), heights, strict=True)):
            grid.rows[row].height = Inches(high)
            for place, text in enumerate(cells):
                cell = grid.cell(row, place)
                cell.margin_left = cell.margin_right = Inches(0.1)
                cell.margin_top = cell.margin_bottom = Inches(0.04)
                self._cell_look(cell, head=row == 0)
                strong = row == 0 or (place == 0)
                self._write(cell.text_frame.paragraphs[0], text, size, ACCENT if row == 0 else INK, bold=strong)
                cell.text_frame.word_wrap = True
        if table.note:
            y = top + sum(heights) + 0.14
            self._text((left + 0.1, y, width - 0.1, 0.5), [without_orphans(table.note)], 13, GREY)

    def _sized(self, table: Table, width: float, room: float) -> tuple[Table, int]:
        """The table with the widths of its columns, at the largest size at which it fits and no word is broken."""
        words = [
            [word for text in column for word in text.split()] for column in zip(table.head, *table.rows, strict=True)
        ]
        for size in (20, 18, 17, 16, 15, 14, 13, 12, 11):
            widths = table.widths or column_widths((table.head, *table.rows), width, size)
            sized = replace(table, widths=widths)
            whole = all(
                lines_of(word, size, share * width - 0.22, bold=True) == 1
                for column, share in zip(words, widths, strict=True)
                for word in column
            )
            if whole and sum(self._heights(sized, width, size)) <= room:
                break
        return sized, size

    @staticmethod
    def _heights(table: Table, width: float, size: int) -> list[float]:
        """Inches of each row."""
        found = []
        for row, cells in enumerate((table.head, *table.rows)):
            lines = max(
                lines_of(text, size, share * width - 0.24, bold=row == 0 or place == 0)
                for place, (text, share) in enumerate(zip(cells, table.widths, strict=True))
            )
            found.append(lines * size * 1.2 / 72 + 0.13)
        return found

    @staticmethod
    def _cell_look(cell: Any, *, head: bool) -> None:
        """No fill, and a line below: petrol under the head, pale under a row."""
        from pptx.enum.text import MSO_ANCHOR
        from pptx.oxml import parse_xml

        cell.fill.background()
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        colour, points = (ACCENT, 19_050) if head else (_LINE, 9_525)
        space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - the library has no name for borders
        for place, side in enumerate(("lnL", "lnR", "lnT")):
            properties.insert(place, parse_xml(f'<a:{side} {space} w="0"><a:noFill/></a:{side}>'))
        below = f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
        properties.insert(3, parse_xml(f'<a:lnB {space} w="{points}">{below}</a:lnB>'))

    def _chart(self, chart: Chart, box: tuple[float, float, float, float]) -> None:
        from PIL import Image
        from pptx.util import Inches

        left, top, width, height = box
        if not chart.bars:
            return
        names = 0.115 * max(len(bar.label) for bar in chart.bars) + (0.5 if chart.up else 0.3)
        row = min(0.75, (height - 0.6) / len(chart.bars))
        content = as_png(chart, round((width - names) * _DOTS), round(row * _DOTS))
        with Image.open(io.BytesIO(content)) as picture:
            wide, high = picture.size
        scale = min(width / wide, height / high)
        shown = self.page.shapes.add_picture(
            io.BytesIO(content), Inches(left), Inches(top), Inches(wide * scale), Inches(high * scale)
        )
        shown._element.nvPicPr.cNvPr.set("descr", chart.words)  # noqa: SLF001 - the library has no name for it
        shown.name = "Chart"

    def _shape(self, kind: str, box: tuple[float, float, float, float], colour: str) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Inches

        shape = self.page.shapes.add_shape(getattr(MSO_SHAPE, kind), *(Inches(x) for x in box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
        shape.line.fill.background()
        shape._element.remove(shape._element.find(_STYLE))  # noqa: SLF001 - the theme would add a shadow

    def _text(
        self,
        box: tuple[float, float, float, float],
        lines: list[str],
        size: float,
        colour: str,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Inches

        frame = self.page.shapes.add_textbox(*(Inches(x) for x in box)).text_frame
        self._flat(frame)
        for place, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            self._write(paragraph, line, size, colour, bold=bold)
            if right:
                paragraph.alignment = PP_ALIGN.RIGHT

    @staticmethod
    def _flat(frame: Any) -> None:
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0

    @staticmethod
    def _write(paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.line_spacing = 1.0
        for place, line in enumerate(text.replace(" %", "\u00a0%").split("\v")):
            if place:
                paragraph.add_line_break()
            run = paragraph.add_run()
            run.text = line
            run.font.name, run.font.size, run.font.bold = _FONT, Pt(size), bold
            run.font.color.rgb = RGBColor.from_string(colour[1:].upper())
