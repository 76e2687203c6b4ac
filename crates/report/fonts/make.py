#!/usr/bin/env python3
"""Cuts the three small faces that `report` embeds out of Debian's fonts-noto-cjk.

Run:  python3 make.py            (needs: apt package fonts-noto-cjk, pip package fonttools)
The fonts are found through the package's own file list, so no path is written here.
README.md says what goes in and why.
"""
import pathlib
import subprocess
import sys

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = "fonts-noto-cjk"
# (collection file, PostScript name of the face inside it, file written)
FACES = [
    ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular", "guatu-sans-regular.otf"),
    ("NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold", "guatu-sans-bold.otf"),
    ("NotoSerifCJK-Bold.ttc", "NotoSerifCJKsc-Bold", "guatu-serif-bold.otf"),
]
# Characters of given and place names that GB 2312 lacks and lists meet often.
NAMES = "喆堃玥珺镕昇翀赟璟垚犇骉淼煊旸晞頔祎甯瑢鋆皞劼昉晳燚菡槿筠芃溍濛浵嬿婳钰铖镓锟飏晔暐皓祺禛翊彧"


def characters() -> set[int]:
    """GB 2312 whole, ASCII, CJK punctuation, full width, and the marks of the chart."""
    found = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    # Kana, bopomofo, Cyrillic and box drawing are in GB 2312 but in no list of ours.
    for first, last in ((0x3041, 0x3130), (0x0400, 0x0460), (0x2500, 0x2580)):
        found -= set(range(first, last))
    found |= set(range(0x3000, 0x3040)) | set(range(0xFF01, 0xFF5F)) | set(range(0xFFE0, 0xFFE7))
    found |= set(map(ord, "○●△▲□■◇◆☆★☑☐✓·•—–-…‥“”‘’‹›《》〈〉「」『』〔〕【】〓℃℉%‰×÷±≈≠≤≥∞√㎡㎥㎞㎏㏎①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳←↑→↓№§※￥"))
    found |= set(map(ord, NAMES))
    return found


def installed() -> dict[str, pathlib.Path]:
    listing = subprocess.run(["dpkg", "-L", PACKAGE], check=True, capture_output=True, text=True)
    paths = map(pathlib.Path, listing.stdout.split())
    return {path.name: path for path in paths if path.suffix == ".ttc"}


def face(collection: pathlib.Path, postscript_name: str):
    for font in TTCollection(str(collection), lazy=True).fonts:
        if font["name"].getDebugName(6) == postscript_name:
            return font
    sys.exit(f"{collection.name} has no face named {postscript_name}")


def draw_boxes(font) -> None:
    """Noto CJK has neither ☐ nor ☑: ☐ is its □, ☑ its □ with its ✓ inside, in the place of 〶."""
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    box, tick, spare = cmap[ord("□")], cmap[ord("✓")], cmap[ord("〶")]
    pen = T2CharStringPen(font["hmtx"][box][0], glyphs)
    for part in (box, tick):
        glyphs[part].draw(pen)
    strings = font["CFF "].cff.topDictIndex[0].CharStrings
    old = strings[spare]
    strings[spare] = pen.getCharString(private=old.private, globalSubrs=old.globalSubrs)
    font["hmtx"][spare] = font["hmtx"][box]
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:
            table.cmap.pop(ord("〶"), None)
            table.cmap.update({ord("☐"): box, ord("☑"): spare})


def main() -> None:
    files = installed()
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.desubroutinize = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    for collection, postscript_name, written in FACES:
        font = face(files[collection], postscript_name)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=characters())
        cutter.subset(font)
        draw_boxes(font)
        font.flavor = None
        # Not the moment of the run: the same input must give the same bytes.
        font.recalcTimestamp = False
        font.save(HERE / written)
        print(f"{written}: {(HERE / written).stat().st_size} bytes, {len(font.getBestCmap())} characters")


if __name__ == "__main__":
    main()
