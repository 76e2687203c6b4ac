//! Our values on screen and paper: the wall chart as SVG and PDF.
