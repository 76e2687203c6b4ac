//! 挂图. Plain values of a wall chart, and its one geometry.
//!
//! [`model`] is what comes in, [`layout`] what comes out. The chart decides nothing about projects:
//! lights, forecasts and verdicts arrive ready; dates become pixels here and nowhere else.

mod axis;
mod bars;
mod frame;
mod head;
pub mod layout;
mod links;
mod model;
mod rows;

pub use frame::{Heading, footer, heading, legend};
pub use layout::{Density, LayoutOptions, Style, Theme, Zoom, layout};
pub use model::{
    Bar, BarAt, BarState, Group, Light, Link, LinkKind, Row, SubRow, Target, Tone, Verdict,
    WallChart,
};
