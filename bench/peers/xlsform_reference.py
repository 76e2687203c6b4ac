"""Writes xlsform_reference.tsv: what the reference converter of XLSForm makes of the public forms.

Usage: python3 xlsform_reference.py FOLDER_WITH_FORMS > xlsform_reference.tsv   (needs the package pyxform)
"""

import os
import sys

from pyxform.xls2xform import convert

KINDS = {
    "text": "text", "string": "text", "barcode": "text", "integer": "integer", "int": "integer",
    "decimal": "decimal", "range": "range", "date": "date", "time": "time", "datetime": "datetime",
    "dateTime": "datetime", "select one": "select_one", "select one external": "select_one",
    "select all that apply": "select_many", "rank": "select_many", "note": "note",
    "acknowledge": "acknowledge", "trigger": "acknowledge", "calculate": "calculate", "hidden": "hidden",
    "osm": "hidden", "geopoint": "geo", "gps": "geo", "location": "geo", "geotrace": "geo", "geoshape": "geo",
    "photo": "file", "image": "file", "audio": "file", "video": "file", "file": "file",
    "phone number": "phone", "group": "group", "repeat": "repeat", "loop": "loop",
}


def rows_of(node, path, rows):
    for child in node.get("children", []) or []:
        kind, name, bind = child.get("type"), str(child.get("name")), child.get("bind") or {}
        made = "generated_table_list_label" in name or "reserved_name_for_field_list" in name
        if (kind == "group" and name == "meta") or made:
            continue
        required = str(bind.get("required", "")).lower() in ("yes", "true", "true()")
        rows.append([
            "/".join(path + [name]), KINDS.get(kind, "metadata"), str(int(required)),
            str(int(bool(bind.get("relevant")))), str(int(bool(bind.get("constraint")))),
            child.get("list_name") or child.get("itemset") or "",
        ])
        if kind in ("group", "repeat", "loop"):
            rows_of(child, path + [name], rows)


def main(folder):
    print("# form, path, kind, required, relevant, constraint, choice list; refused = the converter refuses the form")
    for part in ("example_xls", "bug_example_xls"):
        for file in sorted(os.listdir(os.path.join(folder, part))):
            name = f"{part}/{file}"
            try:
                result = convert(os.path.join(folder, name))
            except Exception:
                print(f"{name}\trefused")
                continue
            rows = []
            rows_of(result._pyxform, [], rows)
            repeats = {row[0] for row in rows if row[1] == "repeat"}
            counters = {path + "_count" for path in repeats}
            for row in rows:
                if not (row[1] == "calculate" and row[0] in counters):
                    print("\t".join([name] + row))


if __name__ == "__main__":
    main(sys.argv[1])
