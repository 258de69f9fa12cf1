"""The bare reader on a workbook: every cell of the first sheet as text, in memory."""

import sys

import fastexcel

sheet = fastexcel.read_excel(sys.argv[1]).load_sheet(0, header_row=None, dtypes="string")
print(sheet.to_arrow().num_rows)
