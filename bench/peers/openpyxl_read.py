"""openpyxl reading the workbook of `bench workbook` in its read-only mode: cells only, nothing validated or stored.

usage: openpyxl_read.py FILE
"""

import sys
import time

import openpyxl

cpu, wall = time.process_time(), time.monotonic()
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
rows = cells = 0
for row in book.worksheets[0].iter_rows(values_only=True):
    rows += 1
    cells += sum(value is not None for value in row)
cpu, wall = time.process_time() - cpu, time.monotonic() - wall
with open("/proc/self/status", encoding="ascii") as status:
    peak = int(next(line for line in status if line.startswith("VmHWM")).split()[1]) >> 10
name = f"peer: openpyxl {openpyxl.__version__}, read only"
print(f"{name:<44} {cpu:>9.3f} s CPU {wall:>9.3f} s wall {peak:>6} MB  {rows} rows, {cells} cells")
