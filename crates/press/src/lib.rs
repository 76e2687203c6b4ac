//! News text and drafts: claims with their sentence, sums checked.
//!
//! A page goes in as text; sentences, figures, batch statements and checks come out, each with its
//! byte offsets in the page. The text is never corrected, and nothing here writes to a register:
//! a person confirms what was read.

pub mod batches;
pub mod check;
pub mod figures;
pub mod sentences;

pub use batches::{Batch, Group, Part, Total, read_groups};
pub use check::{Measure, SumCheck, Verdict, check_page, check_sums};
pub use figures::{Figure, What, read_figures};
pub use sentences::{Sentence, Span, split_sentences};
