//! Foreign files to our values and back: workbooks with header trees.
