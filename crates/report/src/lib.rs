//! Our values on screen and paper: the wall chart as SVG and PDF, orders as official papers.
//!
//! One geometry, two painters. `flow_chart` draws the line of balance with the same nodes; `wall_chart::layout` turns plain values into a [`scene::Scene`];
//! [`svg`] writes it for the browser, [`pdf`] for the plotter. Nothing here opens a file or reads a
//! clock: fonts and `today` come in, text and bytes go out. What the lights mean and where the dates
//! come from is the business of `plan` and `portfolio`; `app` converts.

pub mod flow_chart;
pub mod fonts;
mod lamp;
pub mod measure;
pub mod palette;
pub mod pdf;
pub mod scene;
pub mod slip;
pub mod svg;
pub mod wall_chart;
