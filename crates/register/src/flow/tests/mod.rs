//! What workflows do, told by going through them.

mod acts;
mod clocks;
mod league;
mod template;
mod walk;
