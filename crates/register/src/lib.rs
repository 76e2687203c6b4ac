//! Definitions: rows become records; validation, numbering, aliases, near duplicates.
